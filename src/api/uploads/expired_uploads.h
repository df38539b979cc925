// Clears away uploads that nobody finished or used.
#pragma once

#include <cstddef>

#include "api/services.h"
#include "base/result.h"

namespace vat::api {

/// Removes the rows that UploadStore::expired() gives, with their bytes, and what requests left in the
/// staging folder whose process died. Uploads that are being written stay. Returns how many rows went.
/// Blocks; any thread.
[[nodiscard]] Result<std::size_t> remove_expired_uploads(Services& services);

}  // namespace vat::api
