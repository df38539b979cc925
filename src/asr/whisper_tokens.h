// What whisper.cpp says of a token, in the terms of this project. Private to asr.
#pragma once

#include <whisper.h>

#include <cstdint>

#include "asr/whisper_words.h"
#include "base/time.h"

namespace vat::asr {

inline constexpr int kFramesPerSecond = 100;  ///< whisper.cpp counts time in hundredths of a second.

[[nodiscard]] inline Millis from_frames(std::int64_t frames) {
  return Millis(frames * 1000 / kFramesPerSecond);
}

/// True for text, false for timestamps and what else structures a window.
[[nodiscard]] inline bool is_text(whisper_context* context, whisper_token token) {
  return token < whisper_token_eot(context);
}
[[nodiscard]] inline TextToken text_token(whisper_context* context, const whisper_token_data& token) {
  return {.bytes = whisper_token_to_str(context, token.id), .probability = token.p};
}

}  // namespace vat::asr
