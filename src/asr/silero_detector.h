// Voice activity detection by Silero's network.
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "domain/recognizer.h"

namespace vat::asr {

/// Loads the network (0.9 MB, Silero 5 or 6 in whisper.cpp's format). Frames of 512 samples (32 ms), on the
/// caller's thread: the network is so small that more threads would only wait for each other. kNotFound,
/// kBadData.
[[nodiscard]] Result<std::unique_ptr<SpeechDetector>> make_silero_detector(
    const std::filesystem::path& model);

}  // namespace vat::asr
