#include "api/uploads/tus_uploads.h"

#include <memory>
#include <utility>
#include <vector>

#include "api/jobs/job_fields.h"
#include "api/jobs/job_request.h"
#include "base/hash.h"
#include "http/too_long.h"
#include "uploads/completion.h"
#include "uploads/file_label.h"
#include "uploads/resumable.h"
#include "uploads/staged_file.h"

namespace vat::api {
namespace {

using uploads::OpenUpload;
using uploads::StagedFile;

constexpr int kGone = 410;
constexpr int kLocked = 423;
constexpr int kForbidden = 403;

bool asks_for_job(const TusMetadata& metadata) {
  return find_metadata(metadata, "create_job") == "true" || !find_metadata(metadata, "options").empty();
}

Result<JobRequest> job_request_of(const Services& services, const TusMetadata& metadata) {
  JobRequest wanted;
  VAT_ASSIGN(wanted.options, read_options(find_metadata(metadata, "options"), services.defaults));
  wanted.title = uploads::clean_title(find_metadata(metadata, "title"));
  return wanted;
}

/// The job is checked before the bytes arrive.
Result<Upload> describe(const Services& services, const User& user, const TusCreation& creation) {
  VAT_ASSIGN(const TusMetadata metadata, parse_tus_metadata(creation.metadata));
  if (asks_for_job(metadata)) {
    VAT_ASSIGN(const JobRequest wanted, job_request_of(services, metadata));
    VAT_TRY(check_available(services, wanted));
  }
  std::string_view name = find_metadata(metadata, "filename");
  std::string_view type = find_metadata(metadata, "filetype");
  if (name.empty()) name = find_metadata(metadata, "name");
  if (type.empty()) type = find_metadata(metadata, "type");
  Upload upload = uploads::new_upload(user.id, name, type);
  upload.size = creation.size;
  upload.metadata = creation.metadata;
  upload.partial = creation.concat && creation.concat->partial;
  return upload;
}

Result<> check_size(const Services& services, std::uint64_t size) {
  const std::uint64_t max = services.limits.max_upload_bytes;
  if (size <= max) return {};
  return http::too_long("The file", max, "Upload-Length");
}

/// A complete part, locked.
Result<OpenUpload> open_part(const Services& services, const User& user, const std::string& id) {
  const auto refuse = [](std::string message) { return fail_field("Upload-Concat", std::move(message)); };
  Result<Upload> upload = services.uploads.get(user.id, id);
  if (!upload && upload.error().code == ErrorCode::kNotFound)
    return refuse("Upload-Concat names a part that does not exist.");
  if (!upload) return fail(std::move(upload).error());
  if (!upload->partial) return refuse("Upload-Concat names an upload that was not created as a part.");
  VAT_ASSIGN(std::optional<StagedFile> file,
             StagedFile::open_resumable(services.objects.staging(), upload->id));
  if (!file || !upload->size || file->size() != *upload->size)
    return refuse("Upload-Concat names a part that is not complete.");
  return OpenUpload{.upload = std::move(*upload),
                    .state = uploads::OpenState::kOpen,
                    .file = std::make_shared<StagedFile>(std::move(*file))};
}

Result<Upload> concatenate(const Services& services, const User& user, const TusCreation& creation) {
  std::vector<OpenUpload> parts;
  std::uint64_t size = 0;
  for (const std::string& id : creation.concat->parts) {
    VAT_ASSIGN(OpenUpload part, open_part(services, user, id));
    size += part.file->size();
    parts.push_back(std::move(part));
  }
  VAT_TRY(check_size(services, size));
  VAT_TRY(services.intake.room.claim(size));
  VAT_ASSIGN(Upload whole, describe(services, user, creation));
  whole.metadata += "\n" + creation.concat_field;
  return uploads::join_parts(services.intake, std::move(whole), parts);
}

/// What Upload-Length of this request adds to the row.
Result<> settle_size(const Services& services, Upload& upload, std::optional<std::uint64_t> size) {
  if (!size) return {};
  VAT_TRY(check_size(services, *size));
  if (upload.size == size) return {};
  if (upload.size) return fail_field("Upload-Length", "Upload-Length differs from the upload's length.");
  VAT_TRY(services.uploads.set_size(upload.user_id, upload.id, *size));
  upload.size = size;
  return {};
}

}  // namespace

tl::unexpected<Error> tus_fail(int status, std::string message, std::string field) {
  return fail(Error(ErrorCode::kInvalidArgument, std::move(message))
                  .about_field(std::move(field))
                  .with_status(status));
}

TusFields fields_of(const Upload& upload) {
  const std::size_t line = upload.metadata.find('\n');
  if (line == std::string::npos) return {.metadata = upload.metadata, .concat = {}};
  return {.metadata = upload.metadata.substr(0, line), .concat = upload.metadata.substr(line + 1)};
}

Result<Upload> create_resumable(const Services& services, const User& user, const TusCreation& creation) {
  if (creation.concat && !creation.concat->partial) return concatenate(services, user, creation);
  VAT_TRY(check_size(services, creation.size.value_or(0)));
  VAT_TRY(services.intake.room.claim(creation.size.value_or(0)));
  VAT_ASSIGN(Upload upload, describe(services, user, creation));
  return uploads::create_resumable(services.intake, std::move(upload));
}

Result<OpenUpload> open_for_writing(const Services& services, const std::string& user_id,
                                    const std::string& upload_id, std::optional<std::uint64_t> size) {
  VAT_ASSIGN(Upload upload, services.uploads.get(user_id, upload_id));
  if (!fields_of(upload).concat.empty())
    return tus_fail(kForbidden, "The upload was concatenated from parts; it accepts no bytes.");
  if (uploads::is_fetched(upload))
    return tus_fail(kForbidden, "The upload is fetched from a link by its job; it accepts no bytes.");
  VAT_ASSIGN(OpenUpload open, uploads::open_upload(services.intake, std::move(upload)));
  if (open.state == uploads::OpenState::kExpired)
    return tus_fail(kGone, "The upload was not finished in time; start it again.");
  if (open.state == uploads::OpenState::kInUse)
    return tus_fail(kLocked, "Another request is sending bytes of this upload; try again when it has ended.");
  if (open.state == uploads::OpenState::kOpen) VAT_TRY(settle_size(services, open.upload, size));
  return open;
}

Result<std::string> job_of_metadata(const Services& services, const Upload& upload) {
  VAT_ASSIGN(const TusMetadata metadata, parse_tus_metadata(fields_of(upload).metadata));
  if (!asks_for_job(metadata)) return std::string();
  VAT_ASSIGN(JobRequest wanted, job_request_of(services, metadata));
  wanted.user_id = upload.user_id;
  wanted.upload_id = upload.id;
  // The client may ask again when it did not hear the answer, and a crash may come between upload and job.
  wanted.idempotency = IdempotencyKey{.key = "upload:" + upload.id,
                                      .request_hash = hash_hex(Digest::kSha256, fields_of(upload).metadata)};
  VAT_ASSIGN(const CreatedJobs created, create_jobs(services, wanted));
  return created.jobs.empty() ? std::string() : created.jobs.front().id;
}

Result<std::string> finish_resumable(const Services& services, OpenUpload& open) {
  VAT_ASSIGN(open.upload, uploads::complete_upload(services.intake, open.upload, *open.file));
  return job_of_metadata(services, open.upload);
}

}  // namespace vat::api
