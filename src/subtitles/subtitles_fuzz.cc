// Any bytes are read or rejected; subtitles that were read, written and read again are the same.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "subtitles/formats.h"
#include "subtitles/reader.h"
#include "subtitles/rolling.h"

namespace {

void expect(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "Broken promise: %s\n", promise);
  std::abort();
}

void expect_sane(const std::vector<vat::subtitles::Cue>& cues) {
  vat::Millis before{0};
  for (const auto& cue : cues) {
    expect(cue.start >= before, "cues are in order");
    expect(cue.end > cue.start, "a cue lasts");
    expect(!cue.lines.empty(), "a cue has text");
    for (const std::string& line : cue.lines) expect(!line.empty() && vat::is_utf8(line), "a line is UTF-8");
    before = cue.start;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vat::subtitles;
  auto cues = read_subtitles(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!cues) {
    expect(vat::is_utf8(cues.error().message), "an error is UTF-8");
    return 0;
  }
  expect_sane(*cues);
  expect_sane(join_rolling_captions(*cues));
  expect(read_subtitles(write_vtt(*cues)).value() == *cues, "WebVTT is read as it was written");
  if (cues->empty()) return 0;
  // SRT has no separate field for a speaker.
  for (Cue& cue : *cues) cue.speaker.clear();
  expect(read_subtitles(write_srt(*cues)).value() == *cues, "SRT is read as it was written");
  return 0;
}
