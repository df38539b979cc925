// Fetches the natural voice at the first use of speech.
#pragma once

#include <stop_token>
#include <string>

#include "base/result.h"
#include "console.h"
#include "pipeline/options.h"
#include "toolbox.h"

namespace vat::app {

/// Fetches Kokoro's files, with progress on the console, if that engine or a voice of it is asked for, or if
/// no engine is and nothing better speaks the language; the language "auto" counts as English. What was not
/// asked for and cannot be had is a note, and is not looked for again for a day. The errors are those of
/// pull_voice().
[[nodiscard]] Result<> fetch_voice(Toolbox& toolbox, const tts::Engines& engines,
                                   const pipeline::SpeechOptions& spoken, const std::string& language,
                                   Console& console, const std::stop_token& stop);

}  // namespace vat::app
