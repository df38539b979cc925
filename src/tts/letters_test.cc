#include "tts/letters.h"

#include <gtest/gtest.h>

namespace vat::tts {
namespace {

std::string notice(std::string_view text, const std::string& language) {
  Letters letters;
  letters.add(text);
  return letters.foreign_to(language).value_or("");
}

TEST(LettersTest, AnotherLanguagesScriptIsNoticed) {
  EXPECT_EQ(notice("مرحبا", "en"),
            "Most letters of the text are Arabic, but its language is \"en\"; tell its own, such as ar.");
  EXPECT_EQ(notice("你好，世界 (hi)", "de-AT"),
            "Most letters of the text are Han, but its language is \"de-AT\"; tell its own, such as zh.");
  EXPECT_NE(notice("こんにちは", "en").find("such as ja"), std::string::npos);
  EXPECT_NE(notice("안녕하세요", "en").find("such as ko"), std::string::npos);
  EXPECT_NE(notice("Привет", "en").find("such as ru"), std::string::npos);
  EXPECT_NE(notice("नमस्ते", "en").find("such as hi"), std::string::npos);
}

TEST(LettersTest, TheLanguagesOwnScriptsAndAFewForeignWordsAreAsTheyShouldBe) {
  for (const auto& [text, language] : {std::pair("Hello 你好 world", "en"),
                                       {"今日はいい天気です", "ja"},
                                       {"カタカナ", "ja"},
                                       {"你好", "zh"},
                                       {"你好", "cmn"},
                                       {"Привет", "uk"},
                                       {"안녕 漢字", "ko"},
                                       {"Zdravo", "sr"},
                                       {"Hello", "ru"},
                                       {"123 %", "en"},
                                       {"", "en"},
                                       {"مرحبا", "fa"},
                                       {"مرحبا", "xx"}})
    EXPECT_EQ(notice(text, language), "") << text << " " << language;
}

}  // namespace
}  // namespace vat::tts
