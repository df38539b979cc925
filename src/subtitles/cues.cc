#include "subtitles/cues.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace vat::subtitles {
namespace {

using std::chrono::milliseconds;

// Netflix Timed Text Style Guide, General Requirements and English (USA): 42 characters a line, 2 lines, 20
// characters a second for adult programmes (17 in most other languages), 5/6 s to 7 s, 2 frames between cues
// and gaps under half a second closed to 2 frames. 2 frames at 24 frames a second are 83 ms; the longest cue
// is given 7 ms so that 7 s on a grid of frames still counts as 7 s.
const std::array<Preset, 6>& preset_table() {
  static const std::array<Preset, 6> table = {{
      {"netflix", 42, 2, 20, milliseconds(833), milliseconds(0), milliseconds(7007), milliseconds(83),
       milliseconds(500)},
      {"netflix-other", 42, 2, 17, milliseconds(833), milliseconds(0), milliseconds(7007), milliseconds(83),
       milliseconds(500)},
      // Vertical video for phones: few words at a time, as they are spoken.
      {"shorts", 24, 1, 25, milliseconds(700), milliseconds(0), milliseconds(5000), milliseconds(0),
       milliseconds(200)},
      // BBC Subtitle Guidelines (https://www.bbc.co.uk/accessibility/forproducts/guides/subtitles/):
      // section 3.1, lines of at most 37 characters (teletext; wider is allowed online); 3.3, avoid three
      // lines; 4.1, 160 to 180 words a minute, about 0.3 s a word at least; 4.5, no gap shorter than 1 s. 180
      // words a minute at 5.7 characters a word, its space included, are 17 characters a second. The
      // guidelines set no maximum duration; 7 s is taken from above.
      {"bbc", 37, 2, 17, milliseconds(0), milliseconds(300), milliseconds(7000), milliseconds(0),
       milliseconds(1000)},
      // Netflix's limits for most languages. "Dual Speakers" there, and "Dashes" of the BBC's guidelines
      // (section on identifying speakers), have two in one subtitle, each with a dash and a line.
      {"dialogue", 42, 2, 17, milliseconds(833), milliseconds(0), milliseconds(7007), milliseconds(83),
       milliseconds(500), true},
      {"plain", 80, 0, 0, milliseconds(0), milliseconds(0), milliseconds(0), milliseconds(0),
       milliseconds(0)},
  }};
  return table;
}

/// At most two digits after the point: "20", "24.31".
std::string short_number(double value) {
  std::array<char, 64> buffer{};
  const double rounded = std::round(value * 100) / 100;
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), rounded);
  return {buffer.data(), result.ptr};
}

}  // namespace

std::span<const Preset> presets() { return preset_table(); }

Result<Preset> find_preset(std::string_view name) {
  for (const Preset& preset : preset_table())
    if (preset.name == name) return preset;
  const std::string names = join(preset_table(), ", ", [](const Preset& preset) { return preset.name; });
  return fail(ErrorCode::kInvalidArgument,
              "There is no subtitle preset \"" + std::string(name) + "\"; choose one of: " + names + ".");
}

std::string_view fault_name(CueFault fault) {
  switch (fault) {
    case CueFault::kTooFast:
      return "too_fast";
    case CueFault::kTooShort:
      return "too_short";
    case CueFault::kTooLong:
      return "too_long";
    case CueFault::kLineTooLong:
      return "line_too_long";
  }
  return "";
}

std::string describe(const CueProblem& problem) {
  std::string text = "Cue " + std::to_string(problem.cue);
  const std::string measured = short_number(problem.measured);
  const std::string limit = short_number(problem.limit);
  switch (problem.fault) {
    case CueFault::kTooFast:
      return text + " is read at " + measured + " characters per second; the limit is " + limit + ".";
    case CueFault::kTooShort:
      return text + " stays for " + measured + " s; it should stay for " + limit + " s.";
    case CueFault::kTooLong:
      return text + " stays for " + measured + " s; the limit is " + limit + " s.";
    case CueFault::kLineTooLong:
      return text + " has a line of " + measured + " characters; the limit is " + limit + ".";
  }
  return text;
}

}  // namespace vat::subtitles
