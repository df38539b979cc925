#include "pipeline/speaker_choice.h"

#include <optional>
#include <string>

#include "base/number.h"
#include "base/text.h"

namespace vat::pipeline {

Result<SpeakerChoice> parse_speakers(std::string_view text) {
  if (text == "off") return SpeakerChoice{};
  if (text == "auto") return SpeakerChoice{SpeakerMethod::kVoices, {}};
  if (text == "channels") return SpeakerChoice{SpeakerMethod::kChannels, {}};
  constexpr std::size_t kMost = 100;
  std::string_view rest = text;
  const auto minimum = parse_number<std::size_t>(take_part(rest, '-'), 1, kMost);
  const bool range = text.find('-') != std::string_view::npos;
  const auto maximum = range ? parse_number<std::size_t>(rest, 1, kMost) : minimum;
  if (minimum && maximum && *minimum <= *maximum)
    return SpeakerChoice{SpeakerMethod::kVoices, {.minimum = *minimum, .maximum = *maximum}};
  constexpr std::size_t kShown = 40;
  return fail_field(
      "speakers",
      "The speakers must be off, auto, their number (3), a range (2-5; at most 100) or channels, "
      "not \"" +
          to_utf8(text.substr(0, kShown)) + "\".");
}

}  // namespace vat::pipeline
