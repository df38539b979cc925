#include "api/uploads/tus_uploads.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "api/jobs/job_request.h"
#include "api/uploads/file_label.h"
#include "api/uploads/fingerprint.h"
#include "api/uploads/intake.h"
#include "base/hash.h"
#include "base/uuid.h"
#include "domain/utc_time.h"
#include "http/too_long.h"

namespace vat::api {
namespace {

constexpr int kGone = 410;
constexpr int kLocked = 423;
constexpr int kForbidden = 403;
constexpr std::size_t kCopyBlock = 64U << 20U;

bool asks_for_job(const TusMetadata& metadata) {
  return find_metadata(metadata, "create_job") == "true" || !find_metadata(metadata, "options").empty();
}

Result<JobWish> wish_of(const Services& services, const TusMetadata& metadata) {
  JobWish wish;
  VAT_ASSIGN(wish.options, read_options(services, find_metadata(metadata, "options")));
  wish.job.title = clean_title(find_metadata(metadata, "title"));
  return wish;
}

/// What can be said against the job is said before the bytes come.
Result<Upload> describe(Services& services, const User& user, const TusCreation& creation) {
  VAT_ASSIGN(const TusMetadata metadata, parse_tus_metadata(creation.metadata));
  if (asks_for_job(metadata)) {
    VAT_ASSIGN(const JobWish wish, wish_of(services, metadata));
    VAT_TRY(check_available(services, wish.options));
  }
  std::string_view name = find_metadata(metadata, "filename");
  std::string_view type = find_metadata(metadata, "filetype");
  if (name.empty()) name = find_metadata(metadata, "name");
  if (type.empty()) type = find_metadata(metadata, "type");
  Upload upload = new_upload(user, name, type);
  upload.size = creation.size;
  upload.metadata = creation.metadata;
  upload.partial = creation.concat && creation.concat->partial;
  upload.expires_at = utc_now() + services.limits.unfinished_uploads_expire;
  return upload;
}

Result<> check_size(const Services& services, std::uint64_t size) {
  const std::uint64_t max = services.limits.max_upload_bytes;
  if (size <= max) return {};
  return http::too_long("The file", max, "Upload-Length");
}

Result<> check_room(Services& services, std::uint64_t bytes) {
  VAT_ASSIGN(const DiskRoom::Claim claim, services.intake->room.claim(bytes));
  return {};
}

/// A part whose bytes are all there, locked.
Result<OpenUpload> open_part(Services& services, const User& user, const std::string& id) {
  const auto refuse = [](std::string message) { return fail_field("Upload-Concat", std::move(message)); };
  Result<Upload> upload = services.uploads.get(user.id, id);
  if (!upload && upload.error().code == ErrorCode::kNotFound)
    return refuse("Upload-Concat names a part that is not there.");
  if (!upload) return fail(std::move(upload).error());
  if (!upload->partial) return refuse("Upload-Concat names an upload that was not made as a part.");
  VAT_ASSIGN(std::optional<StagedFile> file,
             StagedFile::open_resumable(services.objects.staging(), upload->id));
  if (!file || !upload->size || file->size() != *upload->size)
    return refuse("Upload-Concat names a part whose bytes are not all there.");
  return OpenUpload{.upload = std::move(*upload), .file = std::make_shared<StagedFile>(std::move(*file))};
}

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

Result<Upload> concatenate(Services& services, const User& user, const TusCreation& creation) {
  std::vector<OpenUpload> parts;
  std::uint64_t size = 0;
  for (const std::string& id : creation.concat->parts) {
    VAT_ASSIGN(OpenUpload part, open_part(services, user, id));
    size += part.file->size();
    parts.push_back(std::move(part));
  }
  VAT_TRY(check_size(services, size));
  VAT_TRY(check_room(services, size));
  ReceivedFile whole;
  VAT_ASSIGN(whole.upload, describe(services, user, creation));
  VAT_ASSIGN(StagedFile file, StagedFile::create(services.objects.staging(), whole.upload.id));
  whole.file = std::make_shared<StagedFile>(std::move(file));
  for (const OpenUpload& part : parts) VAT_TRY(copy(*part.file, *whole.file));
  whole.upload.size = size;
  whole.upload.metadata += "\n" + creation.concat_field;
  VAT_ASSIGN(whole.upload.media, look_at(whole.file->path(), whole.upload.filename));
  VAT_ASSIGN(whole.upload.fingerprint, fingerprint_file(whole.file->path()));
  VAT_ASSIGN(Upload stored, store_upload(services, whole));
  for (const OpenUpload& part : parts) {
    part.file->remove();
    (void)services.uploads.remove(user.id, part.upload.id);  // What is left expires.
  }
  return stored;
}

Result<Upload> create(Services& services, const User& user, const TusCreation& creation) {
  if (creation.concat && !creation.concat->partial) return concatenate(services, user, creation);
  VAT_TRY(check_size(services, creation.size.value_or(0)));
  VAT_TRY(check_room(services, creation.size.value_or(0)));
  VAT_ASSIGN(const Upload upload, describe(services, user, creation));
  return services.uploads.create(upload);
}

/// What Upload-Length of this request adds to the row.
Result<> settle_size(Services& services, Upload& upload, std::optional<std::uint64_t> size) {
  if (!size) return {};
  VAT_TRY(check_size(services, *size));
  if (upload.size == size) return {};
  if (upload.size)
    return fail_field("Upload-Length", "Upload-Length is not what it was when the upload was made.");
  VAT_TRY(services.uploads.set_size(upload.user_id, upload.id, *size));
  upload.size = size;
  return {};
}

}  // namespace

tl::unexpected<TusError> tus_fail(Error error) { return tl::unexpected<TusError>(std::move(error)); }

tl::unexpected<TusError> tus_fail(int status, std::string message, std::string field) {
  return tl::unexpected<TusError>(
      TusError(Error{ErrorCode::kInvalidArgument, std::move(message), {}, false, std::move(field)}, status));
}

TusFields fields_of(const Upload& upload) {
  const std::size_t line = upload.metadata.find('\n');
  if (line == std::string::npos) return {.metadata = upload.metadata, .concat = {}};
  return {.metadata = upload.metadata.substr(0, line), .concat = upload.metadata.substr(line + 1)};
}

TusResult<Upload> create_resumable(Services& services, const User& user, const TusCreation& creation) {
  Result<Upload> upload = create(services, user, creation);
  if (!upload) return tus_fail(std::move(upload).error());
  return std::move(*upload);
}

TusResult<OpenUpload> open_upload(Services& services, const std::string& user_id,
                                  const std::string& upload_id, std::optional<std::uint64_t> size) {
  Result<Upload> upload = services.uploads.get(user_id, upload_id);
  if (!upload) return tus_fail(std::move(upload).error());
  if (!fields_of(*upload).concat.empty())
    return tus_fail(kForbidden, "The upload was put together from parts; it takes no bytes.", {});
  if (upload->state == UploadState::kComplete)
    return OpenUpload{.upload = std::move(*upload), .file = nullptr};
  if (upload->expires_at && *upload->expires_at <= utc_now())
    return tus_fail(kGone, "The upload was not finished in time; begin it again.", {});
  auto file = StagedFile::open_resumable(services.objects.staging(), upload_id);
  if (!file) return tus_fail(std::move(file).error());
  if (!*file)
    return tus_fail(kLocked, "Another request is sending bytes of this upload; try again when it has ended.",
                    {});
  // Now that nobody else changes it.
  upload = services.uploads.get(user_id, upload_id);
  if (!upload || upload->state == UploadState::kComplete) {
    (*file)->remove();
    if (!upload) return tus_fail(std::move(upload).error());
    return OpenUpload{.upload = std::move(*upload), .file = nullptr};
  }
  if (Result<> settled = settle_size(services, *upload, size); !settled)
    return tus_fail(std::move(settled).error());
  return OpenUpload{.upload = std::move(*upload), .file = std::make_shared<StagedFile>(std::move(**file))};
}

Result<std::string> job_of_metadata(Services& services, const Upload& upload) {
  VAT_ASSIGN(const TusMetadata metadata, parse_tus_metadata(fields_of(upload).metadata));
  if (!asks_for_job(metadata)) return std::string();
  VAT_ASSIGN(const JobWish wish, wish_of(services, metadata));
  // The client may ask again when it did not hear the answer, and a crash may come between upload and job.
  const IdempotencyKey once{.key = "upload:" + upload.id,
                            .request_hash = hash_hex(Digest::kSha256, fields_of(upload).metadata)};
  VAT_ASSIGN(const CreatedJobs created, jobs_from_uploads(services, {upload}, wish, once));
  return created.jobs.empty() ? std::string() : created.jobs.front().id;
}

Result<std::string> finish_resumable(Services& services, OpenUpload& open) {
  VAT_ASSIGN(open.upload, complete_upload(services, open.upload, *open.file));
  return job_of_metadata(services, open.upload);
}

Result<> terminate(Services& services, const std::string& user_id, const std::string& upload_id) {
  VAT_ASSIGN(const Upload upload, services.uploads.get(user_id, upload_id));
  if (upload.state == UploadState::kReceiving) {
    VAT_ASSIGN(std::optional<StagedFile> file,
               StagedFile::open_resumable(services.objects.staging(), upload_id));
    if (!file)
      return fail(ErrorCode::kExists, "Another request is sending bytes of this upload; end that first.");
    file->remove();
  }
  return remove_upload(services, upload);
}

}  // namespace vat::api
