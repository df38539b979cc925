// Transcribes synthesised speech and measures its word error rate.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.h"
#include "console.h"
#include "pipeline/options.h"
#include "pipeline/stages.h"

namespace vat::app {

/// A text, the speech made from it, and the recogniser that compares them.
struct RoundTrip {
  std::string text;              ///< The spoken text.
  std::string language;          ///< Of the text; ISO 639-1 or BCP 47.
  std::filesystem::path speech;  ///< Its audio file.
  pipeline::RecognitionChoice choice;
};

/// One sentence with the word error rate, for a person. Blocks while the speech is recognised. The errors are
/// those of recognition.
[[nodiscard]] Result<std::string> check_round_trip(const pipeline::Resources& resources,
                                                   const RoundTrip& trip, Console& console,
                                                   const std::stop_token& stop);

}  // namespace vat::app
