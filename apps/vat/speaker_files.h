// What speaker labels need: two models, and the library that runs them, which the neural voices use too.
#pragma once

#include <stop_token>
#include <string_view>

#include "base/result.h"
#include "console.h"
#include "toolbox.h"

namespace vat::app {

/// What `vat models pull` calls them together.
inline constexpr std::string_view kSpeakersName = "speakers";

/// Whether the store of speakers has a published model of this name.
[[nodiscard]] bool is_speaker_model(std::string_view name);

/// Fetches what is missing, with progress on the console. The errors are those of SpeakerModels::get().
[[nodiscard]] Result<> fetch_speakers(Toolbox& toolbox, Console& console, const std::stop_token& stop);

}  // namespace vat::app
