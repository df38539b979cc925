#include "uploads/resumable.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/utc_time.h"
#include "uploads/completion.h"
#include "uploads/fingerprint.h"

namespace vat::uploads {
namespace {

constexpr std::size_t kCopyBlock = 64U << 20U;

Result<> copy(const StagedFile& from, const StagedFile& to) {
  off_t at = 0;
  while (static_cast<std::uint64_t>(at) < from.size()) {
    const std::size_t block =
        std::min<std::uint64_t>(kCopyBlock, from.size() - static_cast<std::uint64_t>(at));
    const ssize_t copied = ::copy_file_range(from.fd(), &at, to.fd(), nullptr, block, 0);
    if (copied < 0 && errno == EINTR) continue;
    if (copied <= 0) return fail(system_error(copied < 0 ? errno : EIO, "write", "the upload's file"));
  }
  return {};
}

}  // namespace

Result<Upload> create_resumable(Intake& intake, Upload upload) {
  upload.expires_at = utc_now() + intake.options.unfinished_expire;
  return intake.rows.create(upload);
}

Result<OpenUpload> open_upload(Intake& intake, Upload upload) {
  if (upload.state == UploadState::kComplete) return OpenUpload{.upload = std::move(upload), .file = nullptr};
  if (upload.expires_at && *upload.expires_at <= utc_now())
    return OpenUpload{.upload = std::move(upload), .state = OpenState::kExpired, .file = nullptr};
  VAT_ASSIGN(std::optional<StagedFile> file, StagedFile::open_resumable(intake.objects.staging(), upload.id));
  if (!file) return OpenUpload{.upload = std::move(upload), .state = OpenState::kInUse, .file = nullptr};
  // Now that nobody else can change it.
  Result<Upload> settled = intake.rows.get(upload.user_id, upload.id);
  if (!settled || settled->state == UploadState::kComplete) {
    file->remove();
    if (!settled) return fail(std::move(settled).error());
    return OpenUpload{.upload = std::move(*settled), .file = nullptr};
  }
  return OpenUpload{.upload = std::move(*settled),
                    .state = OpenState::kOpen,
                    .file = std::make_shared<StagedFile>(std::move(*file))};
}

Result<Upload> join_parts(Intake& intake, Upload whole, const std::vector<OpenUpload>& parts) {
  VAT_ASSIGN(StagedFile staged, StagedFile::create(intake.objects.staging(), whole.id));
  ReceivedFile received{.upload = std::move(whole), .file = std::make_shared<StagedFile>(std::move(staged))};
  std::uint64_t size = 0;
  for (const OpenUpload& part : parts) {
    VAT_TRY(copy(*part.file, *received.file));
    size += part.file->size();
  }
  const std::filesystem::path& path = received.file->path();
  received.upload.size = size;
  VAT_ASSIGN(received.upload.media, look_at(intake, path, received.upload.filename));
  VAT_ASSIGN(received.upload.fingerprint, fingerprint_file(path));
  VAT_ASSIGN(Upload stored, store_upload(intake, received));
  for (const OpenUpload& part : parts) {
    part.file->remove();
    (void)intake.rows.remove(part.upload.user_id, part.upload.id);  // The rest expires.
  }
  return stored;
}

void discard_bytes(Intake& intake, const std::string& upload_id) {
  Result<std::optional<StagedFile>> file = StagedFile::open_resumable(intake.objects.staging(), upload_id);
  if (file && *file) (*file)->remove();
}

Result<> terminate(Intake& intake, const std::string& user_id, const std::string& upload_id) {
  VAT_ASSIGN(const Upload upload, intake.rows.get(user_id, upload_id));
  if (is_fetched(upload)) return fail(ErrorCode::kExists, "A job uses the upload; delete the job first.");
  if (upload.state == UploadState::kReceiving) {
    VAT_ASSIGN(std::optional<StagedFile> file,
               StagedFile::open_resumable(intake.objects.staging(), upload_id));
    if (!file)
      return fail(ErrorCode::kExists,
                  "Another request is sending bytes of this upload; try again when it has ended.");
    file->remove();
  }
  return remove_upload(intake, upload);
}

}  // namespace vat::uploads
