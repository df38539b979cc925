#include "domain/transcript.h"

#include <gtest/gtest.h>

#include <functional>

namespace vat {
namespace {

TEST(TranscriptTest, WordsAreJoinedByASpaceOnlyWhereOneBelongs) {
  const std::vector<Word> words = {{.text = "hello"}, {.text = "世"}, {.text = "界", .joined = true}};
  EXPECT_EQ(join_words(words), "hello 世界");
}

Transcript two_segments() {
  Transcript transcript;
  transcript.duration = Millis(4000);
  transcript.segments = {{.start = Millis(0), .end = Millis(2000), .text = "One two"},
                         {.start = Millis(2000), .end = Millis(3000), .text = "three"}};
  transcript.segments[0].words = {{.start = Millis(0), .end = Millis(500), .text = "One"},
                                  {.start = Millis(500), .end = Millis(2000), .text = "two"}};
  return transcript;
}

/// "1.0 end": word 0 of segment 1 has a wrong end. Empty: no fault.
std::string fault_after(const std::function<void(Transcript&)>& change) {
  Transcript transcript = two_segments();
  change(transcript);
  const auto fault = find_time_fault(transcript.segments);
  EXPECT_EQ(check_times(transcript).has_value(), !fault);
  if (!fault) return {};
  return std::to_string(fault->segment) + (fault->word ? "." + std::to_string(*fault->word) : "") +
         (fault->end ? " end" : " start");
}

TEST(TranscriptTest, ATimeThatCannotBeIsNamedByItsPlace) {
  EXPECT_EQ(fault_after([](Transcript&) {}), "");
  EXPECT_EQ(fault_after([](Transcript& t) { t.segments[0].start = Millis(-1); }), "0 start");
  EXPECT_EQ(fault_after([](Transcript& t) { t.segments[1].start = Millis(-1); }), "1 start");
  EXPECT_EQ(fault_after([](Transcript& t) { t.segments[1].end = Millis(1999); }), "1 end");
  EXPECT_EQ(fault_after([](Transcript& t) { t.segments[1].end = kMaxRecordingLength; }), "");
  EXPECT_EQ(fault_after([](Transcript& t) { t.segments[1].end = kMaxRecordingLength + Millis(1); }), "1 end");
  EXPECT_EQ(fault_after([](Transcript& t) { t.segments[0].words[1].start = Millis(-1); }), "0.1 start");
  EXPECT_EQ(fault_after([](Transcript& t) { t.segments[0].words[1].end = Millis(499); }), "0.1 end");
  EXPECT_EQ(find_time_fault(two_segments().segments, Millis(2500))->segment, 1U) << "past the bound";
}

TEST(TranscriptTest, TheLengthOfARecordingIsBounded) {
  Transcript transcript = two_segments();
  transcript.duration = kMaxRecordingLength + Millis(1);
  EXPECT_EQ(check_times(transcript).error().code, ErrorCode::kBadData);
  transcript.duration = Millis(-1);
  EXPECT_FALSE(check_times(transcript));
}

TEST(TranscriptTest, TextJoinsSegments) {
  Transcript transcript;
  transcript.segments = {{.text = "One."}, {.text = "Two."}};
  EXPECT_EQ(transcript.text(), "One. Two.");
}

}  // namespace
}  // namespace vat
