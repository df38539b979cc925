// Writes WebVTT files into the directory given as its argument, to be checked by the reference parser; see
// tests/validate_vtt.mjs. A file NAME.vtt has its expected text, one line per cue, in NAME.txt.
#include <cstdio>
#include <filesystem>
#include <string>

#include "base/file.h"
#include "subtitles/formats.h"
#include "subtitles/shape.h"

namespace {

using vat::Millis;
using vat::subtitles::Cue;

std::string expected_text(const std::vector<Cue>& cues) {
  std::string text;
  for (const Cue& cue : cues) {
    for (std::size_t i = 0; i < cue.lines.size(); ++i) text += (i > 0 ? " | " : "") + cue.lines[i];
    text += '\n';
  }
  return text;
}

bool save(const std::filesystem::path& directory, const std::string& name, const std::vector<Cue>& cues) {
  for (const auto& [file, bytes] : {std::pair(name + ".vtt", vat::subtitles::write_vtt(cues)),
                                    std::pair(name + ".txt", expected_text(cues))}) {
    const auto written = vat::write_file_atomically(directory / file, bytes, vat::Overwrite::kReplace);
    if (!written) {
      std::fprintf(stderr, "%s\n", written.error().message.c_str());
      return false;
    }
  }
  return true;
}

std::vector<Cue> hostile_cues() {
  return {{Millis(0),
           Millis(1),
           {"<b>not bold</b> & &amp; &lt;", "a --> b", "00:00.000 --> 00:01.000"},
           "Anna <& Co>"},
          {Millis(1), Millis(900), {"WEBVTT", "NOTE this", "1984"}, ""},
          {Millis(1000), Millis(2000), {"世界 ภาษาไทย", "{\\an8}"}, "世界"},
          {Millis(359'999'000), Millis(3'600'000'000'000), {"late"}, ""}};
}

/// Speech of a second's words, some at once and some after a pause, through the shaper.
vat::Transcript speech() {
  vat::Transcript transcript;
  transcript.language = "en";
  std::int64_t now = 0;
  for (int i = 0; i < 400; ++i) {
    vat::Segment segment;
    segment.start = Millis(now);
    segment.text =
        i % 3 == 0 ? "So <this> is it, & nothing -- or almost nothing --> is left of the others." : "Yes.";
    now += i % 5 == 0 ? 0 : 100 * (i % 40);
    segment.end = Millis(now);
    transcript.segments.push_back(segment);
  }
  return transcript;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const std::filesystem::path directory = arguments[1];
  bool saved = save(directory, "hostile", hostile_cues()) && save(directory, "empty", {});
  for (const auto& preset : vat::subtitles::presets()) {
    saved = saved && save(directory, preset.name, vat::subtitles::shape(speech(), preset).cues);
  }
  return saved ? 0 : 1;
}
