// eSpeak NG: robotic but local voices for more than 100 languages.
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "domain/synthesizer.h"

namespace vat::tts {

struct EspeakConfig {
  /// The folder that holds phontab and the dictionaries; empty: where the library was built to look.
  std::filesystem::path data_directory;
};

/// kUnavailable when the library's data are missing. The library keeps global state, so the data folder of
/// the first engine serves all, and all share one lock and synthesise one utterance at a time. A voice may
/// carry one of eSpeak's variants: "de+f3".
[[nodiscard]] Result<std::unique_ptr<Synthesizer>> make_espeak(const EspeakConfig& config);

}  // namespace vat::tts
