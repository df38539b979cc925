// Receives the bytes of a resumable upload in one request. Private to api.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "api/services.h"
#include "api/uploads/tus_headers.h"
#include "api/uploads/tus_uploads.h"
#include "http/message.h"
#include "http/task.h"
#include "uploads/disk_room.h"
#include "uploads/resumable.h"

namespace vat::api {

struct TusChunk {
  std::uint64_t offset = 0;
  std::optional<TusChecksum> checksum;
  uploads::DiskRoom::Claim claim;
};

/// Receives the chunk into the open file, and finishes the upload after its last byte. Returns the id of the
/// created job, if any.
[[nodiscard]] http::Task<Result<std::string>> take_chunk(const Services& services, http::Request& request,
                                                         uploads::OpenUpload& open, TusChunk& chunk);

}  // namespace vat::api
