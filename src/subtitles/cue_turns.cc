#include "subtitles/cue_turns.h"

#include <algorithm>
#include <string_view>

#include "base/ascii.h"
#include "base/text.h"
#include "subtitles/line_text.h"

namespace vat::subtitles {
namespace {

/// What follows the dash of a line that begins with one; empty without one. "-5 degrees" and "--" have none.
std::string_view after_dash(std::string_view line) {
  for (const std::string_view dash : {"-", "\u2010", "\u2013", "\u2014"}) {
    if (!line.starts_with(dash)) continue;
    const std::string_view rest = trim(line.substr(dash.size()));
    return rest.empty() || rest.front() == '-' || is_digit(rest.front()) ? std::string_view() : rest;
  }
  return {};
}

void share_time(const Cue& cue, std::vector<CueTurn>& turns) {
  std::size_t all = 0;
  for (const CueTurn& turn : turns) all += display_width(turn.text);
  std::size_t before = 0;
  const auto time = [&] {
    return cue.start + (cue.end - cue.start) * static_cast<std::int64_t>(before) /
                           static_cast<std::int64_t>(std::max<std::size_t>(all, 1));
  };
  for (CueTurn& turn : turns) {
    turn.start = time();
    before += display_width(turn.text);
    turn.end = time();
  }
  turns.back().end = cue.end;
}

}  // namespace

bool uses_dashes(std::span<const Cue> cues) {
  return std::any_of(cues.begin(), cues.end(), [](const Cue& cue) {
    return std::count_if(cue.lines.begin(), cue.lines.end(),
                         [](const std::string& line) { return !after_dash(line).empty(); }) > 1;
  });
}

std::vector<CueTurn> cue_turns(const Cue& cue, bool dashes) {
  std::vector<CueTurn> turns(1);
  turns.front().speaker = cue.speaker;
  for (std::size_t i = 0; i < cue.lines.size(); ++i) {
    const std::string_view said = dashes ? after_dash(cue.lines[i]) : std::string_view();
    const bool of_last = i + 1 == cue.lines.size() && !cue.last_speaker.empty();
    if (i > 0 && (of_last || !said.empty()))
      turns.push_back({.text = {}, .speaker = of_last ? cue.last_speaker : "", .changes = true});
    const std::string_view line = said.empty() ? cue.lines[i] : said;
    std::string& text = turns.back().text;
    if (!text.empty() && !joins_without_space(text, line)) text += ' ';
    text += line;
  }
  share_time(cue, turns);
  return turns;
}

}  // namespace vat::subtitles
