// A sentence to hear a voice by.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.h"
#include "tts/engines.h"

namespace vat::app {

struct VoiceSample {
  std::string language;  ///< Of the voice: BCP 47.
  std::string text;
};

/// The sentence in the voice's language. kNotFound for an unknown voice.
[[nodiscard]] Result<VoiceSample> find_sample(const tts::Engines& engines, std::string_view voice,
                                              std::stop_token stop);

}  // namespace vat::app
