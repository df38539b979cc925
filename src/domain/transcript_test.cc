#include "domain/transcript.h"

#include <gtest/gtest.h>

namespace vat {
namespace {

TEST(TranscriptTest, WordsAreJoinedByASpaceOnlyWhereOneBelongs) {
  const std::vector<Word> words = {{.text = "hello"}, {.text = "世"}, {.text = "界", .joined = true}};
  EXPECT_EQ(join_words(words), "hello 世界");
}

TEST(TranscriptTest, TextJoinsSegments) {
  Transcript transcript;
  transcript.segments = {{.text = "One."}, {.text = "Two."}};
  EXPECT_EQ(transcript.text(), "One. Two.");
}

}  // namespace
}  // namespace vat
