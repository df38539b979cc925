// Parses the name of a spoken language.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace vat::pipeline {

/// The code for recognition: "de" for "de", "DE", "de-AT", "de_AT.UTF-8", "German"; "auto" stays.
/// kInvalidArgument, with the closest name, for anything that is not a language of Whisper's. Any thread.
[[nodiscard]] Result<std::string> recognition_language(std::string_view named);

}  // namespace vat::pipeline
