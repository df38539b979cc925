#include <algorithm>
#include <memory>
#include <utility>

#include "api/catalog/known_models.h"
#include "api/common/handler.h"
#include "api/common/rate_limits.h"
#include "api/common/warnings.h"
#include "api/jobs/job_request.h"
#include "api/openai/awaited_job.h"
#include "api/openai/openai_answers.h"
#include "api/openai/openai_form.h"
#include "api/openai/openai_speech.h"
#include "api/routes.h"
#include "base/file.h"
#include "http/event_stream.h"

namespace vat::api {
namespace {

using http::Request;
using http::Response;

/// One request and its job.
struct Accepted {
  OpenAiRequest asked;
  Job job;
};

/// What the speakers' samples sound like. Without the models, which are no fault of the request, they stay
/// unknown.
Result<> learn_voices(const Services& services, OpenAiRequest& asked) {
  for (const SpeakerSample& sample : asked.samples) {
    VAT_ASSIGN(const TemporaryDirectory folder, TemporaryDirectory::create());
    const std::filesystem::path file = folder.path() / "sample";
    VAT_TRY(write_file_atomically(file, sample.bytes, Overwrite::kReplace));
    auto voice = services.voice_of_sample ? services.voice_of_sample(file)
                                          : fail(ErrorCode::kUnavailable, "Nothing tells voices apart.");
    if (!voice && (voice.error().code == ErrorCode::kBadMedia || voice.error().code == ErrorCode::kNoAudio))
      return fail_field("known_speaker_references[]",
                        voice.error().code == ErrorCode::kNoAudio
                            ? "A sample of known_speaker_references[] has no sound."
                            : voice.error().message);
    if (!voice) {
      asked.warn("known_speaker_names is ignored: what tells voices apart is not available.");
      return {};
    }
    asked.job.options.known_speakers.push_back({sample.name, *std::move(voice)});
  }
  asked.samples.clear();
  return {};
}

/// Blocks.
Result<Accepted> accept(const Services& services, const User& user, OpenAiTask task, ReceivedForm& form) {
  Accepted accepted;
  VAT_ASSIGN(accepted.asked, read_openai_form(services, task, form.fields));
  if (form.files.empty()) return fail_field("file", "The field file is missing.");
  VAT_TRY(learn_voices(services, accepted.asked));
  JobRequest& wanted = accepted.asked.job;
  wanted.user_id = user.id;
  wanted.files = std::move(form.files);
  VAT_ASSIGN(CreatedJobs created, create_jobs(services, wanted));
  wanted.files.clear();  // Here, not on the I/O thread.
  accepted.job = std::move(created.jobs.at(0));
  return accepted;
}

tl::unexpected<Error> nobody_waits() {
  return fail(ErrorCode::kUnavailable, "The service is shutting down, or the client has disconnected.");
}

/// The whole answer at once.
Answer answer_whole(const Services& services, Request& request, const Accepted& accepted) {
  const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
  AwaitedJob job(services, accepted.job, executor);
  while (true) {
    VAT_CO_ASSIGN(const bool ended, co_await job.look());
    if (ended) break;
    (void)co_await request.body->wait(job.changed(), AwaitedJob::kPollInterval);
    if (request.body->client_gone()) co_return nobody_waits();
  }
  Result<Transcript> transcript = co_await job.outcome();
  co_await job.remove();
  if (!transcript) co_return fail(std::move(transcript).error());
  co_return openai_transcript(accepted.asked, *transcript);
}

/// The text as it is recognised.
class TextStream {
 public:
  TextStream(const Services& services, Request& request, Accepted accepted,
             const boost::asio::any_io_executor& executor)
      : asked_{.id = request.id, .route = request.route},
        heartbeat_(services.limits.heartbeat),
        accepted_(std::move(accepted)),
        job_(services, accepted_.job, executor) {}

  http::Task<Result<>> send(http::BodyWriter& writer) {
    while (true) {
      // In this order: segments before the end are in the database before it.
      const Result<bool> ended = co_await job_.look();
      if (!ended) co_return co_await send_error(writer, ended.error());
      VAT_CO_TRY(co_await send_segments(writer));
      if (*ended) break;
      const bool told = co_await writer.wait(job_.changed(), heartbeat_);
      if (writer.stopping()) co_return nobody_waits();
      if (!told) VAT_CO_TRY(co_await writer.write(http::kHeartbeat));
    }
    Result<Transcript> transcript = co_await job_.outcome();
    co_await job_.remove();
    if (!transcript) co_return co_await send_error(writer, transcript.error());
    std::string events;
    for (const std::string& segment : segment_events(accepted_.asked, *transcript))
      events += http::format_event({}, {}, segment);
    events += http::format_event({}, {}, done_event(accepted_.asked, *transcript));
    co_return co_await writer.write(events);
  }

