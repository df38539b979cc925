#include "base/ascii.h"

#include <gtest/gtest.h>

namespace vat {
namespace {

TEST(AsciiTest, DigitsAndLettersAreThoseOfAscii) {
  EXPECT_TRUE(all_digits("0123456789"));
  for (const char* other : {"", "-1", "1 ", "1.0", "\xd9\xa1", "0x1"})
    EXPECT_FALSE(all_digits(other)) << other;
  for (const char c : std::string("azAZ09")) EXPECT_TRUE(is_alphanumeric(c)) << c;
  for (const char c : std::string("@[`{/: \xe4\xff")) EXPECT_FALSE(is_alphanumeric(c)) << c;
}

TEST(AsciiTest, ControlAndGraphicCharactersExcludeEachOtherAndTheSpace) {
  for (int byte = -128; byte < 128; ++byte) {
    const char c = static_cast<char>(byte);
    EXPECT_FALSE(is_control(c) && is_graphic(c)) << byte;
    EXPECT_EQ(byte >= 0 && c != ' ', is_control(c) || is_graphic(c)) << byte;
  }
}

TEST(AsciiTest, CaseIsThatOfAscii) {
  EXPECT_EQ(to_lower("Content-TYPE \xc3\x84"), "content-type \xc3\x84");
  EXPECT_EQ(to_upper("max_bytes \xc3\xa4"), "MAX_BYTES \xc3\xa4");
  EXPECT_TRUE(equals_ignoring_case("GZip", "gzIP"));
  EXPECT_FALSE(equals_ignoring_case("gzip", "gzip2"));
  EXPECT_FALSE(equals_ignoring_case("\xc3\x84", "\xc3\xa4"));
  EXPECT_FALSE(equals_ignoring_case("@", "`"));
}

}  // namespace
}  // namespace vat
