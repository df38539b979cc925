#include "asr/token_alignment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <utility>

namespace vat::asr {
namespace {

using testing::ElementsAre;

/// Each token attends to frames [begin, next begin), a little to all others.
std::vector<float> attention_of(const std::vector<std::size_t>& begins, std::size_t frames) {
  std::vector<float> attention;
  for (std::size_t i = 0; i < begins.size(); ++i) {
    const std::size_t end = i + 1 < begins.size() ? begins[i + 1] : frames;
    for (std::size_t j = 0; j < frames; ++j) attention.push_back(j >= begins[i] && j < end ? 1.0F : 0.1F);
  }
  return attention;
}

TEST(TokenAlignmentTest, TokensBeginWhereTheyAttendTo) {
  EXPECT_THAT(align_tokens(attention_of({0, 30, 42, 90}, 120), 120), ElementsAre(0, 30, 42, 90));
}

TEST(TokenAlignmentTest, AFrameToWhichMuchAttentionGoesCountsNoMoreThanOthers) {
  std::vector<float> attention = attention_of({0, 30, 42, 90}, 120);
  for (std::size_t j = 100; j < 104; ++j) attention[2 * 120 + j] = 50;
  EXPECT_THAT(align_tokens(attention, 120), ElementsAre(0, 30, 42, 90));
}

TEST(TokenAlignmentTest, SoundOfWhichNothingIsWrittenMovesNoToken) {
  constexpr std::size_t kFrames = 600;
  const std::vector<float> written = attention_of({0, 10, 20, 40}, 60);
  std::vector<float> attention;
  for (std::size_t i = 0; i < 4; ++i) {
    attention.insert(attention.end(), written.begin() + static_cast<std::ptrdiff_t>(i) * 60,
                     written.begin() + static_cast<std::ptrdiff_t>(i + 1) * 60);
    attention.resize((i + 1) * kFrames, i == 0 ? 0.002F : 0.001F);
  }
  EXPECT_THAT(align_tokens(attention, kFrames), ElementsAre(0, 10, 20, 40));
}

TEST(TokenAlignmentTest, AShortGlanceIsSmoothedAway) {
  std::vector<float> attention = attention_of({0, 20}, 60);
  for (std::size_t j = 20; j < 30; ++j) attention[60 + j] = attention[j];  // nothing tells them apart there
  attention[27] = 1;
  EXPECT_THAT(align_tokens(attention, 60), ElementsAre(0, 20));
}

TEST(TokenAlignmentTest, AGlanceBackDoesNotTurnTheOrder) {
  std::vector<float> attention = attention_of({0, 30, 60}, 90);
  for (std::size_t j = 0; j < 20; ++j) attention[2 * 90 + j] = 1;  // the last token, at the first one's time
  EXPECT_THAT(align_tokens(attention, 90), ElementsAre(0, 30, 60));
}

TEST(TokenAlignmentTest, EachTokenHasAFrame) {
  // The second one attends to nothing of its own.
  std::vector<float> attention = attention_of({0, 30, 30}, 60);
  const std::vector<std::size_t> begins = align_tokens(attention, 60);
  EXPECT_LT(begins[0], begins[1]);
  EXPECT_LT(begins[1], begins[2]);
  EXPECT_THAT(align_tokens(std::vector<float>(9, 1.0F), 3), ElementsAre(0, 1, 2));
}

TEST(TokenAlignmentTest, MoreTokensThanFramesShareThem) {
  EXPECT_THAT(align_tokens(std::vector<float>(8, 1.0F), 2), ElementsAre(0, 0, 1, 1));
}

TEST(TokenAlignmentTest, NothingIsAlignedToNothing) {
  EXPECT_TRUE(align_tokens({}, 100).empty());
  EXPECT_TRUE(align_tokens(std::vector<float>(8, 1.0F), 0).empty());
  EXPECT_THAT(align_tokens(std::vector<float>(4, 1.0F), 4), ElementsAre(0));
}

TEST(TokenAlignmentTest, WhatIsNoNumberDoesNotMatter) {
  for (const float broken : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                             -std::numeric_limits<float>::infinity(), std::numeric_limits<float>::max()}) {
    const std::vector<std::size_t> begins = align_tokens(std::vector<float>(40, broken), 10);
    EXPECT_EQ(begins.size(), 4U);
    for (std::size_t i = 0; i + 1 < begins.size(); ++i) EXPECT_LT(begins[i], begins[i + 1]);
    std::vector<float> attention = attention_of({0, 30, 60}, 90);
    attention[100] = broken;
    EXPECT_THAT(align_tokens(attention, 90), ElementsAre(0, 30, 60)) << broken;
  }
}

}  // namespace
}  // namespace vat::asr
