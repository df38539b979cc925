#include "base/encoding.h"

#include <gtest/gtest.h>

#include <string>

namespace vat {
namespace {

std::string utf16(std::u16string_view text, bool big) {
  std::string bytes;
  for (const char16_t unit : text) {
    const auto low = static_cast<char>(unit & 0xFF);
    const auto high = static_cast<char>(unit >> 8);
    bytes += big ? high : low;
    bytes += big ? low : high;
  }
  return bytes;
}

TEST(EncodingTest, Utf8StaysAndWindows1252BecomesIt) {
  EXPECT_EQ(decode_text("Café déjà vu"), "Café déjà vu");
  EXPECT_EQ(decode_text("\xEF\xBB\xBF"
                        "a"),
            "a");
  EXPECT_EQ(decode_text("Caf\xE9 d\xE9j\xE0 vu \x93smart\x94 \x80 5"), "Café déjà vu “smart” € 5");
  EXPECT_EQ(decode_text(""), "");
}

TEST(EncodingTest, TextThatIsMostlyUtf8StaysIt) {
  EXPECT_EQ(decode_text("schöne \xFF Grüße"), "schöne \uFFFD Grüße");
}

TEST(EncodingTest, Utf16IsReadWithItsMarkAndWithout) {
  const std::u16string_view text = u"Grüße, 世界!\r\n";
  for (const bool big : {false, true}) {
    EXPECT_EQ(decode_text((big ? "\xFE\xFF" : "\xFF\xFE") + utf16(text, big)), "Grüße, 世界!\r\n");
    EXPECT_EQ(decode_text(utf16(text, big)), "Grüße, 世界!\r\n");
    EXPECT_EQ(decode_text(utf16(u"Да. Нет.\n", big)), "Да. Нет.\n");
  }
}

TEST(EncodingTest, Utf32IsReadWithItsMark) {
  EXPECT_EQ(decode_text(std::string("\xFF\xFE\0\0a\0\0\0", 8)), "a");
  EXPECT_EQ(decode_text(std::string("\0\0\xFE\xFF\0\0\0a", 8)), "a");
}

TEST(EncodingTest, TextIsToldFromOtherBytes) {
  for (const std::string& text : {std::string("a"), std::string("\xE9"), utf16(u"Hi there", false)})
    EXPECT_TRUE(is_text(text));
  EXPECT_FALSE(is_text(std::string("RIFF\0\0\0\0WAVE", 12)));
}

TEST(EncodingTest, BytesThatAreNoTextKeepTheirZerosVisible) {
  EXPECT_EQ(decode_text(std::string("a\0b", 3)), "a\uFFFDb");
  EXPECT_NE(decode_text(std::string("\x7F"
                                    "ELF\2\1\0\0\0\0",
                                    10))
                .find("\uFFFD"),
            std::string::npos);
}

}  // namespace
}  // namespace vat
