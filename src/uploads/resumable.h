// Resumable uploads: bytes in several requests, one after the other, or as parts to be concatenated.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/upload.h"
#include "uploads/intake.h"
#include "uploads/staged_file.h"

namespace vat::uploads {

/// Creates the row of an upload without bytes.
[[nodiscard]] Result<Upload> create_resumable(Intake& intake, Upload upload);

enum class OpenState {
  kOpen,      ///< For writing, exclusively.
  kComplete,  ///< It accepts no more bytes.
  kExpired,   ///< It was not finished in time.
  kInUse,     ///< Another request is writing it.
};
struct OpenUpload {
  Upload upload;
  OpenState state = OpenState::kComplete;
  std::shared_ptr<StagedFile> file;  ///< Locked for the holder; null unless it is open.
};
/// `upload`: as just read from its row; read again once locked. Blocks briefly.
[[nodiscard]] Result<OpenUpload> open_upload(Intake& intake, Upload upload);

/// Concatenates the parts in order to `whole`, and removes the parts. kBadMedia and kNoAudio if the result is
/// not a recording; the parts stay then. Blocks for as long as the disk takes.
[[nodiscard]] Result<Upload> join_parts(Intake& intake, Upload whole, const std::vector<OpenUpload>& parts);

/// Whether it is not resumed by requests, but fetched from a link by its job.
[[nodiscard]] inline bool is_fetched(const Upload& upload) {
  return upload.state == UploadState::kReceiving && upload.used;
}

/// Removes the bytes of an upload whose row is gone, unless somebody is writing them. Blocks.
void discard_bytes(Intake& intake, const std::string& upload_id);

/// Removes an upload with its bytes. kExists when a job uses it, or another request is writing it. Blocks.
[[nodiscard]] Result<> terminate(Intake& intake, const std::string& user_id, const std::string& upload_id);

}  // namespace vat::uploads
