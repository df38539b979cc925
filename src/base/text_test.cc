#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vat {
namespace {

TEST(TextTest, IllFormedUtf8IsFoundAndReplaced) {
  EXPECT_TRUE(is_utf8("Grüße, 世界 🎧"));
  for (const char* bad : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\xe4\xb8"}) {
    EXPECT_FALSE(is_utf8(bad));
    EXPECT_TRUE(is_utf8(to_utf8(bad)));
  }
  EXPECT_EQ(to_utf8("a\xff"
                    "b"),
            "a\xef\xbf\xbd"
            "b");
}

TEST(TextTest, WidthCountsColumns) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("世界"), 4U);
  EXPECT_EQ(display_width("e\xcc\x81"), 1U);  // e + combining acute
  EXPECT_EQ(code_points("e\xcc\x81"), 2U);
}

TEST(TextTest, WordsCompareWithoutCaseAndPunctuation) {
  EXPECT_THAT(comparable_words("Don't STOP -- \"now\"!"), testing::ElementsAre("don't", "stop", "now"));
  EXPECT_EQ(trim("  a b\n"), "a b");
  EXPECT_EQ(fold_case("STRASSE"), fold_case("straße"));
}

}  // namespace
}  // namespace vat
