// Turns bytes in the staging folder into a complete upload: probed, stored once, recorded.
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

// The steps are ordered so that a process that dies at any moment leaves either a complete upload or one that
// can continue, and nothing that expiry.h does not find:
//
// clang-format off
//   after this step    a crash leaves                                       which ends by
//   -----------------  ---------------------------------------------------  ------------------------------
//   bytes in staging   "ID.upload" without a row, or "ID.tus" with one      the sweep, or the row's expiry
//   row, kReceiving    the row, whose object's key is made of its id        its expiry
//   object moved in    the same, and the object under that key              complete_upload(), or its expiry
//   row, kComplete     an upload that no job uses                           its expiry
// clang-format on
namespace vat::uploads {

/// A completely received file that is not an upload yet.
struct ReceivedFile {
  Upload upload;  ///< With id, user, file name, type, size, fingerprint, and what look_at() found.
  std::shared_ptr<StagedFile> file;
};

/// A new upload of the user, labelled with the sender's file name.
[[nodiscard]] Upload new_upload(const std::string& user_id, std::string_view filename,
                                std::string_view content_type);

/// Probes the file; the messages of kBadMedia and kNoAudio name `label`. Blocks for as long as the disk
/// takes.
[[nodiscard]] Result<MediaSummary> look_at(const Intake& intake, const std::filesystem::path& path,
                                           const std::string& label);

/// Creates the row, moves the bytes into the object store (or reuses those of the user's upload with the same
/// content) and completes the row. Blocks. On failure nothing is left.
[[nodiscard]] Result<Upload> store_upload(Intake& intake, ReceivedFile& received);

/// The same for a row that is there: of a resumable upload whose last byte came. Probes it.
/// Called again after a crash, continues where it stopped. Unusable content is removed with its row, and is
/// the error. Blocks.
[[nodiscard]] Result<Upload> complete_upload(Intake& intake, Upload upload, StagedFile& file);

/// Whether the bytes of an upload in reception are in the object store already, so that only its row is
/// missing.
[[nodiscard]] bool is_moved(Intake& intake, const Upload& upload);
/// Whether an upload in reception lacks only the end of complete_upload().
[[nodiscard]] bool is_whole(Intake& intake, const Upload& upload);

/// Bytes received of a resumable upload. Blocks briefly.
[[nodiscard]] std::uint64_t offset_of(const Intake& intake, const Upload& upload);
/// The upload; one whose bytes have all arrived, but whose completion a crash interrupted, is completed
/// first. A part of a concatenation stays one. Blocks.
[[nodiscard]] Result<Upload> find_settled(Intake& intake, const std::string& user_id,
                                          const std::string& upload_id);

/// Of the object that holds the bytes of this upload, unless another's has the same ones.
[[nodiscard]] std::string own_key(const Upload& upload);

/// Removes the row, and the object unless another upload uses it. kExists when a job does. Blocks.
[[nodiscard]] Result<> remove_upload(Intake& intake, const Upload& upload);

}  // namespace vat::uploads
