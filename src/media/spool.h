// A temporary file without a name, for data that does not fit into memory. Private to this module.
#pragma once

#include "base/file.h"
#include "media/descriptor_io.h"

namespace vat::media {

/// Readable and writable; the system removes it when it is closed, even after a crash.
[[nodiscard]] Result<UniqueFd> open_spool();
/// Writes the rest of the input to a spool, which it leaves positioned at its start. kDiskFull, kCancelled.
[[nodiscard]] Result<> spool_input(DescriptorInput& input, int spool);

}  // namespace vat::media
