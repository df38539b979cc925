#include <memory>
#include <optional>
#include <utility>

#include "api/common/handler.h"
#include "api/common/rate_limits.h"
#include "api/common/warnings.h"
#include "api/jobs/created_response.h"
#include "api/jobs/idempotency.h"
#include "api/jobs/job_fields.h"
#include "api/jobs/job_request.h"
#include "api/routes.h"
#include "api/speech/speech_stream.h"
#include "base/text.h"
#include "http/too_long.h"
#include "pipeline/options_json.h"
#include "tts/sentences.h"
#include "tts/speech_text.h"
#include "uploads/file_label.h"

namespace vat::api {
namespace {

using http::Request;
using http::Response;

constexpr std::size_t kMaxLanguage = 35;  // RFC 5646, section 4.4.1
constexpr std::size_t kMaxVoice = 200;
constexpr std::size_t kTitleWords = 60;  // bytes of the text that become its title

Result<> set_text(JsonFields& fields, std::string_view name, std::size_t max, pipeline::JobOptions& options) {
  VAT_ASSIGN(const std::optional<std::string> text, fields.text(name, {.min = 0, .max = max}));
  if (!text) return {};
  VAT_ASSIGN(const bool known, pipeline::set_option(options, name, *text));
  return known ? Result<>()
               : fail(ErrorCode::kInternal, "A speech option does not exist.", std::string(name));
}

/// The names are those of a job's options.
Result<pipeline::JobOptions> read_speech_options(const Services& services, JsonFields& fields) {
  pipeline::JobOptions options = services.defaults;
  options.speech = true;
  options.dub = false;
  options.recognition.language = "en";
  VAT_TRY(set_text(fields, "language", kMaxLanguage, options));
  VAT_TRY(set_text(fields, "voice", kMaxVoice, options));
  VAT_TRY(set_text(fields, "speech_engine", kMaxLanguage, options));
  VAT_TRY(set_text(fields, "audio_format", kMaxLanguage, options));
  VAT_ASSIGN(const std::optional<double> speed, fields.number("speed", 0.25, 4));
  options.spoken.speed = speed.value_or(options.spoken.speed);
  VAT_ASSIGN(const std::optional<double> loudness, fields.number("loudness", -40, -5));
  if (fields.has("loudness")) options.spoken.loudness = loudness;
  if (options.recognition.language == "auto") options.recognition.language = "en";
  VAT_TRY(pipeline::validate(options));
  return options;
}

/// "Four score and seven years ago our fathers brought forth…"
std::string title_of(const std::string& text) {
  std::string title = uploads::clean_title(std::string_view(text).substr(0, 4 * kTitleWords));
  if (title.size() <= kTitleWords) return title;
  const std::size_t space = title.rfind(' ', kTitleWords);
  if (space != std::string::npos && space > 0) return title.substr(0, space) + "…";
  return to_utf8(title.substr(0, kTitleWords)) + "…";
}

/// The words of the text, which may be SSML.
Result<tts::SpeechText> check_text(const Services& services, const std::string& text,
                                   const std::string& language) {
  if (text.size() > services.limits.max_text_bytes)
    return http::too_long("The text", services.limits.max_text_bytes, "text");
  auto read = tts::read_speech_text(text, language);
  if (!read) return fail_field("text", read.error().message);
  if (!tts::is_speakable(read->words)) return fail_field("text", "The text has no words to speak.");
  return read;
}

struct SpeechRequest {
  std::string text;
  tts::SpeechText read;
  pipeline::JobOptions options;
  bool as_job = false;
  bool says_loudness = false;
  JobRequest job;  ///< Including what does not concern the speech.
};

Result<SpeechRequest> read_request(const Services& services, JsonFields& fields) {
  SpeechRequest wanted;
  VAT_ASSIGN(std::optional<std::string> text,
             fields.text("text", {.min = 1, .max = services.limits.max_text_bytes * kJsonEscapeBytes}));
  if (!text) return fail(fields.missing("text"));
  wanted.text = std::move(*text);
  VAT_ASSIGN(wanted.options, read_speech_options(services, fields));
  VAT_ASSIGN(const std::optional<bool> as_job, fields.boolean("as_job"));
  wanted.says_loudness = fields.has("loudness");
  VAT_TRY(read_own_members(services, fields, wanted.job));
  VAT_TRY(fields.finish());
  VAT_ASSIGN(wanted.read, check_text(services, wanted.text, wanted.options.recognition.language));
  wanted.as_job = as_job.value_or(false) || wanted.text.size() > services.limits.max_direct_speech_bytes;
  return wanted;
}

Answer make_job(const Services& services, const User& user, const Request& request, const std::string& asked,
                SpeechRequest wanted) {
  JobRequest job = std::move(wanted.job);
  job.user_id = user.id;
  job.kind = JobKind::kSpeech;
  if (job.title.empty()) job.title = title_of(wanted.read.words);
  job.options = std::move(wanted.options);
  job.text = std::move(wanted.text);
  VAT_CO_ASSIGN(job.idempotency, idempotency_key(request, asked));
  auto work = [&]() -> Result<Response> {
    VAT_ASSIGN(const CreatedJobs created, create_jobs(services, job));
    return created_job_response(services, created);
  };
  co_return co_await services.pool.run(work);
}

Answer speak(const Services& services, const User& user, Request& request, JsonFields& fields) {
  VAT_CO_TRY(admit(services, user, request, Act::kJob));
  const std::string asked = fields.canonical();
  VAT_CO_ASSIGN(SpeechRequest wanted, read_request(services, fields));
  auto check = [&] { return check_speech_engine(services, wanted.options.spoken.engine); };
  VAT_CO_TRY(check());
  if (wanted.as_job) co_return co_await make_job(services, user, request, asked, std::move(wanted));
  SpeechOrder order;
  order.user_id = user.id;
  order.text = std::move(wanted.text);
  order.language = wanted.options.recognition.language;
  order.options = wanted.options.spoken;
  // Measuring loudness over the whole speech would delay the first byte until the last word is spoken.
  if (!wanted.says_loudness) order.options.loudness.reset();
  order.content_type = media::audio_format_mime_type(order.options.format);
  Result<Response> response = co_await stream_speech(services, std::move(order));
  if (response) set_warnings(*response, wanted.read.warnings);
  co_return response;
}

}  // namespace

void add_speech_routes(http::Router& router, const Services& services) {
  const std::size_t max_bytes = services.limits.max_text_bytes * kJsonEscapeBytes + kMaxJsonBytes;
  router.add(http::Method::kPost, "/api/v1/speech", json_route(services, speak, max_bytes),
             {.max_body_bytes = max_bytes});
}

}  // namespace vat::api
