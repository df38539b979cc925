// A temporary file without a name, for what does not fit memory. Private to this module.
#pragma once

#include "base/file.h"
#include "media/descriptor_io.h"

namespace vat::media {

/// Readable and writable; the system removes it when it is closed, also after a crash.
[[nodiscard]] Result<UniqueFd> open_spool();
/// Everything that is left of the input, in a spool that stands at its beginning. kDiskFull, kCancelled.
[[nodiscard]] Result<UniqueFd> spool_input(DescriptorInput& input);

}  // namespace vat::media
