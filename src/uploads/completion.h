// From bytes in the staging folder to a complete upload: looked at, stored once, recorded.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/upload.h"
#include "uploads/intake.h"
#include "uploads/staged_file.h"

// The order of the steps is such that a process that dies at any moment leaves either a complete upload or
// one that can go on, and nothing that expiry.h does not find:
//
// clang-format off
//   after this step    a crash leaves                                       which ends by
//   -----------------  ---------------------------------------------------  ------------------------------
//   bytes in staging   "ID.upload" without a row, or "ID.tus" with one      the sweep, or the row's expiry
//   row, kReceiving    the row, whose object's key is made of its id        its expiry
//   object moved in    the same, and the object under that key              complete_upload(), or its expiry
//   row, kComplete     an upload that no job uses                           its expiry after a day
// clang-format on
namespace vat::uploads {

/// A file that arrived whole and is no upload yet.
struct ReceivedFile {
  Upload upload;  ///< With id, user, file name, type, size, fingerprint, and what look_at() found.
  std::shared_ptr<StagedFile> file;
};

/// A new upload of the user's, with its label made of what the sender called it.
[[nodiscard]] Upload new_upload(const std::string& user_id, std::string_view filename,
                                std::string_view content_type);

/// What is in the file; kBadMedia and kNoAudio say so of `label`. Blocks for as long as the disk takes.
[[nodiscard]] Result<MediaSummary> look_at(const std::filesystem::path& path, const std::string& label);

/// Makes the row, moves the bytes into the object store (or uses those of the user's upload with the same
/// content) and completes the row. Blocks. On failure nothing is left.
[[nodiscard]] Result<Upload> store_upload(Intake& intake, ReceivedFile& received);

/// The same for a row that is there: of a resumable upload whose last byte came. Probes it.
/// Called again after a crash, goes on where that was. Content that cannot be used is removed with its row,
/// and is the error. Blocks.
[[nodiscard]] Result<Upload> complete_upload(Intake& intake, Upload upload, StagedFile& file);

/// Whether nothing is missing of an upload that is being received but the end of complete_upload().
[[nodiscard]] bool is_whole(Intake& intake, const Upload& upload);

/// Of a resumable upload: bytes that are there. Blocks shortly.
[[nodiscard]] std::uint64_t offset_of(const Intake& intake, const Upload& upload);
/// The upload as it is; one whose bytes are all there, but which a crash kept from being completed, is
/// completed first. A part of a whole stays one. Blocks.
[[nodiscard]] Result<Upload> find_settled(Intake& intake, const std::string& user_id,
                                          const std::string& upload_id);

/// Removes the row, and the object unless another upload uses it. kExists when a job does. Blocks.
[[nodiscard]] Result<> remove_upload(Intake& intake, const Upload& upload);

}  // namespace vat::uploads
