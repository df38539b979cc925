// Audio from speech services: a WAV file, or bare 16-bit samples. Internal to tts.
#pragma once

#include <string_view>

#include "domain/audio.h"

namespace vat::tts {

/// RIFF/WAVE with 8, 16, 24 or 32-bit integers or 32-bit floats, any number of channels (mixed to mono),
/// including sizes that a streaming server left unset. kBadData otherwise.
[[nodiscard]] Result<Pcm> parse_wav(std::string_view bytes);
/// Little-endian signed 16-bit mono.
[[nodiscard]] Pcm parse_pcm16(std::string_view bytes, int sample_rate);
[[nodiscard]] bool is_wav(std::string_view bytes);

}  // namespace vat::tts
