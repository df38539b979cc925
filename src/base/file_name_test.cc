#include "base/file_name.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace vat {
namespace {

TEST(FileNameTest, TheLastComponentOfAnyPathIsTheName) {
  EXPECT_EQ(last_path_component("talk.mp4"), "talk.mp4");
  EXPECT_EQ(last_path_component("../../etc/talk.mp4"), "talk.mp4");
  EXPECT_EQ(last_path_component("C:\\films\\talk.mp4"), "talk.mp4");
  EXPECT_EQ(last_path_component("films/"), "");
}

TEST(FileNameTest, NothingIsHidden) {
  EXPECT_EQ(visible_name("safe\u202E3pm.exe"), "safe3pm.exe");
  for (const char* hidden : {"\u0085", "\u00AD", "\u061C", "\u200B", "\u200E", "\u2028", "\u2029", "\u2060",
                             "\u2066", "\u206F", "\uFEFF", "\U000E0041"})
    EXPECT_EQ(visible_name(std::string("a") + hidden + "b"), "ab");
  EXPECT_EQ(visible_name(" \u202E \n"), "");
}

TEST(FileNameTest, WhatIsSeenStays) {
  for (const char* seen :
       {"Gespräch über 東京", "نمی\u200Cخواهم", "👩\u200D🚀", "❤\uFE0F", "e\u0301", "\u0600", "a\u00A0b"})
    EXPECT_EQ(visible_name(seen), seen);
  EXPECT_EQ(visible_name("caf\xE9"), "caf\uFFFD");
}

TEST(FileNameTest, ControlCharactersLeaveAGapOrNone) {
  EXPECT_EQ(visible_name(std::string_view("a\0b\r\nc\n", 7)), "a b  c");
  EXPECT_EQ(visible_name(std::string_view("a\0b\r\nc\n", 7), ""), "abc");
}

TEST(FileNameTest, AnyFileSystemTakesAPortableName) {
  EXPECT_EQ(portable_file_name("..a:b*c?.", 99), "a_b_c_");
  EXPECT_EQ(portable_file_name("../x", 99), "_x");
  EXPECT_EQ(portable_file_name("CON \t. ", 99), "CON");
  EXPECT_EQ(portable_file_name(" . ", 99), "");
  EXPECT_EQ(portable_file_name("\u8a9e\u8a9e", 5), "\u8a9e");
}

TEST(FileNameTest, ANameIsShortenedToWhatFileSystemsTake) {
  EXPECT_EQ(fitted_file_name("talk", ".txt"), "talk.txt");
  EXPECT_EQ(fitted_file_name(std::string(251, 'n'), ".txt"), std::string(251, 'n') + ".txt");
  const std::string shortened = fitted_file_name(std::string(252, 'n'), ".txt");
  EXPECT_EQ(shortened.size(), kMaxFileNameBytes);
  EXPECT_TRUE(shortened.starts_with("nnn") && shortened.ends_with(".txt")) << shortened;
  std::string wide;
  for (int i = 0; i < 100; ++i) wide += "語";
  for (const std::string suffix : {".txt", ".json", ".speech.mp3"}) {
    const std::string name = fitted_file_name(wide, suffix);
    EXPECT_LE(name.size(), kMaxFileNameBytes);
    EXPECT_TRUE(is_utf8(name)) << name;
    EXPECT_TRUE(name.ends_with(suffix)) << name;
    EXPECT_EQ(name, fitted_file_name(wide, suffix));
    EXPECT_NE(name, fitted_file_name(wide + "a", suffix));
  }
}

}  // namespace
}  // namespace vat
