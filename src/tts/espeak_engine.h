// eSpeak NG: robotic but local voices for more than 100 languages.
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "domain/synthesizer.h"

namespace vat::tts {

struct EspeakConfig {
  /// The folder of phontab and the dictionaries; empty: the library's default.
  std::filesystem::path data_directory;
};

/// kUnavailable when the library's data is missing. The library has global state, so the data folder of the
/// first engine applies to all, and all share one lock and synthesise one utterance at a time. A voice may
/// have one of eSpeak's variants: "de+f3".
[[nodiscard]] Result<std::unique_ptr<Synthesizer>> make_espeak(const EspeakConfig& config);

}  // namespace vat::tts
