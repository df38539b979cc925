#include "tts/marks.h"

#include <gtest/gtest.h>

namespace vat::tts {
namespace {

TEST(MarksTest, WhatNobodyReadsAloudIsLeftOut) {
  EXPECT_EQ(without_marks("♪ Happy birthday ♪"), " Happy birthday ");
  EXPECT_EQ(without_marks("a→b"), "a b");
  EXPECT_EQ(without_marks("Great 👍🏽👩‍👩‍👧 day❤️!"), "Great  day!");
  EXPECT_EQ(without_marks("Acme® 2026 ©Acme™"), "Acme 2026 Acme");
  EXPECT_EQ(without_marks("┌─┐ box │ end"), " box  end");
  EXPECT_EQ(without_marks("caf\uFFFD d\uFFFDj\uFFFD"), "caf d j");
  EXPECT_EQ(without_marks("Title\n=====\nText"), "Title\n\nText");
  EXPECT_EQ(without_marks("# la la la #"), " la la la ");
  EXPECT_EQ(without_marks("• first"), " first");
  EXPECT_EQ(without_marks("\uE001icon"), "icon");
}

TEST(MarksTest, WhatHasWordsStays) {
  for (const char* const text : {"5 €", "$5 + 50 % & 3 × 2 = 6", "20 °C", "№ 5", "C# and #1", "2 * 3",
                                 "a@b.org", "C++", "ℹ", "½ ①", "“Yes”, he said… no?!", "naïve e\u0301",
                                 "نمی\u200Cخواهم", "क्या", "1\u20E3", "x < y", "∞", "wait...", "--no"})
    EXPECT_EQ(without_marks(text), text);
}

}  // namespace
}  // namespace vat::tts
