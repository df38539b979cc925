#include "api/openai/openai_speech.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "api/common/handler.h"
#include "api/common/json_fields.h"
#include "api/common/rate_limits.h"
#include "api/common/warnings.h"
#include "api/jobs/job_request.h"
#include "api/openai/openai_answers.h"
#include "api/openai/openai_form.h"
#include "api/speech/speech_stream.h"
#include "base/base64.h"
#include "base/bytes.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "tts/sentences.h"
#include "tts/speech_text.h"

namespace vat::api {
namespace {

using http::Request;

constexpr std::size_t kMaxName = 200;
/// The request names none.
constexpr std::string_view kLanguage = "en";
constexpr std::size_t kMaxInstructions = 16U * 1024;

/// One of OpenAI's voices, which clients must send, and what speaks for it where Kokoro speaks.
struct OpenAiVoice {
  std::string_view name;
  std::string_view kokoro;
};
constexpr std::array<OpenAiVoice, 13> kOpenAiVoices = {{{"alloy", "kokoro:af_alloy"},
                                                        {"ash", "kokoro:am_michael"},
                                                        {"ballad", "kokoro:bm_george"},
                                                        {"cedar", "kokoro:am_puck"},
                                                        {"coral", "kokoro:af_bella"},
                                                        {"echo", "kokoro:am_echo"},
                                                        {"fable", "kokoro:bm_fable"},
                                                        {"marin", "kokoro:af_heart"},
                                                        {"nova", "kokoro:af_nova"},
                                                        {"onyx", "kokoro:am_onyx"},
                                                        {"sage", "kokoro:af_sarah"},
                                                        {"shimmer", "kokoro:bf_emma"},
                                                        {"verse", "kokoro:am_fenrir"}}};

struct Container {
  std::string_view name;
  media::AudioFormat format;
  std::string_view content_type;
  bool bare_samples = false;
};
/// PCM is 16-bit at 24 kHz, like OpenAI's.
constexpr std::array<Container, 6> kContainers = {{{"mp3", media::AudioFormat::kMp3, "audio/mpeg"},
                                                   {"opus", media::AudioFormat::kOpus, "audio/ogg"},
                                                   {"aac", media::AudioFormat::kAac, "audio/aac"},
                                                   {"flac", media::AudioFormat::kFlac, "audio/flac"},
                                                   {"wav", media::AudioFormat::kWav, "audio/wav"},
                                                   {"pcm", media::AudioFormat::kWav, "audio/pcm", true}}};

Result<std::string> required(JsonFields& fields, std::string_view name, TextBounds bounds) {
  VAT_ASSIGN(std::optional<std::string> text, fields.text(name, bounds));
  if (!text) return fail(fields.missing(name));
  return std::move(*text);
}

/// The model is an engine's name, or one of OpenAI's, which mean the operator's choice.
Result<std::string> read_engine(const Services& services, JsonFields& fields) {
  VAT_ASSIGN(const std::string model, required(fields, "model", {.min = 1, .max = kMaxName}));
  if (is_openai_name(model)) return services.defaults.spoken.engine;
  if (check_speech_engine(services, model)) return model;
  return fail(Error(ErrorCode::kNotFound,
                    "There is no speech model \"" + to_utf8(model.substr(0, kMaxShownBytes)) + "\" here.")
                  .about_field("model"));
}

Result<std::string> read_voice(const Services& services, const std::string& engine, JsonFields& fields) {
  // OpenAI's own custom voices are objects: {"id": "voice_1234"}.
  std::string voice;
  if (auto custom = fields.object("voice"); custom && *custom) {
    VAT_ASSIGN(JsonFields members, JsonFields::parse(**custom));
    VAT_ASSIGN(voice, required(members, "id", {.min = 1, .max = kMaxName}));
  } else {
    VAT_ASSIGN(voice, required(fields, "voice", {.min = 1, .max = kMaxName}));
  }
  const auto* const theirs = std::find_if(kOpenAiVoices.begin(), kOpenAiVoices.end(),
                                          [&](const OpenAiVoice& one) { return one.name == voice; });
  if (theirs == kOpenAiVoices.end()) return voice;
  // The operator's choice comes before likeness.
  const std::string& chosen = services.defaults.spoken.voice;
  const auto engines = tts::order_engines(services.speech.engines(), engine, std::string(kLanguage));
  const bool kokoro = engines && engines->front()->name() == "kokoro";
  return chosen.empty() && kokoro ? std::string(theirs->kokoro) : chosen;
}

Result<const Container*> read_container(JsonFields& fields) {
  VAT_ASSIGN(const std::optional<std::string> name,
             fields.text("response_format", {.min = 1, .max = kMaxName}));
  const auto* const found =
      std::find_if(kContainers.begin(), kContainers.end(),
                   [&](const Container& container) { return container.name == name.value_or("mp3"); });
  if (found == kContainers.end())
    return fail(fields.wrong("response_format", "response_format must be mp3, opus, aac, flac, wav or pcm."));
  return found;
}

Result<std::string> read_input(const Services& services, JsonFields& fields,
                               std::vector<std::string>& warnings) {
  const std::size_t max = services.limits.max_direct_speech_bytes;
  VAT_ASSIGN(std::string input, required(fields, "input", {.min = 1, .max = max * kJsonEscapeBytes}));
  if (input.size() <= max) {
    auto read = tts::read_speech_text(input, std::string(kLanguage));
    if (!read) return fail(fields.wrong("input", read.error().message));
    if (!tts::is_speakable(read->words))
      return fail(fields.wrong("input", "The input has no words to speak."));
    warnings = std::move(read->warnings);
    return input;
  }
  return fail(Error(ErrorCode::kLimit,
                    "The input is longer than the " + format_bytes(max) +
                        " that are spoken while you wait; use POST /api/v1/speech to create a job.")
                  .about_field("input"));
}

std::string audio_event(std::string_view bytes) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("type").string("speech.audio.delta");
  json.key("audio").string(base64_encode(bytes));
  json.end_object();
  return out;
}

/// Clients read the usage; nothing is counted in tokens here.
std::string audio_done_event() {
  return R"({"type":"speech.audio.done","usage":{"input_tokens":0,"output_tokens":0,"total_tokens":0}})";
}

Result<> read_stream_format(JsonFields& fields, SpeechOrder& order) {
  VAT_ASSIGN(const std::optional<std::string> stream,
             fields.text("stream_format", {.min = 1, .max = kMaxName}));
  if (!stream || *stream == "audio") return {};
  if (*stream != "sse") return fail(fields.wrong("stream_format", "stream_format must be audio or sse."));
  order.content_type = "text/event-stream";
  order.audio_event = audio_event;
  order.done_event = audio_done_event;
  return {};
}

struct OpenAiSpeech {
  SpeechOrder order;
  std::vector<std::string> warnings;
};

Result<OpenAiSpeech> read_order(const Services& services, JsonFields& fields) {
  OpenAiSpeech speech;
  SpeechOrder& order = speech.order;
  order.options = services.defaults.spoken;
  VAT_ASSIGN(order.options.engine, read_engine(services, fields));
  VAT_ASSIGN(order.options.voice, read_voice(services, order.options.engine, fields));
  VAT_ASSIGN(order.text, read_input(services, fields, speech.warnings));
  VAT_ASSIGN(const Container* const container, read_container(fields));
  order.options.format = container->format;
  order.content_type = container->content_type;
  order.bare_samples = container->bare_samples;
  VAT_ASSIGN(const std::optional<double> speed, fields.number("speed", 0.25, 4));
  order.options.speed = speed.value_or(1.0);
  // Normalising would require the whole speech before its first byte could be sent.
  order.options.loudness.reset();
  order.language = kLanguage;
  VAT_TRY(read_stream_format(fields, order));
  VAT_ASSIGN(const std::optional<std::string> instructions,
             fields.text("instructions", {.min = 0, .max = kMaxInstructions}));
  if (instructions && !instructions->empty())
    speech.warnings.emplace_back("instructions is ignored: the voices here take none.");
  VAT_TRY(fields.finish());
  return speech;
}

Answer speak_for_openai(const Services& services, const User& user, Request& request, JsonFields& fields) {
  VAT_CO_TRY(admit(services, user, request, Act::kJob));
  VAT_CO_ASSIGN(OpenAiSpeech speech, read_order(services, fields));
  speech.order.user_id = user.id;
  Result<http::Response> response = co_await stream_speech(services, std::move(speech.order));
  if (response) set_warnings(*response, speech.warnings);
  co_return response;
}

}  // namespace

void add_openai_speech_route(http::Router& router, const Services& services) {
  const std::size_t max_bytes = services.limits.max_direct_speech_bytes * kJsonEscapeBytes + kMaxJsonBytes;
  router.add(http::Method::kPost, "/v1/audio/speech", json_route(services, speak_for_openai, max_bytes),
             {.max_body_bytes = max_bytes});
}

}  // namespace vat::api
