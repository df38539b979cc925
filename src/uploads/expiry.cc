#include "uploads/expiry.h"

#include <chrono>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/utc_time.h"
#include "uploads/completion.h"
#include "uploads/staged_file.h"
#include "uploads/work_folder.h"

namespace vat::uploads {
namespace {

constexpr std::size_t kBatch = 100;
/// Bytes of a resumable upload without a row, which only a crash between two steps leaves.
constexpr std::chrono::hours kOrphansAfter{24};

/// False when its bytes are being sent at this moment.
Result<bool> remove_one(Intake& intake, const Upload& upload) {
  if (upload.state == UploadState::kReceiving) {
    VAT_ASSIGN(std::optional<StagedFile> file,
               StagedFile::open_resumable(intake.objects.staging(), upload.id));
    if (!file) return false;
    file->remove();
  }
  const Result<> removed = remove_upload(intake, upload);
  if (removed || removed.error().code == ErrorCode::kNotFound) return true;
  // A job has used it in the meantime.
  if (removed.error().code == ErrorCode::kExists) return false;
  return fail(removed.error());
}

}  // namespace

Result<std::size_t> remove_expired(Intake& intake) {
  std::size_t removed = 0;
  while (true) {
    VAT_ASSIGN(const std::vector<Upload> expired, intake.rows.expired(utc_now(), kBatch));
    std::size_t now = 0;
    for (const Upload& upload : expired) {
      VAT_ASSIGN(const bool gone, remove_one(intake, upload));
      now += gone ? 1 : 0;
    }
    removed += now;
    // Entries that could not be removed would be returned again.
    if (now == 0 || expired.size() < kBatch) break;
  }
  const auto resumable_before =
      std::filesystem::file_time_type::clock::now() - intake.options.unfinished_expire - kOrphansAfter;
  VAT_TRY(sweep_staged(intake.objects.staging(), resumable_before));
  sweep_work_folders(intake.objects.staging());
  return removed;
}

}  // namespace vat::uploads
