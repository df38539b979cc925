#include "subtitles/fixes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "subtitles/shape.h"

namespace vat::subtitles {
namespace {

using ::testing::IsEmpty;

/// One segment whose words each take `each` ms, from `start` on.
Segment said(std::string_view text, std::int64_t start, std::int64_t each) {
  Segment segment;
  segment.start = Millis(start);
  segment.text = text;
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word; start += each)
    segment.words.push_back({Millis(start), Millis(start + each), word, 1, false});
  segment.end = Millis(start);
  return segment;
}

/// Fills a cue by itself.
constexpr std::string_view kLong =
    "Nobody who lived in that house had seen him leave it by night, nor had they asked.";

class Fixes : public ::testing::Test {
 protected:
  std::vector<std::optional<CueFix>> propose() const {
    return propose_fixes(transcript, preset, shape(transcript, preset));
  }
  /// The first problem's fix, which is then made.
  CueFix made() {
    const auto fixes = propose();
    if (fixes.empty() || !fixes.front()) {
      ADD_FAILURE() << "no fix";
      return {};
    }
    transcript.segments[fixes.front()->segment] = fixes.front()->edited;
    return *fixes.front();
  }
  std::vector<CueProblem> problems() const { return shape(transcript, preset).problems; }

  const Preset preset = find_preset("netflix").value();
  Transcript transcript = [] {
    Transcript english;
    english.language = "en";
    english.duration = Millis(60'000);
    return english;
  }();
};

TEST_F(Fixes, ACueStartsEarlierInTheSilenceBeforeIt) {
  transcript.segments = {said("It was late.", 0, 400), said(kLong, 5000, 240), said(kLong, 8840, 350)};
  ASSERT_EQ(problems().size(), 1U);
  EXPECT_EQ(made().kind, FixKind::kStartEarlier);
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_EQ(transcript.segments[1].words.front().start, transcript.segments[1].start);
  EXPECT_GE(transcript.segments[1].start, Millis(4500)) << "no more than needed";
}

TEST_F(Fixes, ACueStaysWhereTheNextOneHasTime) {
  transcript.segments = {said(kLong, 0, 350), said(kLong, 5600, 245), said(kLong, 9520, 350)};
  ASSERT_EQ(problems().size(), 1U);
  EXPECT_EQ(problems()[0].fault, CueFault::kTooFast);
  EXPECT_EQ(made().kind, FixKind::kStayLonger);
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(Fixes, WhatSaysNothingIsLeftOut) {
  transcript.segments = {said("Um, the the ferry to uh Hamburg leaves at seven.", 0, 190),
                         said("Then we walk along the whole harbour.", 1711, 400)};
  ASSERT_FALSE(problems().empty());
  const CueFix fix = made();
  EXPECT_EQ(fix.kind, FixKind::kShorten);
  EXPECT_EQ(transcript.segments[0].text, "The ferry to Hamburg leaves at seven.");
  EXPECT_EQ(transcript.segments[0].words.size(), 7U);
}

TEST_F(Fixes, SpeechThatIsSimplyFastHasNone) {
  std::string text = "Incomprehensibly";
  for (int i = 0; i < 30; ++i) text += " complicated explanations";
  transcript.segments = {said(text + ".", 0, 60)};
  ASSERT_FALSE(problems().empty());
  for (const auto& fix : propose()) EXPECT_FALSE(fix.has_value());
}

TEST_F(Fixes, NothingIsProposedForWhatIsRight) {
  transcript.segments = {said("It was late.", 0, 400)};
  EXPECT_THAT(propose(), IsEmpty());
}

TEST_F(Fixes, TextOfAnyKindIsAccepted) {
  for (const char* const text :
       {"", " ", "\xff\xfe", "没有人看见他。", "a\u0301\u0301", "- -", "no  spaces  here"}) {
    transcript.segments = {said(text, 0, 10), said("No.", 20, 10), said(text, 40, 1)};
    transcript.segments[2].text = text;
    EXPECT_EQ(propose().size(), problems().size());
  }
}

}  // namespace
}  // namespace vat::subtitles
