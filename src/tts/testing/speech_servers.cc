#include "tts/testing/speech_servers.h"

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "base/text.h"

namespace vat::tts::testing {

namespace json = boost::json;

namespace {

constexpr std::string_view kEmail = "speech@project.iam.gserviceaccount.com";
constexpr std::string_view kKnownVoice = "en-US-Neural2-C";

void append_little(std::string& bytes, std::uint32_t value, int count) {
  for (int i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFF);
}

ServerResponse json_response(int status, const json::value& body) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json; charset=UTF-8"}},
          .body = json::serialize(body)};
}

ServerResponse google_error(int status, std::string_view name, std::string_view message) {
  return json_response(status, {{"error", {{"code", status}, {"message", message}, {"status", name}}}});
}

ServerResponse invalid(std::string_view message) { return google_error(400, "INVALID_ARGUMENT", message); }

/// Empty if the body is a valid SynthesizeSpeechRequest; throws Boost.JSON's exception if a field is missing.
std::string broken_synthesis_rule(const json::value& body) {
  for (const auto& field : body.as_object())
    if (field.key() != "input" && field.key() != "voice" && field.key() != "audioConfig")
      return "Invalid JSON payload received. Unknown name \"" + std::string(field.key()) + "\"";
  const json::string& text = body.at("input").at("text").as_string();
  if (text.empty()) return "Either `input.text` or `input.ssml` is required.";
  if (text.size() > 5000)
    return "Either `input.text` or `input.ssml` is longer than the limit of 5000 bytes.";
  const json::object& voice = body.at("voice").as_object();
  if (voice.at("languageCode").as_string().find('-') == json::string::npos) return "Invalid language code.";
  if (const json::value* const name = voice.if_contains("name");
      name != nullptr && name->as_string() != kKnownVoice)
    return "Voice '" + std::string(name->as_string()) + "' does not exist. Is it misspelled?";
  const json::object& audio = body.at("audioConfig").as_object();
  if (audio.at("audioEncoding").as_string() != "LINEAR16") return "Invalid audio encoding.";
  if (const json::value* const rate = audio.if_contains("speakingRate")) {
    const double value = rate->to_number<double>();
    if (value < 0.25 || value > 2.0) return "Invalid speaking rate.";
  }
  return {};
}

ServerResponse synthesize(const ServerRequest& request) {
  if (find_header(request.headers, "Content-Type").find("application/json") == std::string_view::npos)
    return invalid("Content-Type is not JSON.");
  const json::value body = json::parse(request.body);
  if (const std::string rule = broken_synthesis_rule(body); !rule.empty()) return invalid(rule);
  const json::value* const rate = body.at("audioConfig").as_object().if_contains("speakingRate");
  const double speed = rate == nullptr ? 1.0 : rate->to_number<double>();
  const auto bytes = static_cast<double>(body.at("input").at("text").as_string().size());
  // A twentieth of a second for each byte.
  const std::string wav = tone_wav(24'000, static_cast<std::size_t>(bytes * 1200 / speed));
  return json_response(200, {{"audioContent", base64(wav)}});
}

ServerResponse list_voices() {
  const auto voice = [](std::string_view name, std::string_view language, std::string_view gender) {
    return json::object{{"languageCodes", json::array{language}},
                        {"name", name},
                        {"ssmlGender", gender},
                        {"naturalSampleRateHertz", 24000}};
  };
  return json_response(200, json::object{{"voices", json::array{voice(kKnownVoice, "en-US", "FEMALE"),
                                                                voice("de-DE-Neural2-B", "de-DE", "MALE")}}});
}

}  // namespace

