#include "tts/openai_messages.h"

#include "tts/json_fields.h"
#include "tts/languages.h"
#include "tts/wav.h"

namespace vat::tts {
namespace {

bool says_text(const HttpResponse& response) {
  const std::string type = normal_language(find_header(response.headers, "Content-Type"));
  return type.starts_with("application/json") || type.starts_with("text/");
}

bool is_compressed(std::string_view body) {
  const bool mp3 =
      body.starts_with("ID3") || (body.size() > 1 && body[0] == '\xFF' && (body[1] & '\xE0') == '\xE0');
  return mp3 || body.starts_with("OggS") || body.starts_with("fLaC");
}

}  // namespace

Result<Pcm> parse_openai_audio(const HttpResponse& response, bool pcm, int pcm_sample_rate) {
  if (is_wav(response.body)) return parse_wav(response.body);
  const std::string type = normal_language(find_header(response.headers, "Content-Type"));
  const bool bare = type.starts_with("audio/pcm") || type.starts_with("audio/l16");
  if (bare || (pcm && !says_text(response) && !type.starts_with("audio/mpeg"))) {
    if (response.body.size() >= 2) return parse_pcm16(response.body, pcm_sample_rate);
    return fail(ErrorCode::kBadData, "The speech server sent no audio.");
  }
  if (is_compressed(response.body)) {
    return fail(ErrorCode::kBadData,
                "The speech server sent compressed audio instead of WAV; set its format to pcm.");
  }
  return fail(ErrorCode::kBadData, "The speech server's response is not audio; check its URL.", type);
}

OpenAiError parse_openai_error(std::string_view body) {
  const auto fields = parse_object(body, "The answer");
  if (!fields) return {};
  if (const auto* const error = object_field(*fields, "error"))
    return {string_field(*error, "message"), string_field(*error, "code")};
  return {string_field(*fields, "detail"), {}};
}

}  // namespace vat::tts
