#include "asr/byte_pairs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace vat::asr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// In the order in which they were learnt.
const std::vector<std::string_view> kVocabulary = {"a",  "b",  "c",   " ", "-", "ab",
                                                   "bc", " a", "abc", "1", "a1"};

TEST(BytePairsTest, ThePairThatWasLearntFirstIsJoinedFirst) {
  const BytePairs pairs(kVocabulary);
  EXPECT_THAT(pairs.encode("bc"), ElementsAre(6));
  EXPECT_THAT(pairs.encode("abc"), ElementsAre(8));  // ab, then abc
  EXPECT_THAT(pairs.encode("abbc"), ElementsAre(5, 6));
}

TEST(BytePairsTest, ASpaceBelongsToTheWordBehindIt) {
  const BytePairs pairs(kVocabulary);
  EXPECT_THAT(pairs.encode(" a"), ElementsAre(7));
  EXPECT_THAT(pairs.encode(" ab"), ElementsAre(3, 5));  // ab was learnt before " a"
  EXPECT_THAT(pairs.encode(" "), ElementsAre(3));
}

TEST(BytePairsTest, LettersDigitsAndSignsAreNotJoined) {
  const BytePairs pairs(kVocabulary);
  EXPECT_THAT(pairs.encode("a1"), ElementsAre(0, 9));
  EXPECT_THAT(pairs.encode("a-b"), ElementsAre(0, 4, 1));
}

TEST(BytePairsTest, WhatHasNoTokensIsNothing) {
  EXPECT_THAT(BytePairs(kVocabulary).encode("abx"), IsEmpty());
  EXPECT_THAT(BytePairs(kVocabulary).encode(""), IsEmpty());
}

}  // namespace
}  // namespace vat::asr
