#include "asr/stitcher.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace vat::asr {
namespace {

ChunkPlace place(std::size_t index, double begin, double end, double overlap_before = 0,
                 double overlap_after = 0) {
  const auto samples = [](double seconds) { return static_cast<std::int64_t>(seconds * kRecognitionRate); };
  ChunkPlace result;
  result.index = index;
  result.pieces = {{0, samples(begin), samples(end - begin)}};
  result.overlap_before = samples(overlap_before);
  result.overlap_after = samples(overlap_after);
  result.cut_before = samples(begin + overlap_before / 2);
  return result;
}

/// Words of 400 ms, one each half second from `start` on, in the chunk's time.
Segment segment(std::string_view text, Millis start) {
  Segment result{.start = start, .text = std::string(text)};
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    result.words.push_back(
        {.start = start, .end = start + Millis(400), .text = std::string(text.substr(0, end))});
    start += Millis(500);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  result.end = result.words.back().end;
  return result;
}

Segment without_words(Segment segment) {
  segment.words.clear();
  return segment;
}

std::vector<std::string> texts(const std::vector<Segment>& segments) {
  std::vector<std::string> result;
  for (const Segment& segment : segments) result.push_back(segment.text);
  return result;
}

using Texts = std::vector<std::string>;

TEST(StitcherTest, WithoutOverlapsEverySegmentIsFinalAtOnceAndMovedToTheRecordingsTime) {
  Stitcher stitcher;
  const auto first = stitcher.add(place(0, 10, 20), {.segments = {segment("One two.", Millis(1'000))}});
  ASSERT_EQ(texts(first), Texts{"One two."});
  EXPECT_EQ(first[0].start, Millis(11'000));
  EXPECT_EQ(first[0].end, Millis(11'900));
  EXPECT_EQ(first[0].words[1].start, Millis(11'500));
  EXPECT_EQ(texts(stitcher.add(place(1, 20, 30), {.segments = {segment("Three.", Millis(0))}})),
            Texts{"Three."});
  EXPECT_TRUE(stitcher.finish().empty());
}

TEST(StitcherTest, OnlyWhatLiesInAnOverlapWaitsForTheNextChunk) {
  Stitcher stitcher;
  const auto now =
      stitcher.add(place(0, 0, 20, 0, 2),
                   {.segments = {segment("Long before.", Millis(3'000)), segment("in it", Millis(18'500))}});
  EXPECT_EQ(texts(now), Texts{"Long before."});
  EXPECT_EQ(texts(stitcher.finish()), Texts{"in it"});
}

TEST(StitcherTest, SegmentsAreSplitAtTheSeamAndNoWordIsDoubled) {
  Stitcher stitcher;
  (void)stitcher.add(place(0, 0, 20, 0, 2), {.segments = {segment("we met at the old mi", Millis(17'000))}});
  auto text = texts(
      stitcher.add(place(1, 18, 38, 2), {.segments = {segment("at The old mill, today.", Millis(40))}}));
  EXPECT_EQ(text, (Texts{"we met at the", "old mill, today."}));
}

TEST(StitcherTest, AChunkBetweenTwoOverlapsIsJoinedOnBothSides) {
  Stitcher stitcher;
  Texts all;
  const auto take = [&](const std::vector<Segment>& segments) {
    for (const Segment& segment : segments) all.push_back(segment.text);
  };
  take(stitcher.add(place(0, 0, 10, 0, 2), {.segments = {segment("a b c d", Millis(8'000))}}));
  take(stitcher.add(place(1, 8, 18, 2, 2),
                    {.segments = {segment("a b c d e f", Millis(0)), segment("k l m n", Millis(8'000))}}));
  take(stitcher.add(place(2, 16, 26, 2), {.segments = {segment("k l m n o", Millis(0))}}));
  take(stitcher.finish());
  std::string text;
  for (const std::string& part : all) text += part + ' ';
  EXPECT_EQ(text, "a b c d e f k l m n o ");
}

TEST(StitcherTest, AChunkWithoutTextLeavesTheWordsToItsNeighbours) {
  Stitcher stitcher;
  (void)stitcher.add(place(0, 0, 20, 0, 2), {.segments = {segment("to the very end", Millis(18'000))}});
  EXPECT_EQ(texts(stitcher.add(place(1, 18, 38, 2, 2), {})), Texts{"to the very end"});
  EXPECT_EQ(texts(stitcher.add(place(2, 36, 50, 2), {.segments = {segment("and on", Millis(100))}})),
            Texts{"and on"});
}

TEST(StitcherTest, SegmentsWithoutWordTimesAreJoinedByTheirTextAndStayWithout) {
  Stitcher stitcher;
  (void)stitcher.add(place(0, 0, 20, 0, 2),
                     {.segments = {without_words(segment("one two three four five six", Millis(17'000)))}});
  const auto rest = stitcher.add(
      place(1, 18, 38, 2), {.segments = {without_words(segment("three four five six seven", Millis(0)))}});
  EXPECT_EQ(texts(rest), (Texts{"one two three four", "five six seven"}));
  EXPECT_TRUE(rest[0].words.empty());
  EXPECT_LE(rest[0].end, rest[1].start);
}

TEST(StitcherTest, WordsWrittenWithoutSpacesAreJoinedWithoutSpaces) {
  const auto chinese = [](const std::vector<std::string>& syllables, Millis start) {
    Segment result;
    for (const std::string& syllable : syllables) {
      result.words.push_back({start, start + Millis(300), syllable, 1, !result.words.empty()});
      result.text += syllable;
      start += Millis(300);
    }
    return result;
  };
  Stitcher stitcher;
  (void)stitcher.add(place(0, 0, 20, 0, 2),
                     {.segments = {chinese({"我", "们", "今", "天"}, Millis(18'200))}});
  EXPECT_EQ(texts(stitcher.add(place(1, 18, 38, 2),
                               {.segments = {chinese({"们", "今", "天", "去"}, Millis(500))}})),
            (Texts{"我们今", "天去"}));
}

TEST(StitcherTest, TimesNeverRunBackwardsWhateverTheEngineSays) {
  Stitcher stitcher;
  Segment mad = segment("a b c", Millis(5'000));
  mad.words[1].start = Millis(4'000);
  mad.words[1].end = Millis(3'000);
  mad.words[2].end = Millis(90'000);
  auto all = stitcher.add(place(0, 0, 10), {.segments = {mad, segment("d", Millis(1'000))}});
  for (Segment& more : stitcher.add(place(1, 10, 20), {.segments = {segment("e", Millis(-3'000))}})) {
    all.push_back(std::move(more));
  }
  Millis last(0);
  for (const Segment& segment : all) {
    for (const Word& word : segment.words) {
      EXPECT_GE(word.start, last);
      EXPECT_GE(word.end, word.start);
      EXPECT_LE(word.end, Millis(20'000));
      last = word.end;
    }
  }
  EXPECT_EQ(texts(all), (Texts{"a b c", "d", "e"}));
}

TEST(StitcherTest, SegmentsWithoutTextAreLeftOut) {
  Stitcher stitcher;
  EXPECT_TRUE(
      stitcher.add(place(0, 0, 10), {.segments = {Segment{.end = Millis(900)}, Segment{.text = "  "}}})
          .empty());
}

}  // namespace
}  // namespace vat::asr
