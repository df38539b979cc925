#include "api/jobs/job_request.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "api/common/handler.h"
#include "api/jobs/job_json.h"
#include "api/jobs/new_job.h"
#include "api/webhooks/webhook_url.h"
#include "base/text.h"
#include "catalog/nearest.h"
#include "pipeline/options_json.h"
#include "uploads/file_label.h"

namespace vat::api {
namespace {

constexpr std::array<std::string_view, 4> kOwnFields = {"options", "title", "priority", "webhook_url"};

bool is_own(std::string_view name) {
  return std::find(kOwnFields.begin(), kOwnFields.end(), name) != kOwnFields.end();
}

std::vector<std::string_view> all_names() {
  std::vector<std::string_view> names = pipeline::option_names();
  names.insert(names.end(), kOwnFields.begin(), kOwnFields.end());
  names.push_back("file");
  return names;
}

const std::string* find(const FormFields& fields, std::string_view name) {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const auto& f) { return f.first == name; });
  return found == fields.end() ? nullptr : &found->second;
}

Result<> refuse_repeated(const FormFields& fields) {
  for (auto field = fields.begin(); field != fields.end(); ++field) {
    if (std::any_of(fields.begin(), field, [&](const auto& other) { return other.first == field->first; }))
      return fail_field(field->first, "The field " + field->first + " is there twice.");
  }
  return {};
}

/// Each by itself, in whatever order makes sense: a value may be wrong only as long as another is not set.
Result<> set_options(const FormFields& fields, pipeline::JobOptions& options) {
  std::vector<const std::pair<std::string, std::string>*> left;
  for (const auto& field : fields)
    if (!is_own(field.first)) left.push_back(&field);
  while (!left.empty()) {
    const std::size_t before = left.size();
    Result<> first_failure;
    std::erase_if(left, [&](const auto* field) {
      const Result<bool> set = pipeline::set_option(options, field->first, field->second);
      if (!set && first_failure) first_failure = fail(set.error());
      return set.has_value();
    });
    if (left.size() == before) return first_failure;
  }
  return {};
}

Result<int> read_priority(const std::string& text) {
  int priority = 0;
  const char* const end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, priority);
  if (error != std::errc() || parsed != end || priority < kMinPriority || priority > kMaxPriority)
    return fail_field("priority", "The priority is a whole number from -10 to 10.");
  return priority;
}

/// Title, priority and address, as new_job.h reads them from JSON.
Result<> read_own(const Services& services, const FormFields& fields, NewJob& job) {
  if (const std::string* title = find(fields, "title")) job.title = uploads::clean_title(*title);
  if (const std::string* priority = find(fields, "priority"); priority != nullptr && !priority->empty()) {
    VAT_ASSIGN(job.priority, read_priority(*priority));
  }
  if (const std::string* url = find(fields, "webhook_url"); url != nullptr && !url->empty()) {
    VAT_TRY(check_webhook_url(*url, services.allow_private_webhooks, "webhook_url"));
    job.webhook_url = *url;
  }
  return {};
}

NewJob job_of(const Upload& upload, const JobWish& wish, const std::string& options) {
  NewJob job = wish.job;
  job.user_id = upload.user_id;
  job.kind = JobKind::kProcess;
  if (job.title.empty()) job.title = upload.filename;
  job.upload_id = upload.id;
  job.options = options;
  return job;
}

/// Uploads that no job came of. What cannot be removed now expires.
void remove_all(const Services& services, const std::vector<Upload>& uploads) {
  for (const Upload& upload : uploads) (void)uploads::remove_upload(services.intake, upload);
}

Result<std::vector<Upload>> store_all(const Services& services, std::vector<uploads::ReceivedFile>& files) {
  std::vector<Upload> uploads;
  for (uploads::ReceivedFile& file : files) {
    Result<Upload> upload = uploads::store_upload(services.intake, file);
    if (!upload) {
      remove_all(services, uploads);
      return fail(std::move(upload).error());
    }
    uploads.push_back(std::move(*upload));
  }
  return uploads;
}

}  // namespace

Result<> check_job_field(const std::string& name) {
  const std::vector<std::string_view> names = all_names();
  if (std::find(names.begin(), names.end(), name) != names.end()) return {};
  const std::string shown = to_utf8(std::string_view(name).substr(0, kMaxShownBytes));
  const std::string_view meant = catalog::nearest(shown, names);
  return fail_field(shown, "There is no field \"" + shown + "\" in this form" +
                               (meant.empty() ? "." : "; did you mean " + std::string(meant) + "?"));
}

Result<pipeline::JobOptions> read_options(const Services& services, std::string_view json) {
  Result<pipeline::JobOptions> options =
      pipeline::job_options_from_json(json.empty() ? "{}" : json, services.defaults);
  if (!options) return fail(in_options(std::move(options).error()));
  return options;
}

