#include "uploads/file_label.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"

namespace vat::uploads {
namespace {

using std::string_literals::operator""s;

TEST(FileLabel, IsTheLastComponentOfAnyPath) {
  EXPECT_EQ(file_label("talk.mp4"), "talk.mp4");
  EXPECT_EQ(file_label("../../etc/talk.mp4"), "talk.mp4");
  EXPECT_EQ(file_label("C:\\videos\\talk.mp4"), "talk.mp4");
  EXPECT_EQ(file_label("/"), "recording");
  EXPECT_EQ(file_label(".."), "recording");
  EXPECT_EQ(file_label(""), "recording");
}

TEST(FileLabel, HasNoControlCharacters) {
  EXPECT_EQ(file_label("a\0b\r\nc.mp3"s), "a b  c.mp3");
  EXPECT_EQ(file_label("\x01\x02"), "recording");
  EXPECT_EQ(file_label("safe\u202E3pm.exe"), "safe3pm.exe");
  EXPECT_EQ(file_label("a\u0085b"), "ab");
}

TEST(FileLabel, KeepsUnicodeAndMendsWhatIsNone) {
  EXPECT_EQ(file_label("Gespräch über 東京.mp3"), "Gespräch über 東京.mp3");
  EXPECT_EQ(file_label("caf\xE9.mp3"), "caf\uFFFD.mp3");
}

TEST(FileLabel, IsCutBeforeItsEnding) {
  std::string name;
  for (int i = 0; i < 4000; ++i) name += "ü";
  const std::string label = file_label(name + ".mp4");
  EXPECT_EQ(code_points(label), kMaxLabelLength);
  EXPECT_TRUE(label.ends_with("ü.mp4"));
  EXPECT_EQ(code_points(file_label(name)), kMaxLabelLength);
  EXPECT_EQ(code_points(file_label("a." + name)), kMaxLabelLength);
}

TEST(CleanTitle, KeepsSlashes) {
  EXPECT_EQ(clean_title("  Either/or\n"), "Either/or");
  EXPECT_EQ(clean_title("\n"), "");
}

}  // namespace
}  // namespace vat::uploads