std::string tone_wav(int sample_rate, std::size_t samples) {
  const auto data = static_cast<std::uint32_t>(samples * 2);
  std::string wav = "RIFF";
  append_little(wav, 36 + data, 4);
  wav += "WAVEfmt ";
  append_little(wav, 16, 4);
  append_little(wav, 1, 2);
  append_little(wav, 1, 2);
  append_little(wav, static_cast<std::uint32_t>(sample_rate), 4);
  append_little(wav, static_cast<std::uint32_t>(sample_rate) * 2, 4);
  append_little(wav, 2, 2);
  append_little(wav, 16, 2);
  wav += "data";
  append_little(wav, data, 4);
  for (std::size_t i = 0; i < samples; ++i) {
    const double wave = std::sin(static_cast<double>(i) * 440.0 * 2.0 * 3.14159265 / sample_rate);
    append_little(wav, static_cast<std::uint16_t>(static_cast<std::int16_t>(wave * 10'000)), 2);
  }
  return wav;
}

void SpeechServer::start() {
  server_ = std::make_unique<TestServer>([this](const ServerRequest& request) -> ServerResponse {
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
      if (!prepared_.empty()) {
        ServerResponse response = std::move(prepared_.front());
        prepared_.pop_front();
        return response;
      }
    }
    try {
      return handle(request);
    } catch (const std::exception& error) {
      return invalid(std::string("Invalid JSON payload received: ") + error.what());
    }
  });
}

void SpeechServer::prepare(std::vector<ServerResponse> responses) {
  const std::lock_guard lock(mutex_);
  for (ServerResponse& response : responses) prepared_.push_back(std::move(response));
}

std::vector<ServerRequest> SpeechServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

GoogleServer::GoogleServer() { start(); }

std::string GoogleServer::service_account() const {
  return json::serialize(json::object{{"type", "service_account"},
                                      {"project_id", "project"},
                                      {"private_key_id", "key-1"},
                                      {"private_key", key_.private_pem()},
                                      {"client_email", kEmail},
                                      {"token_uri", url() + "/token"}});
}

int GoogleServer::tokens_issued() const {
  const std::lock_guard lock(token_mutex_);
  return issued_;
}

void GoogleServer::revoke_tokens() {
  const std::lock_guard lock(token_mutex_);
  token_ = "none";
}

ServerResponse GoogleServer::handle(const ServerRequest& request) {
  if (request.method == "POST" && request.target == "/token") return issue_token(request);
  if (ServerResponse refusal = check_credentials(request); refusal.status != 200) return refusal;
  if (request.method == "POST" && request.target == "/v1/text:synthesize") return synthesize(request);
  if (request.method == "GET" && request.target == "/v1/voices") return list_voices();
  return google_error(404, "NOT_FOUND", "Requested entity was not found.");
}

ServerResponse GoogleServer::check_credentials(const ServerRequest& request) const {
  const std::string_view key = find_header(request.headers, "x-goog-api-key");
  const std::string_view bearer = find_header(request.headers, "Authorization");
  if (!key.empty()) {
    if (key == kApiKey) return {};
    return invalid("API key not valid. Please pass a valid API key.");
  }
  const std::lock_guard lock(token_mutex_);
  if (!token_.empty() && bearer == "Bearer " + token_) return {};
  return google_error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
}

ServerResponse GoogleServer::issue_token(const ServerRequest& request) {
  constexpr std::string_view kForm =
      "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
  if (find_header(request.headers, "Content-Type") != "application/x-www-form-urlencoded" ||
      !request.body.starts_with(kForm)) {
    return json_response(400,
                         {{"error", "invalid_request"}, {"error_description", "Not a JWT bearer grant."}});
  }
  const std::string rule = broken_rule(std::string_view(request.body).substr(kForm.size()));
  if (!rule.empty()) return json_response(400, {{"error", "invalid_grant"}, {"error_description", rule}});
  const std::lock_guard lock(token_mutex_);
  token_ = "ya29.token-" + std::to_string(++issued_);
  return json_response(200, {{"access_token", token_}, {"expires_in", 3599}, {"token_type", "Bearer"}});
}

std::string GoogleServer::broken_rule(std::string_view assertion) const {
  const std::size_t first = assertion.find('.');
  const std::size_t second = assertion.find('.', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return "Invalid JWT.";
  const json::value header = json::parse(from_base64url(assertion.substr(0, first)));
  const json::value claims = json::parse(from_base64url(assertion.substr(first + 1, second - first - 1)));
  if (header.at("alg").as_string() != "RS256" || header.at("kid").as_string() != "key-1")
    return "Invalid JWT header.";
  if (!key_.verifies(assertion.substr(0, second), from_base64url(assertion.substr(second + 1))))
    return "Invalid JWT Signature.";
  if (claims.at("iss").as_string() != kEmail) return "Invalid issuer.";
  if (claims.at("aud").as_string() != url() + "/token") return "Invalid audience.";
  if (claims.at("scope").as_string() != "https://www.googleapis.com/auth/cloud-platform")
    return "Invalid scope.";
  const std::int64_t lifetime = claims.at("exp").as_int64() - claims.at("iat").as_int64();
  if (lifetime <= 0 || lifetime > 3600) return "Invalid JWT: iat and exp are not within one hour.";
  return {};
}

ServerResponse OpenAiServer::handle(const ServerRequest& request) {
  const auto refuse = [](int status, std::string_view message, std::string_view code) {
    return json_response(
        status,
        {{"error",
          {{"message", message}, {"type", "invalid_request_error"}, {"param", nullptr}, {"code", code}}}});
  };
  if (request.method != "POST" || request.target != "/v1/audio/speech") return refuse(404, "Invalid URL", "");
  if (find_header(request.headers, "Authorization") != "Bearer " + std::string(kApiKey))
    return refuse(401, "Incorrect API key provided.", "invalid_api_key");
  const json::value body = json::parse(request.body);
  if (body.at("model").as_string() != "tts-1")
    return refuse(404, "The model does not exist", "model_not_found");
  const std::string text(body.at("input").as_string());
  if (text.empty() || code_points(text) > 4096)
    return refuse(400, "String should have at most 4096 characters", "");
  if (body.at("voice").as_string().empty()) return refuse(400, "Input should be a voice", "");
  const json::value* const speed = body.as_object().if_contains("speed");
  const double factor = speed == nullptr ? 1.0 : speed->to_number<double>();
  if (factor < 0.25 || factor > 4.0) return refuse(400, "Input should be between 0.25 and 4", "");
  const std::string wav =
      tone_wav(24'000, static_cast<std::size_t>(static_cast<double>(text.size()) * 1200 / factor));
  if (body.at("response_format").as_string() == "pcm")
    return {.status = 200, .headers = {{"Content-Type", "audio/pcm"}}, .body = wav.substr(44)};
  std::string streamed = wav;
  // Like the real one: the sizes are not known when the header is sent.
  streamed.replace(4, 4, 4, '\xFF').replace(40, 4, 4, '\xFF');
  return {.status = 200, .headers = {{"Content-Type", "audio/wav"}}, .body = streamed};
}

}  // namespace vat::tts::testing
