#include "asr/whisper_token_times.h"

#include <gtest/gtest.h>

namespace vat::asr {
namespace {

whisper_alignment_heads_preset heads(int text_layers, int text_state, int mels, bool multilingual) {
  return alignment_of(text_layers, text_state, mels, multilingual).heads;
}

TEST(AlignmentTest, APublishedModelHasItsOwn) {
  EXPECT_EQ(heads(4, 384, 80, true), WHISPER_AHEADS_TINY);
  EXPECT_EQ(heads(4, 384, 80, false), WHISPER_AHEADS_TINY_EN);
  EXPECT_EQ(heads(6, 512, 80, true), WHISPER_AHEADS_BASE);
  EXPECT_EQ(heads(6, 512, 80, false), WHISPER_AHEADS_BASE_EN);
  EXPECT_EQ(heads(12, 768, 80, true), WHISPER_AHEADS_SMALL);
  EXPECT_EQ(heads(12, 768, 80, false), WHISPER_AHEADS_SMALL_EN);
  EXPECT_EQ(heads(24, 1'024, 80, true), WHISPER_AHEADS_MEDIUM);
  EXPECT_EQ(heads(24, 1'024, 80, false), WHISPER_AHEADS_MEDIUM_EN);
  EXPECT_EQ(heads(32, 1'280, 80, true), WHISPER_AHEADS_LARGE_V2);
  EXPECT_EQ(heads(32, 1'280, 128, true), WHISPER_AHEADS_LARGE_V3);
  EXPECT_EQ(heads(4, 1'280, 128, true), WHISPER_AHEADS_LARGE_V3_TURBO);
}

TEST(AlignmentTest, AnotherShapeHasNone) {
  EXPECT_EQ(heads(2, 1'280, 128, true), WHISPER_AHEADS_NONE);  // distil-large-v3
  EXPECT_EQ(heads(3, 64, 80, true), WHISPER_AHEADS_NONE);
  EXPECT_EQ(heads(32, 1'280, 80, false), WHISPER_AHEADS_NONE);
  EXPECT_EQ(heads(4, 1'280, 80, true), WHISPER_AHEADS_NONE);
}

}  // namespace
}  // namespace vat::asr
