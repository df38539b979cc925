// How speakers are told apart. Every function may be called from any thread.
#pragma once

#include <string_view>

#include "base/result.h"
#include "domain/speakers.h"

namespace vat::pipeline {

enum class SpeakerMethod {
  kOff,
  kVoices,    ///< By their voices.
  kChannels,  ///< Each channel of a stereo recording is somebody.
};

struct SpeakerChoice {
  SpeakerMethod method = SpeakerMethod::kOff;
  SpeakerCount count;  ///< For kVoices.

  friend bool operator==(const SpeakerChoice&, const SpeakerChoice&) = default;
};

/// "off", "auto", "3", "2-5", "channels"; at most 100 speakers. kInvalidArgument about the field "speakers".
[[nodiscard]] Result<SpeakerChoice> parse_speakers(std::string_view text);

}  // namespace vat::pipeline
