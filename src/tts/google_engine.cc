#include "tts/google_engine.h"

#include <algorithm>
#include <optional>

#include "tts/google_messages.h"
#include "tts/service_account.h"
#include "tts/sound.h"

namespace vat::tts {
namespace {

/// https://cloud.google.com/text-to-speech/quotas: total bytes in a request.
constexpr std::size_t kMaxRequestBytes = 5000;
/// Several voice families reject a longer sentence, though the request would be allowed.
constexpr std::size_t kMaxSentenceBytes = 900;
/// The documented range of speakingRate.
constexpr double kSlowest = 0.25;
constexpr double kFastest = 2.0;

class Google final : public Synthesizer {
 public:
  Google(GoogleConfig config, std::shared_ptr<HttpClient> client, std::unique_ptr<TokenSource> tokens)
      : config_(std::move(config)), client_(std::move(client)), tokens_(std::move(tokens)) {}

  [[nodiscard]] std::string name() const override { return "google"; }
  [[nodiscard]] std::string version() const override { return "v1"; }
  [[nodiscard]] std::size_t max_bytes() const override { return kMaxSentenceBytes; }
  [[nodiscard]] int max_parallel() const override { return config_.max_parallel; }
  [[nodiscard]] bool speaks(const std::string& language) const override { return google_speaks(language); }

  [[nodiscard]] Result<std::vector<Voice>> voices(std::stop_token stop) override {
    VAT_ASSIGN(const std::string body, call("GET", "/v1/voices", {}, std::move(stop)));
    return parse_google_voices(body);
  }

  [[nodiscard]] Result<Pcm> synthesize(const Utterance& utterance, std::stop_token stop) override {
    if (utterance.text.size() > kMaxRequestBytes) {
      return fail(ErrorCode::kInvalidArgument,
                  "Google speaks at most " + std::to_string(kMaxRequestBytes) + " bytes of text at once.");
    }
    const double rate = std::clamp(utterance.speed, kSlowest, kFastest);
    VAT_ASSIGN(const std::string body,
               call("POST", "/v1/text:synthesize", google_request(utterance, rate), std::move(stop)));
    VAT_ASSIGN(Pcm pcm, parse_google_audio(body));
    return change_tempo(std::move(pcm), std::clamp(utterance.speed / rate, 0.5, 4.0));
  }

 private:
  Result<std::string> call(std::string_view method, std::string_view path, const std::string& body,
                           std::stop_token stop) {
    VAT_ASSIGN(std::string token, token_for(stop));
    VAT_ASSIGN(HttpResponse response, send(method, path, body, token, stop));
    // A token may be revoked before it expires; tries once with a new one.
    if (response.status == 401 && tokens_) {
      tokens_->refuse(token);
      VAT_ASSIGN(token, token_for(stop));
      VAT_ASSIGN(response, send(method, path, body, token, stop));
    }
    if (response.status == 200) return std::move(response.body);
    const std::string message = google_error_message(response.body);
    Error error = remote_error("Google's text-to-speech", response.status, message);
    // An invalid key also gets 400.
    if (message.find("API key not valid") != std::string::npos) error.code = ErrorCode::kUnauthorized;
    if (message.starts_with("Voice '")) error.code = ErrorCode::kNotFound;
    return fail(std::move(error));
  }

  Result<std::string> token_for(const std::stop_token& stop) {
    if (!tokens_) return std::string();
    return tokens_->token(stop);
  }

  Result<HttpResponse> send(std::string_view method, std::string_view path, const std::string& body,
                            const std::string& token, const std::stop_token& stop) {
    HttpRequest request{.method = std::string(method), .url = config_.base_url + std::string(path)};
    if (tokens_) {
      request.headers.emplace_back("Authorization", "Bearer " + token);
    } else {
      request.headers.emplace_back("x-goog-api-key", config_.api_key);
    }
    request.headers.emplace_back("Accept", "application/json");
    if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json; charset=utf-8");
    request.body = body;
    return send_patiently(*client_, std::move(request), config_.policy, stop);
  }

  GoogleConfig config_;
  std::shared_ptr<HttpClient> client_;
  std::unique_ptr<TokenSource> tokens_;  ///< Null when an API key is used.
};

}  // namespace

Result<std::unique_ptr<Synthesizer>> make_google(GoogleConfig config, std::shared_ptr<HttpClient> client) {
  while (config.base_url.ends_with('/')) config.base_url.pop_back();
  std::unique_ptr<TokenSource> tokens;
  if (!config.service_account_json.empty()) {
    VAT_ASSIGN(ServiceAccount account, parse_service_account(config.service_account_json));
    tokens = std::make_unique<TokenSource>(std::move(account), client, config.policy);
  } else if (config.api_key.empty()) {
    return fail(Error(ErrorCode::kUnauthorized,
                      "Google's text-to-speech needs an API key or the credentials of a service account.")
                    .about_field("google_api_key"));
  } else {
    VAT_TRY(check_header_value(config.api_key, "The Google API key"));
  }
  return std::make_unique<Google>(std::move(config), std::move(client), std::move(tokens));
}

}  // namespace vat::tts
