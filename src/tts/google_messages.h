// The messages of Google's Cloud Text-to-Speech REST v1. Internal to tts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/synthesizer.h"

namespace vat::tts {

/// The body of POST text:synthesize. `speaking_rate` in [0.25, 2].
[[nodiscard]] std::string google_request(const Utterance& utterance, double speaking_rate);
/// The language tag that the service expects for a bare or a different one: "de" -> "de-DE", "zh" ->
/// "cmn-CN"; the voice's own if its name starts with one.
[[nodiscard]] std::string google_language(const Utterance& utterance);
/// True when the service has voices for the language, according to its documentation.
[[nodiscard]] bool google_speaks(const std::string& language);

/// {"audioContent": base64 of a WAV file}. kBadData otherwise.
[[nodiscard]] Result<Pcm> parse_google_audio(std::string_view body);
/// {"voices": [...]}.
[[nodiscard]] Result<std::vector<Voice>> parse_google_voices(std::string_view body);
/// The message of {"error": {"code", "message", "status"}}; empty when the body is something else.
[[nodiscard]] std::string google_error_message(std::string_view body);

}  // namespace vat::tts
