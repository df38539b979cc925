// From bytes in the staging folder to a complete upload: looked at, stored once, recorded. Private to api.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/services.h"
#include "api/uploads/staged_file.h"
#include "base/json_writer.h"
#include "base/result.h"
#include "domain/upload.h"

// The order of the steps is such that a process that dies at any moment leaves either a complete upload or
// one that can go on, and nothing that expired_uploads.h does not find:
//
//   bytes in staging      "ID.upload" without a row, or "ID.tus" with one: the sweep, or their expiry
//   row, kReceiving       its key is that of its id, so that its expiry removes the object, if it got that
//   far object moved in       complete_upload() called again goes on from here row, kComplete        an
//   upload that no job uses expires after a day
namespace vat::api {

/// A file that arrived whole and is no upload yet.
struct ReceivedFile {
  Upload upload;  ///< With id, user, file name, type, size, fingerprint, and what look_at() found.
  std::shared_ptr<StagedFile> file;
};

/// What is in the file; kBadMedia and kNoAudio say so of `label`. Blocks for as long as the disk takes.
[[nodiscard]] Result<MediaSummary> look_at(const std::filesystem::path& path, const std::string& label);

/// Makes the row, moves the bytes into the object store (or uses those of the user's upload with the same
/// content) and completes the row. Blocks. On failure nothing is left.
[[nodiscard]] Result<Upload> store_upload(Services& services, ReceivedFile& received);

/// The same for a row that is there: of a resumable upload whose last byte came. Probes it.
/// Called again after a crash, goes on where that was. Content that cannot be used is removed with its row,
/// and is the error. Blocks.
[[nodiscard]] Result<Upload> complete_upload(Services& services, Upload upload, StagedFile& file);

/// Whether nothing is missing of an upload that is being received but the end of complete_upload().
[[nodiscard]] bool is_whole(Services& services, const Upload& upload);

/// Of a resumable upload: bytes that are there. Blocks shortly.
[[nodiscard]] std::uint64_t offset_of(const Services& services, const Upload& upload);
/// The upload as it is; one whose bytes are all there, but which a crash kept from being completed, is
/// completed first. A part of a concatenation stays one. Blocks.
[[nodiscard]] Result<Upload> find_settled(Services& services, const std::string& user_id,
                                          const std::string& upload_id);
/// The same for one that is to be used: kExists (409) about "upload_id" when bytes are missing.
[[nodiscard]] Result<Upload> find_complete(Services& services, const std::string& user_id,
                                           const std::string& upload_id);

/// Removes the row, and the object unless another upload uses it. kExists when a job does. Blocks.
[[nodiscard]] Result<> remove_upload(Services& services, const Upload& upload);

/// As the API shows it; `offset`: bytes that are there.
[[nodiscard]] std::string upload_json(const Upload& upload, std::uint64_t offset);
/// "/api/v1/uploads/ID".
[[nodiscard]] std::string upload_path(const std::string& upload_id);

}  // namespace vat::api
