// Speech detection: Silero's network if its model is installed, else WebRTC's voice activity detection, which
// needs no model.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "base/result.h"
#include "domain/recognizer.h"

namespace vat::asr {

/// Silero when `silero_model` names its file in whisper.cpp's format, else WebRTC. kNotFound or kBadData for
/// a file that does not exist or is not such a model. One detector processes one recording.
[[nodiscard]] Result<std::unique_ptr<SpeechDetector>> make_speech_detector(
    const std::optional<std::filesystem::path>& silero_model);

}  // namespace vat::asr