 private:
  http::Task<Result<>> send_segments(http::BodyWriter& writer) {
    VAT_CO_ASSIGN(const std::vector<std::string> segments, co_await job_.new_segments());
    std::string events;
    for (const std::string& segment : segments) {
      const std::string delta = deltas_.next(segment);
      if (!delta.empty()) events += http::format_event({}, {}, delta_event(delta));
    }
    if (events.empty()) co_return Result<>{};
    co_return co_await writer.write(events);
  }
  http::Task<Result<>> send_error(http::BodyWriter& writer, const Error& error) {
    co_return co_await writer.write(http::format_event({}, {}, error_event(asked_, error)));
  }

  const Request asked_;  ///< For logging errors; the request itself has ended by then.
  const std::chrono::milliseconds heartbeat_;
  Accepted accepted_;
  AwaitedJob job_;
  TextDeltas deltas_;
};

Answer answer_stream(const Services& services, Request& request, Accepted accepted) {
  const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
  const std::vector<std::string> warnings = accepted.asked.warnings;
  auto stream = std::make_shared<TextStream>(services, request, std::move(accepted), executor);
  http::Response response =
      http::event_stream_response([stream](http::BodyWriter& writer) { return stream->send(writer); });
  set_warnings(response, warnings);
  co_return response;
}

Answer recognise(const Services& services, const User& user, Request& request, OpenAiTask task) {
  const FormRules rules{
      .max_files = 1,
      .check_name = [task](const std::string& name) { return check_openai_field(task, name); },
      .is_long = is_long_openai_field};
  VAT_CO_TRY(admit(services, user, request, Act::kUpload));
  VAT_CO_TRY(admit(services, user, request, Act::kJob));
  VAT_CO_ASSIGN(ReceivedForm form, co_await receive_form(services, user, request, rules));
  auto work = [&] {
    Result<Accepted> accepted = accept(services, user, task, form);
    form.files.clear();
    return accepted;
  };
  VAT_CO_ASSIGN(Accepted accepted, co_await services.slow_pool.run(work));
  if (accepted.asked.stream) co_return co_await answer_stream(services, request, std::move(accepted));
  co_return co_await answer_whole(services, request, accepted);
}

Answer list_openai_models(const Services& services, const User& /*user*/, Request& /*request*/) {
  auto work = [&] { return list_models(services); };
  VAT_CO_ASSIGN(const std::vector<catalog::ModelInfo> models, co_await services.pool.run(work));
  co_return json_response(200, openai_models_json(openai_models(models)));
}

Answer get_model(const Services& services, const User& /*user*/, Request& request) {
  const std::string& name = request.parameter("model");
  auto work = [&] { return list_models(services); };
  VAT_CO_ASSIGN(const std::vector<catalog::ModelInfo> models, co_await services.pool.run(work));
  for (const OpenAiModel& model : openai_models(models))
    if (model.id == name) co_return json_response(200, openai_model_json(model));
  co_return fail(
      Error(ErrorCode::kNotFound, "There is no such model; see GET /v1/models.").about_field("model"));
}

}  // namespace

void add_openai_routes(http::Router& router, const Services& services) {
  router.set_error_writer("/v1/", openai_error);
  const auto recognising = [&](OpenAiTask task) {
    return signed_in(services, [&services, task](const User& user, Request& request) {
      return recognise(services, user, request, task);
    });
  };
  const http::RouteOptions form{.max_body_bytes = services.limits.max_upload_bytes + kFormOverheadBytes};
  router.add(http::Method::kPost, "/v1/audio/transcriptions", recognising(OpenAiTask::kTranscribe), form);
  router.add(http::Method::kPost, "/v1/audio/translations", recognising(OpenAiTask::kTranslate), form);
  router.add(http::Method::kGet, "/v1/models", route(services, list_openai_models));
  router.add(http::Method::kGet, "/v1/models/{model}", route(services, get_model));
  add_openai_speech_route(router, services);
}

}  // namespace vat::api
