// Jobs created from a job: rerunning it, or speaking its transcript.
#include <algorithm>
#include <array>
#include <utility>

#include "api/common/handler.h"
#include "api/common/rate_limits.h"
#include "api/jobs/created_response.h"
#include "api/jobs/idempotency.h"
#include "api/jobs/job_fields.h"
#include "api/jobs/job_request.h"
#include "api/routes.h"
#include "pipeline/options_json.h"
#include "pipeline/speaker_voices.h"
#include "subtitles/formats.h"

namespace vat::api {
namespace {

using http::Method;
using http::Request;

/// What both of them take.
struct Changes {
  JobRequest wanted;    ///< Without what the job says.
  std::string options;  ///< JSON of the options to change; may be empty.
};

Result<Changes> read_changes(const Services& services, const User& user, const Request& request,
                             JsonFields& fields) {
  Changes changes;
  changes.wanted.user_id = user.id;
  VAT_TRY(read_own_members(services, fields, changes.wanted));
  VAT_ASSIGN(std::optional<std::string> options, fields.object("options"));
  changes.options = std::move(options).value_or("{}");
  VAT_TRY(fields.finish());
  VAT_ASSIGN(changes.wanted.idempotency, idempotency_key(request, fields.canonical()));
  return changes;
}

/// `describe` makes the request from the job of the path. Responds with 202 and the new job.
Answer create_from_job(const Services& services, const User& user, Request& request, JsonFields& fields,
                       Result<JobRequest> (*describe)(const Services&, const Job&, const Changes&)) {
  VAT_CO_TRY(admit(services, user, request, Act::kJob));
  VAT_CO_ASSIGN(const Changes changes, read_changes(services, user, request, fields));
  auto work = [&]() -> Result<http::Response> {
    VAT_ASSIGN(const Job job, services.jobs.get(user.id, request.parameter("id")));
    VAT_ASSIGN(JobRequest wanted, describe(services, job, changes));
    if (wanted.title.empty()) wanted.title = job.title;
    VAT_ASSIGN(const CreatedJobs created, create_jobs(services, wanted));
    return created_job_response(services, created);
  };
  co_return co_await services.pool.run(work);
}

/// Whether the recording of a job was to be fetched, and never was.
Result<bool> is_unfetched(const Services& services, const Job& job) {
  if (job.source_url.empty()) return false;
  VAT_ASSIGN(const Upload upload, services.uploads.get(job.user_id, job.upload_id));
  return upload.state != UploadState::kComplete;
}

Result<JobRequest> describe_rerun(const Services& services, const Job& job, const Changes& changes) {
  JobRequest wanted = changes.wanted;
  wanted.kind = job.kind;
  VAT_ASSIGN(const bool unfetched, is_unfetched(services, job));
  (unfetched ? wanted.source_url : wanted.upload_id) = unfetched ? job.source_url : job.upload_id;
  wanted.text = job.input_text;
  VAT_ASSIGN(const pipeline::JobOptions before, pipeline::job_options_from_stored_json(job.options));
  VAT_ASSIGN(wanted.options, read_options(changes.options, before));
  return wanted;
}

Result<> refuse_other_options(const std::string& wanted) {
  constexpr std::array<std::string_view, 7> kNames = {"speech_engine", "voice",    "voices",  "speed",
                                                      "audio_format",  "loudness", "language"};
  VAT_ASSIGN(const JsonFields given, JsonFields::parse(wanted));
  for (const std::string_view name : pipeline::option_names()) {
    if (given.has(name) && std::find(kNames.begin(), kNames.end(), name) == kNames.end())
      return fail_field("options." + std::string(name),
                        "The option " + std::string(name) + " does not apply to speech.");
  }
  return {};
}

/// How the transcript is spoken: the job's own speech options, overridden by the request.
Result<pipeline::JobOptions> speech_options(const Job& job, const std::string& wanted,
                                            const Transcript& transcript) {
  VAT_TRY(refuse_other_options(wanted));
  VAT_ASSIGN(pipeline::JobOptions options, pipeline::job_options_from_stored_json(job.options));
  options.recognition.language = transcript.task == "translate" ? "en" : transcript.language;
  if (options.recognition.language.empty()) options.recognition.language = "auto";
  options.recognition.translate = false;
  options.dub = false;
  options.speech = true;
  return read_options(wanted, options);
}

Result<JobRequest> describe_speech(const Services& services, const Job& job, const Changes& changes) {
  JobRequest wanted = changes.wanted;
  wanted.kind = JobKind::kSpeech;
  VAT_ASSIGN(const StoredTranscript stored, services.transcripts.get(job.user_id, job.id));
  VAT_ASSIGN(wanted.options, speech_options(job, changes.options, stored.transcript));
  VAT_ASSIGN(const pipeline::Cast cast,
             pipeline::cast_speakers(services.speech, stored.transcript, wanted.options.spoken, {}, {}, {}));
  wanted.text = pipeline::speech_text(stored.transcript, cast);
  if (wanted.text.find_first_not_of(" \n") == std::string::npos)
    return fail(ErrorCode::kBadData, "The transcript of this job has no text to speak.");
  if (wanted.text.size() <= services.limits.max_text_bytes) return wanted;
  return fail(ErrorCode::kLimit, "The transcript of this job is longer than " +
                                     std::to_string(services.limits.max_text_bytes) +
                                     " bytes, which is the limit of a text to speak.");
}

Answer rerun_job(const Services& services, const User& user, Request& request, JsonFields& fields) {
  return create_from_job(services, user, request, fields, describe_rerun);
}

/// A separate speech job, so that the files of the job stay unchanged and both can be played.
Answer speak_job(const Services& services, const User& user, Request& request, JsonFields& fields) {
  return create_from_job(services, user, request, fields, describe_speech);
}

}  // namespace

void add_rerun_routes(http::Router& router, const Services& services) {
  router.add(Method::kPost, "/api/v1/jobs/{id:uuid}/rerun",
             json_route(services, rerun_job, kMaxJsonBytes, true));
  router.add(Method::kPost, "/api/v1/jobs/{id:uuid}/speech",
             json_route(services, speak_job, kMaxJsonBytes, true));
}

}  // namespace vat::api
