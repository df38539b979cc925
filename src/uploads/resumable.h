// Resumable uploads: bytes that come in several requests, one after the other, or as parts of a whole.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/upload.h"
#include "uploads/intake.h"
#include "uploads/staged_file.h"

namespace vat::uploads {

/// Makes the row of an upload without bytes.
[[nodiscard]] Result<Upload> create_resumable(Intake& intake, Upload upload);

enum class OpenState {
  kOpen,      ///< For writing, by nobody else.
  kComplete,  ///< It takes no more bytes.
  kExpired,   ///< It was not finished in time.
  kInUse,     ///< Another request writes it.
};
struct OpenUpload {
  Upload upload;
  OpenState state = OpenState::kComplete;
  std::shared_ptr<StagedFile> file;  ///< Locked for the holder; null unless it is open.
};
/// `upload`: as its row was just read; read again when nobody else can change it. Blocks shortly.
[[nodiscard]] Result<OpenUpload> open_upload(Intake& intake, Upload upload);

/// Makes `whole` of the bytes of the parts in their order, and removes the parts. kBadMedia and kNoAudio when
/// that is no recording; the parts stay then. Blocks for as long as the disk takes.
[[nodiscard]] Result<Upload> join_parts(Intake& intake, Upload whole, const std::vector<OpenUpload>& parts);

/// Removes an upload with its bytes. kExists when a job uses it, or another request writes it. Blocks.
[[nodiscard]] Result<> terminate(Intake& intake, const std::string& user_id, const std::string& upload_id);

}  // namespace vat::uploads
