#include "api/jobs/job_request.h"

#include <algorithm>
#include <utility>

#include "api/catalog/known_models.h"
#include "links/link_name.h"
#include "pipeline/options_json.h"
#include "uploads/file_label.h"

namespace vat::api {
namespace {

Result<> check_model(const Services& services, const pipeline::RecognitionChoice& choice) {
  const bool by_name = choice.model.find('/') == std::string::npos;  // not the operator's own file
  if (choice.engine == "pocketsphinx" || !by_name) return {};
  const Result<catalog::ModelInfo> model = find_model(services, choice.model);
  if (model && choice.engine == "sherpa" && model->kind != catalog::ModelKind::kSherpa)
    return fail_field("model", "The engine sherpa needs one of its own models; see GET /api/v1/models.");
  if (model && choice.engine == "whisper" && model->kind == catalog::ModelKind::kSherpa)
    return fail_field("model", "The model " + model->name + " needs the engine sherpa, or auto.");
  if (model || model.error().code != ErrorCode::kNotFound) return {};
  Error error = model.error();
  error.code = ErrorCode::kInvalidArgument;
  error.field = "model";
  return fail(std::move(error));
}

/// Before anything is stored; the stores check again in the transaction that uses the quota.
Result<> check_quotas(const Services& services, const JobRequest& request) {
  std::uint64_t bytes = 0;
  for (const uploads::ReceivedFile& file : request.files) bytes += file.upload.size.value_or(0);
  return services.quotas.check(request.user_id, std::max<std::size_t>(request.files.size(), 1), bytes);
}

Result<Upload> find_complete(const Services& services, const std::string& user_id,
                             const std::string& upload_id) {
  Result<Upload> upload = uploads::find_settled(services.intake, user_id, upload_id);
  if (upload && upload->state == UploadState::kComplete) return upload;
  Error error;
  if (!upload) {
    error = std::move(upload).error();
  } else if (upload->partial) {
    error = Error(ErrorCode::kExists, "The upload is a part of another one; use the whole.");
  } else {
    const std::uint64_t there = uploads::offset_of(services.intake, *upload);
    error = Error(ErrorCode::kExists,
                  "The upload is not complete: " + std::to_string(there) + " bytes have been received.");
  }
  return fail(std::move(error).about_field("upload_id"));
}

/// Removes uploads without a job. Those that cannot be removed now expire.
void remove_all(const Services& services, const std::vector<Upload>& uploads) {
  for (const Upload& upload : uploads) (void)uploads::remove_upload(services.intake, upload);
}

/// Nothing is stored before all have been checked.
Result<std::vector<Upload>> store_all(const Services& services, std::vector<uploads::ReceivedFile> files) {
  for (uploads::ReceivedFile& file : files) {
    VAT_ASSIGN(file.upload.media, uploads::look_at(services.intake, file.file->path(), file.upload.filename));
  }
  std::vector<Upload> stored;
  for (uploads::ReceivedFile& file : files) {
    Result<Upload> upload = uploads::store_upload(services.intake, file);
    if (!upload) {
      remove_all(services, stored);
      return fail(std::move(upload).error());
    }
    stored.push_back(std::move(*upload));
  }
  return stored;
}

NewJob describe(const JobRequest& request) {
  NewJob job;
  job.user_id = request.user_id;
  job.kind = request.kind;
  job.title = request.title;
  job.options = pipeline::to_json(request.options);
  job.input_text = request.text;
  job.priority = request.priority;
  job.webhook_url = request.webhook_url;
  return job;
}

NewJob with_upload(NewJob job, const Upload& upload) {
  if (job.title.empty()) job.title = upload.filename;
  job.upload_id = upload.id;
  return job;
}

NewJob with_link(NewJob job, const JobRequest& request) {
  job.source_url = request.source_url;
  job.source_name = uploads::file_label(links::name_of_url(request.source_url));
  if (job.title.empty()) job.title = job.source_name;
  return job;
}

Result<CreatedJobs> create_from_files(const Services& services, const JobRequest& request) {
  VAT_ASSIGN(const std::vector<Upload> stored, store_all(services, request.files));
  const NewJob job = describe(request);
  std::vector<NewJob> jobs;
  for (const Upload& upload : stored) jobs.push_back(with_upload(job, upload));
  Result<CreatedJobs> created = services.jobs.create(jobs, request.idempotency);
  // A replay here is of a concurrent request. An upload that a job uses is not removed, in case the jobs were
  // created despite the error.
  if (!created || created->replayed) remove_all(services, stored);
  return created;
}

}  // namespace

Result<CreatedJobs> create_jobs(const Services& services, const JobRequest& request) {
  if (request.idempotency) {
    VAT_ASSIGN(std::vector<Job> made, services.jobs.find_idempotent(request.user_id, *request.idempotency));
    if (!made.empty()) return CreatedJobs{.jobs = std::move(made), .replayed = true};
  }
  if (!request.source_url.empty() && !services.fetches_links)
    return fail(ErrorCode::kUnavailable, "This service does not fetch recordings from links.");
  VAT_TRY(check_available(services, request));
  VAT_TRY(check_quotas(services, request));
  if (!request.files.empty()) return create_from_files(services, request);
  NewJob job = describe(request);
  if (!request.source_url.empty())
    return services.jobs.create({with_link(std::move(job), request)}, request.idempotency);
  if (request.kind == JobKind::kProcess) {
    VAT_ASSIGN(const Upload upload, find_complete(services, request.user_id, request.upload_id));
    job = with_upload(std::move(job), upload);
  }
  return services.jobs.create({job}, request.idempotency);
}

Result<> check_available(const Services& services, const JobRequest& request) {
  const bool recognises = request.kind == JobKind::kProcess;
  if (recognises) VAT_TRY(check_model(services, request.options.choice));
  if (recognises && !request.options.speech && !request.options.dub) return {};
  return check_speech_engine(services, request.options.spoken.engine);
}

Result<> check_speech_engine(const Services& services, const std::string& name) {
  const tts::Engines& engines = services.speech.engines();
  if (name == "auto") return {};
  if (std::any_of(engines.begin(), engines.end(), [&](const auto& engine) { return engine->name() == name; }))
    return {};
  return fail_field("speech_engine", "The speech engine " + name + " is not configured on this server.");
}

}  // namespace vat::api
