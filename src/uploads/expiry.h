// Removes unfinished and unused uploads.
#pragma once

#include <cstddef>

#include "base/result.h"
#include "uploads/intake.h"

namespace vat::uploads {

/// Removes the rows of UploadStore::expired(), with their bytes, and leftovers in the staging folder of
/// requests whose process died. Uploads that are being written stay. Returns the number of removed rows.
/// Blocks; any thread.
[[nodiscard]] Result<std::size_t> remove_expired(Intake& intake);

}  // namespace vat::uploads
