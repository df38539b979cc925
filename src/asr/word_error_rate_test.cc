#include "asr/word_error_rate.h"

#include <gtest/gtest.h>

namespace vat::asr {
namespace {

TEST(WordErrorRateTest, CaseAndPunctuationAreNoErrors) {
  const WordErrors errors = count_word_errors("Ask not, what your Country!", "ask not what your country");
  EXPECT_EQ(errors, (WordErrors{0, 0, 0, 5}));
  EXPECT_EQ(errors.rate(), 0.0);
}

TEST(WordErrorRateTest, EachKindOfErrorIsCounted) {
  EXPECT_EQ(count_word_errors("one two three four", "one too three four"), (WordErrors{1, 0, 0, 4}));
  EXPECT_EQ(count_word_errors("one two three four", "one two four"), (WordErrors{0, 0, 1, 4}));
  EXPECT_EQ(count_word_errors("one two three four", "one two and three four"), (WordErrors{0, 1, 0, 4}));
  EXPECT_EQ(count_word_errors("a b c d e f g h", "x a b c d z f g"), (WordErrors{1, 1, 1, 8}));
}

TEST(WordErrorRateTest, NothingSaidOrHeardIsDefined) {
  EXPECT_EQ(count_word_errors("", "").rate(), 0.0);
  EXPECT_EQ(count_word_errors("", "a b").rate(), 1.0);
  EXPECT_EQ(count_word_errors("a b", ""), (WordErrors{0, 0, 2, 2}));
}

TEST(WordErrorRateTest, TheRateMayExceedOne) { EXPECT_EQ(count_word_errors("a", "b c d").rate(), 3.0); }

TEST(WordErrorRateTest, TextsAddUp) {
  WordErrors sum = count_word_errors("a b", "a");
  sum += count_word_errors("c d", "c x");
  EXPECT_EQ(sum, (WordErrors{1, 0, 1, 4}));
  EXPECT_EQ(sum.rate(), 0.5);
}

}  // namespace
}  // namespace vat::asr
