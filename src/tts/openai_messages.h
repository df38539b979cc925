// The messages of OpenAI's speech endpoint. Internal to tts.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/audio.h"
#include "domain/http_client.h"

namespace vat::tts {

/// The audio in a successful response: WAV whatever was requested, or bare samples if `pcm` was. kBadData for
/// JSON, MP3 and the like.
[[nodiscard]] Result<Pcm> parse_openai_audio(const HttpResponse& response, bool pcm, int pcm_sample_rate);

struct OpenAiError {
  std::string message;
  std::string code;
};
/// The fields of {"error": {"message", "code"}} or {"detail": "..."}; empty when the body is something else.
[[nodiscard]] OpenAiError parse_openai_error(std::string_view body);

}  // namespace vat::tts
