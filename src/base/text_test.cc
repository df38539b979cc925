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

TEST(TextTest, CutsFallBetweenCodePoints) {
  EXPECT_EQ(first_code_points("Grüße", 3), "Grü");
  EXPECT_EQ(first_code_points("Grüße", 9), "Grüße");
  EXPECT_EQ(first_bytes("Grüße", 3), "Gr");
  EXPECT_EQ(first_bytes("Grüße", 4), "Grü");
  EXPECT_EQ(first_bytes("世", 2), "");
  EXPECT_EQ(without_last_code_point("a世"), "a");
  EXPECT_EQ(without_last_code_point(""), "");
}

TEST(TextTest, OneLineHasNoControlCharacters) {
  EXPECT_EQ(one_line("\ta\r\nb\x7f\xff\n"), "a  b \xef\xbf\xbd");
  EXPECT_EQ(one_line("\x01"), "");
}

TEST(TextTest, ListsArePutTogetherAndTakenApart) {
  EXPECT_EQ(join(std::vector<std::string>{"a", "b", "c"}, ", "), "a, b, c");
  EXPECT_EQ(join(std::vector<int>{1, 2}, " ", [](int number) { return std::to_string(number); }), "1 2");
  EXPECT_EQ(join(std::vector<std::string>{}, ", "), "");
  std::string_view list = "a,,b";
  for (const char* part : {"a", "", "b", ""}) EXPECT_EQ(take_part(list, ','), part);
  EXPECT_EQ(list, "");
}

TEST(TextTest, XmlIsEscaped) {
  EXPECT_EQ(escape_xml("a < b & \"c\" ]]>\x01\n"), "a &lt; b &amp; &quot;c&quot; ]]&gt;\n");
}

TEST(TextTest, WordsCompareWithoutCaseAndPunctuation) {
  EXPECT_THAT(comparable_words("Don't STOP -- \"now\"!"), testing::ElementsAre("don't", "stop", "now"));
  EXPECT_EQ(trim("  a b\n"), "a b");
  EXPECT_EQ(fold_case("STRASSE"), fold_case("straße"));
}

}  // namespace
}  // namespace vat
