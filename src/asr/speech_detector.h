// Where speech is in a stream of sound: Silero's network when its model is there, else WebRTC's voice
// activity detection, which needs no model.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "base/result.h"
#include "domain/recognizer.h"

namespace vat::asr {

/// Silero when `silero_model` names its file in whisper.cpp's format, else WebRTC. kNotFound or kBadData for
/// a file that is not there or is no such model. One detector hears one recording.
[[nodiscard]] Result<std::unique_ptr<SpeechDetector>> make_speech_detector(
    const std::optional<std::filesystem::path>& silero_model);

}  // namespace vat::asr
