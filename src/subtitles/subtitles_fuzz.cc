// Any bytes are read or rejected; subtitles that were read, written and read again are the same.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "domain/attribution.h"
#include "subtitles/cue_turns.h"
#include "subtitles/formats.h"
#include "subtitles/reader.h"
#include "subtitles/rolling.h"
#include "subtitles/rttm.h"

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

void check_rttm(std::string_view bytes) {
  const auto read = vat::subtitles::read_rttm(bytes, "talk");
  if (!read) return expect(vat::is_utf8(read.error().message), "an error is UTF-8");
  vat::Transcript transcript;
  transcript.segments.resize(1);
  transcript.segments[0].end = vat::Millis(1000);
  vat::attribute_speakers(transcript, read->turns, read->names);
  expect(vat::check_times(transcript) && vat::check_speakers(transcript), "turns make a valid transcript");
  const std::string written = write(vat::subtitles::Format::kRttm, transcript, {}, {.title = "talk"});
  expect(vat::subtitles::read_rttm(written, "talk")->turns.size() == transcript.turns.size(),
         "RTTM is read as it was written");
}

/// The turns of a cue lie in it, in order, and none is without text.
void check_turns(const std::vector<vat::subtitles::Cue>& cues) {
  const bool dashes = vat::subtitles::uses_dashes(cues);
  for (const vat::subtitles::Cue& cue : cues) {
    vat::Millis at = cue.start;
    const std::vector<vat::subtitles::CueTurn> turns = vat::subtitles::cue_turns(cue, dashes);
    for (const vat::subtitles::CueTurn& turn : turns) {
      expect(turn.start == at && turn.end >= turn.start, "turns follow each other");
      expect(!turn.text.empty(), "a turn has text");
      at = turn.end;
    }
    expect(at == cue.end, "turns fill their cue");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vat::subtitles;
  check_rttm(std::string_view(reinterpret_cast<const char*>(data), size));
  auto cues = read_subtitles(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!cues) {
    expect(vat::is_utf8(cues.error().message), "an error is UTF-8");
    return 0;
  }
  expect_sane(*cues);
  expect_sane(join_rolling_captions(*cues));
  check_turns(*cues);
  expect(read_subtitles(write_vtt(*cues)).value() == *cues, "WebVTT is read as it was written");
  if (cues->empty()) return 0;
  // SRT has no separate field for a speaker.
  for (Cue& cue : *cues) {
    cue.speaker.clear();
    cue.last_speaker.clear();
  }
  expect(read_subtitles(write_srt(*cues)).value() == *cues, "SRT is read as it was written");
  return 0;
}
