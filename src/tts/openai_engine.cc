#include "tts/openai_engine.h"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/text.h"
#include "tts/openai_messages.h"
#include "tts/sound.h"

namespace vat::tts {
namespace {

namespace json = boost::json;

/// https://platform.openai.com/docs/api-reference/audio/createSpeech: maximum length of "input", in
/// characters.
constexpr std::size_t kMaxCharacters = 4096;
constexpr std::string_view kOwnHost = "https://api.openai.com/";
constexpr std::array kOpenAiVoices = {"alloy", "ash",  "ballad", "coral",   "echo", "fable",
                                      "nova",  "onyx", "sage",   "shimmer", "verse"};

class OpenAi final : public Synthesizer {
 public:
  OpenAi(OpenAiConfig config, std::shared_ptr<HttpClient> client)
      : config_(std::move(config)), client_(std::move(client)) {}

  [[nodiscard]] std::string name() const override { return "openai"; }
  /// Two servers may use one name for different models.
  [[nodiscard]] std::string version() const override { return config_.base_url + " " + config_.model; }
  [[nodiscard]] std::size_t max_bytes() const override { return kMaxCharacters; }
  [[nodiscard]] int max_parallel() const override { return config_.max_parallel; }
  [[nodiscard]] bool speaks(const std::string& /*language*/) const override { return true; }
  [[nodiscard]] std::string default_voice(const std::string& /*language*/) const override {
    return config_.voice;
  }

  /// Other servers have their own voices and no way to list them.
  [[nodiscard]] Result<std::vector<Voice>> voices(std::stop_token /*stop*/) override {
    std::vector<Voice> list;
    if (!config_.base_url.starts_with(kOwnHost)) return list;
    for (const char* const voice : kOpenAiVoices) list.push_back({voice, "mul", "", "OpenAI, any language"});
    return list;
  }

  [[nodiscard]] Result<Pcm> synthesize(const Utterance& utterance, std::stop_token stop) override {
    if (code_points(utterance.text) > kMaxCharacters) {
      return fail(ErrorCode::kInvalidArgument, "The speech server accepts at most " +
                                                   std::to_string(kMaxCharacters) + " characters at once.");
    }
    const auto final = [](const HttpResponse& response) {
      return parse_openai_error(response.body).code == "insufficient_quota";
    };
    VAT_ASSIGN(const HttpResponse response,
               send_patiently(*client_, request_for(utterance), config_.policy, std::move(stop), final));
    if (response.status < 200 || response.status > 299) {
      return fail(
          remote_error("The speech server", response.status, parse_openai_error(response.body).message));
    }
    return parse_openai_audio(response, config_.response_format == "pcm", config_.pcm_sample_rate);
  }

 private:
  [[nodiscard]] HttpRequest request_for(const Utterance& utterance) const {
    json::object body{{"model", config_.model},
                      {"voice", utterance.voice.empty() ? config_.voice : utterance.voice},
                      {"input", utterance.text},
                      {"response_format", config_.response_format}};
    // Some models reject a speed, so the normal one is not sent.
    if (utterance.speed != 1.0) body["speed"] = std::clamp(utterance.speed, 0.25, 4.0);
    HttpRequest request{.method = "POST", .url = config_.base_url + "/audio/speech"};
    request.headers = {{"Content-Type", "application/json"}, {"Accept", "audio/wav, audio/pcm, */*;q=0.1"}};
    if (!config_.api_key.empty()) request.headers.emplace_back("Authorization", "Bearer " + config_.api_key);
    request.body = json::serialize(body);
    return request;
  }

  OpenAiConfig config_;
  std::shared_ptr<HttpClient> client_;
};

}  // namespace

Result<std::unique_ptr<Synthesizer>> make_openai(OpenAiConfig config, std::shared_ptr<HttpClient> client) {
  while (config.base_url.ends_with('/')) config.base_url.pop_back();
  if (config.api_key.empty() && config.base_url.starts_with(kOwnHost))
    return fail(
        Error(ErrorCode::kUnauthorized, "OpenAI's speech needs an API key.").about_field("openai_api_key"));
  VAT_TRY(check_header_value(config.api_key, "The API key of the speech server"));
  if (config.response_format != "wav" && config.response_format != "pcm") {
    return fail(ErrorCode::kInvalidArgument,
                "The speech server's format must be wav or pcm, not \"" + config.response_format + "\".");
  }
  if (config.pcm_sample_rate < 8'000 || config.pcm_sample_rate > 192'000)
    return fail(ErrorCode::kInvalidArgument,
                "The speech server's sample rate must be between 8000 and 192000 Hz.");
  return std::make_unique<OpenAi>(std::move(config), std::move(client));
}

}  // namespace vat::tts