Result<JobWish> wish_from_form(const Services& services, const FormFields& fields) {
  VAT_TRY(refuse_repeated(fields));
  JobWish wish;
  const std::string* const json = find(fields, "options");
  VAT_ASSIGN(wish.options, read_options(services, json == nullptr ? std::string_view() : *json));
  VAT_TRY(set_options(fields, wish.options));
  VAT_TRY(read_own(services, fields, wish.job));
  return wish;
}

Result<JobWish> wish_from_json(const Services& services, JsonFields& fields) {
  JobWish wish;
  VAT_ASSIGN(const std::optional<std::string> options, fields.object("options"));
  VAT_ASSIGN(wish.options, read_options(services, options.value_or("")));
  VAT_TRY(read_job_fields(services, fields, wish.job));
  return wish;
}

std::string asked_text(const JobWish& wish) {
  return pipeline::to_json(wish.options) + "\n" + wish.job.title + "\n" + std::to_string(wish.job.priority) +
         "\n" + wish.job.webhook_url;
}

Result<> check_available(const Services& services, const pipeline::JobOptions& options) {
  const bool by_name = options.choice.model.find('/') == std::string::npos;  // not the operator's own file
  if (options.choice.engine != "pocketsphinx" && by_name) {
    const Result<catalog::ModelInfo> model = services.models.find(options.choice.model);
    if (!model && model.error().code == ErrorCode::kNotFound) {
      Error error = model.error();
      error.code = ErrorCode::kInvalidArgument;
      error.field = "model";
      return fail(std::move(error));
    }
  }
  if (!options.speech && !options.dub) return {};
  return check_speech_engine(services, options.spoken.engine);
}

Result<> check_speech_engine(const Services& services, const std::string& name) {
  const tts::Engines& engines = services.speech.engines();
  if (name == "auto") return {};
  if (std::any_of(engines.begin(), engines.end(), [&](const auto& engine) { return engine->name() == name; }))
    return {};
  return fail_field("speech_engine", "The speech engine " + name + " is not set up on this server.");
}

Result<Upload> find_complete(const Services& services, const std::string& user_id,
                             const std::string& upload_id) {
  Result<Upload> upload = uploads::find_settled(services.intake, user_id, upload_id);
  if (upload && upload->state == UploadState::kComplete) return upload;
  Error error;
  if (!upload) {
    error = std::move(upload).error();
  } else if (upload->partial) {
    error = Error{ErrorCode::kExists, "The upload is a part of another one; name the whole.", {}, false, {}};
  } else {
    const std::uint64_t there = uploads::offset_of(services.intake, *upload);
    error = Error{ErrorCode::kExists,
                  "The upload is not complete: " + std::to_string(there) + " bytes are there.",
                  {},
                  false,
                  {}};
  }
  error.field = "upload_id";
  return fail(std::move(error));
}

Result<CreatedJobs> jobs_from_uploads(const Services& services, const std::vector<Upload>& uploads,
                                      const JobWish& wish, const std::optional<IdempotencyKey>& idempotency) {
  const std::string options = pipeline::to_json(wish.options);
  std::vector<NewJob> jobs;
  for (const Upload& upload : uploads) jobs.push_back(job_of(upload, wish, options));
  return create_jobs(services, jobs, idempotency);
}

Result<CreatedJobs> jobs_from_files(const Services& services, std::vector<uploads::ReceivedFile>& files,
                                    const JobWish& wish, const std::optional<IdempotencyKey>& idempotency) {
  if (idempotency && !files.empty()) {
    // Asked again: the bytes that came with it need not be stored.
    VAT_ASSIGN(std::vector<Job> made,
               services.jobs.find_idempotent(files.front().upload.user_id, *idempotency));
    if (!made.empty()) return CreatedJobs{.jobs = std::move(made), .replayed = true};
  }
  VAT_ASSIGN(const std::vector<Upload> uploads, store_all(services, files));
  Result<CreatedJobs> created = jobs_from_uploads(services, uploads, wish, idempotency);
  // A replay here is of a request that came at the same time. An upload that a job uses is not removed,
  // should the jobs have been made in spite of the error.
  if (!created || created->replayed) remove_all(services, uploads);
  return created;
}

http::Response created_response(const Services& services, const CreatedJobs& created) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("items").begin_array();
  for (const Job& job : created.jobs) {
    // The jobs are made: what a look at the queue says does not undo that.
    const Result<JobDetails> details = find_details(services, job);
    write_job(json, job, details ? *details : quick_details(services, job));
  }
  json.end_array();
  json.end_object();
  http::Response response = json_response(202, std::move(body));
  if (!created.jobs.empty()) response.set("Location", job_path(created.jobs.front().id));
  if (created.replayed) response.set("Idempotency-Replayed", "true");
  return response;
}

}  // namespace vat::api
