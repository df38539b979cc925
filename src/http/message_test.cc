#include "http/message.h"

#include <gtest/gtest.h>

#include "http/fields.h"
#include "http/target.h"

namespace vat::http {
namespace {

TEST(ContentDisposition, NamesAFileInAsciiAndInUnicode) {
  EXPECT_EQ(content_disposition("attachment", "talk.srt"), "attachment; filename=\"talk.srt\"");
  EXPECT_EQ(content_disposition("attachment",
                                "Gespr\xC3\xA4"
                                "ch \xC3\xBC.mp3"),
            "attachment; filename=\"Gespr_ch _.mp3\"; filename*=UTF-8''Gespr%C3%A4ch%20%C3%BC.mp3");
  EXPECT_EQ(content_disposition("inline", "\xE6\x97\xA5\xE6\x9C\xAC.wav"),
            "inline; filename=\"__.wav\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.wav");
  EXPECT_EQ(content_disposition("inline", ""), "inline");
}

TEST(ContentDisposition, ReplacesWhatIsDangerous) {
  EXPECT_EQ(content_disposition("attachment", "../a\\b\r\nX: y"), "attachment; filename=\".._a_b__X: y\"");
  EXPECT_EQ(content_disposition("attachment", "a\"b%41"),
            "attachment; filename=\"a_b_41\"; filename*=UTF-8''a%22b%2541");
  EXPECT_EQ(content_disposition("attachment", "\xFF"),
            "attachment; filename=\"_\"; filename*=UTF-8''%EF%BF%BD");
}

TEST(PercentDecoding, IsStrict) {
  EXPECT_EQ(percent_decode("a%20b%c3%A9+"), "a b\xC3\xA9+");
  for (const std::string_view bad : {"%", "%4", "%4x", "%x4", "%00", "%C3", "%ED%A0%80", "a%C0%AFb", "\xFF"})
    EXPECT_EQ(percent_decode(bad), std::nullopt) << bad;
}

TEST(Query, IsDecodedInOrder) {
  const auto query = parse_query("a=1&b=x+y%2B&&c&=d&a=2=3");
  ASSERT_TRUE(query);
  using Pair = std::pair<std::string, std::string>;
  EXPECT_EQ(*query, (std::vector<Pair>{{"a", "1"}, {"b", "x y+"}, {"c", ""}, {"", "d"}, {"a", "2=3"}}));
  EXPECT_FALSE(parse_query("a=%"));
  EXPECT_FALSE(parse_query("a%ff=1"));
}

TEST(Host, IsANameOrAnAddressWithAPort) {
  for (const std::string_view good : {"a", "a.b-c:8000", "127.0.0.1:1", "[::1]", "[::1]:65535", "a:"})
    EXPECT_TRUE(is_host(good)) << good;
  for (const std::string_view bad :
       {"", ":1", "a:b", "a/b", "a b", "a@b", "[::1", "[]", "[g]:1", "a:123456", "a\tb"})
    EXPECT_FALSE(is_host(bad)) << bad;
}

TEST(FieldValue, ReadsParameters) {
  const auto value = parse_field_value("Form-Data ; name=\"a\\\"b;c\\\\\" ; X=y z; empty=\"\";");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->value, "form-data");
  EXPECT_EQ(*value->find("name"), "a\"b;c\\");
  EXPECT_EQ(*value->find("x"), "y z");
  EXPECT_EQ(*value->find("empty"), "");
  EXPECT_EQ(value->find("none"), nullptr);
  for (const std::string_view bad :
       {"a; b", "a; b=", "a; b=\"c", "a; b=c\"d\"", "a; b=1; B=2", "a; =c", "a; b=\"c\"d"})
    EXPECT_FALSE(parse_field_value(bad)) << bad;
}

TEST(Lists, RespectQuotes) {
  EXPECT_EQ(split_list(" a , \"b,c\" ,, d"), (std::vector<std::string_view>{"a", "\"b,c\"", "d"}));
  EXPECT_TRUE(split_list("").empty());
}

}  // namespace
}  // namespace vat::http
