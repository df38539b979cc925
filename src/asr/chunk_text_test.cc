#include "asr/chunk_text.h"

#include <gtest/gtest.h>

#include "domain/transcript_json.h"

namespace vat::asr {
namespace {

TEST(ChunkTextTest, TimesThatRunBackwardsOrOutOfTheChunkAreBroughtIntoOrder) {
  ChunkText text;
  text.segments.push_back({.start = Millis(-50), .end = Millis(900), .text = "one two"});
  text.segments.back().words = {{.start = Millis(300), .end = Millis(200), .text = "one"},
                                {.start = Millis(100), .end = Millis(9000), .text = "two"}};
  text.segments.push_back({.start = Millis(-100), .end = Millis(7000), .text = "three"});
  EXPECT_FALSE(chunk_text_from_json(to_json(text)));

  put_in_order(text, Millis(5000));
  const auto& words = text.segments[0].words;
  EXPECT_EQ(text.segments[0].start, Millis(0));
  EXPECT_EQ(words[0].end, Millis(300));
  EXPECT_EQ(words[1].start, Millis(300));
  EXPECT_EQ(words[1].end, Millis(5000));
  EXPECT_EQ(text.segments[1].start, Millis(0));
  EXPECT_EQ(text.segments[1].end, Millis(5000));
  EXPECT_EQ(chunk_text_from_json(to_json(text)).value(), text);
}

TEST(ChunkTextTest, TimesInOrderStayAsTheyAre) {
  ChunkText text;
  text.segments.push_back({.start = Millis(100), .end = Millis(900), .text = "one"});
  text.segments.back().words = {{.start = Millis(150), .end = Millis(400), .text = "one"}};
  ChunkText same = text;
  put_in_order(same, Millis(1000));
  EXPECT_EQ(same, text);
}

}  // namespace
}  // namespace vat::asr
