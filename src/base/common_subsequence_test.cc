#include "base/common_subsequence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vat {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using Words = std::vector<std::string>;

TEST(CommonSubsequenceTest, EqualSequencesAreCommonAsAWhole) {
  const Words words{"to", "be", "to"};
  EXPECT_THAT(common_subsequence(words, words), ElementsAre(Pair(0, 0), Pair(1, 1), Pair(2, 2)));
}

TEST(CommonSubsequenceTest, WhatOnlyOneHasIsLeftOut) {
  EXPECT_THAT(common_subsequence(Words{"ask", "not", "what", "your", "country"},
                                 Words{"and", "ask", "what", "country", "can"}),
              ElementsAre(Pair(0, 1), Pair(2, 2), Pair(4, 3)));
}

TEST(CommonSubsequenceTest, TheLongestIsFoundWhereTheFirstMatchMisleads) {
  // Taking "a" with "a" would leave nothing else.
  EXPECT_THAT(common_subsequence(Words{"a", "b", "c"}, Words{"b", "c", "a"}),
              ElementsAre(Pair(1, 0), Pair(2, 1)));
}

TEST(CommonSubsequenceTest, OrderMatters) {
  EXPECT_EQ(common_subsequence(Words{"a", "b"}, Words{"b", "a"}).size(), 1U);
}

TEST(CommonSubsequenceTest, NothingIsCommonWithNothing) {
  EXPECT_THAT(common_subsequence({}, Words{"a"}), IsEmpty());
  EXPECT_THAT(common_subsequence(Words{"a"}, {}), IsEmpty());
  EXPECT_THAT(common_subsequence(Words{"a"}, Words{"b"}), IsEmpty());
}

}  // namespace
}  // namespace vat
