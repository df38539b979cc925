// Fetches the natural voice at the first use of speech.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.h"
#include "console.h"
#include "pipeline/options.h"
#include "toolbox.h"
#include "voice_packs.h"

namespace vat::app {

/// The pack of Kokoro.
inline constexpr std::string_view kNaturalPack = "kokoro";

/// Whether speech wants Kokoro, which is not installed.
enum class VoiceNeed {
  kNone,       ///< It is here, or another engine speaks.
  kAutomatic,  ///< It would be chosen.
  kAsked,      ///< The engine or a voice of it was asked for.
};
/// The language "auto" counts as English.
[[nodiscard]] VoiceNeed needed_voice(const catalog::ModelStore& store, const tts::Engines& engines,
                                     const pipeline::SpeechOptions& spoken, const std::string& language);

/// After Kokoro was fetched: fetches a voice of Piper's as well, for English, where Kokoro is measured to be
/// slow; `note` is told before that. Both functions may be empty. The errors are those of pull_voice().
[[nodiscard]] Result<> fetch_faster_voice(const catalog::ModelStore& store, const tts::Engines& engines,
                                          const std::string& language, const VoiceProgress& show,
                                          const std::function<void(const std::string&)>& note,
                                          const std::stop_token& stop);

/// Fetches Kokoro's files, with progress on the console, if that engine or a voice of it is asked for, or if
/// no engine is and nothing better speaks the language; the language "auto" counts as English. What was not
/// asked for and cannot be had is a note, and is not looked for again for a day. The errors are those of
/// pull_voice().
[[nodiscard]] Result<> fetch_voice(Toolbox& toolbox, const tts::Engines& engines,
                                   const pipeline::SpeechOptions& spoken, const std::string& language,
                                   Console& console, const std::stop_token& stop);

}  // namespace vat::app
