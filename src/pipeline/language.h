// The spoken language as users name it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace vat::pipeline {

/// The code that recognition takes: "de" for "de", "DE", "de-AT", "de_AT.UTF-8", "German"; "auto" stays.
/// kInvalidArgument, with the nearest name, for what is no language of Whisper's. Any thread.
[[nodiscard]] Result<std::string> recognition_language(std::string_view named);

}  // namespace vat::pipeline
