// Clears away uploads that nobody finished or used.
#pragma once

#include <cstddef>

#include "base/result.h"
#include "uploads/intake.h"

namespace vat::uploads {

/// Removes the rows that UploadStore::expired() gives, with their bytes, and what requests left in the
/// staging folder whose process died. Uploads that are being written stay. Returns how many rows went.
/// Blocks; any thread.
[[nodiscard]] Result<std::size_t> remove_expired(Intake& intake);

}  // namespace vat::uploads
