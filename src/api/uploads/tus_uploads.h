// What tus says of an upload, over uploads::resumable: its errors, its fields, and the job that its metadata
// ask for. Everything here may block. Private to api.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "api/services.h"
#include "api/uploads/tus_headers.h"
#include "base/result.h"
#include "domain/user.h"
#include "uploads/resumable.h"

namespace vat::api {

/// kInvalidArgument with the status that tus has for it.
[[nodiscard]] tl::unexpected<Error> tus_fail(int status, std::string message, std::string field = {});

/// What the row keeps of the request that made the upload: Upload-Metadata, and behind a line break
/// Upload-Concat of a whole that was put together.
struct TusFields {
  std::string metadata;
  std::string concat;
};
[[nodiscard]] TusFields fields_of(const Upload& upload);

/// What POST says.
struct TusCreation {
  std::optional<std::uint64_t> size;  ///< Empty: it is said later.
  std::string metadata;               ///< As it came.
  std::optional<TusConcat> concat;
  std::string concat_field;  ///< As it came.
};
/// Makes the row of an upload without bytes, or puts a whole together from its parts, which are removed then.
[[nodiscard]] Result<Upload> create_resumable(const Services& services, const User& user,
                                              const TusCreation& creation);

/// Open for writing, or complete. kNotFound (404), 410 when it has expired, 423 when another request writes
/// it. `size` is the Upload-Length of this request, if it has one.
[[nodiscard]] Result<uploads::OpenUpload> open_for_writing(const Services& services,
                                                           const std::string& user_id,
                                                           const std::string& upload_id,
                                                           std::optional<std::uint64_t> size);

/// After the last byte: completes the upload, and makes the job that its metadata asks for. Returns the id of
/// the job; empty when none was asked for. Again for the same upload, it is the same job.
[[nodiscard]] Result<std::string> finish_resumable(const Services& services, uploads::OpenUpload& open);
/// The job that a complete upload's metadata asks for: made, or found.
[[nodiscard]] Result<std::string> job_of_metadata(const Services& services, const Upload& upload);

}  // namespace vat::api
