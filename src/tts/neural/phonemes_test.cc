#include "tts/neural/phonemes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tts/espeak_library.h"

namespace vat::tts {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class PhonemesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!EspeakLibrary::instance().open({})) GTEST_SKIP() << "espeak-ng-data is not installed";
  }
  [[nodiscard]] static std::string said(const std::string& text, const std::string& voice = "en-us",
                                        PhonemeStyle style = PhonemeStyle::kPiper) {
    return phonemes_of(text, voice, style).value();
  }
  [[nodiscard]] static std::size_t count(const std::string& text, char mark) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), mark));
  }
};

TEST_F(PhonemesTest, MarksOfTheTextStay) {
  const std::string phonemes = said("Yes, no; maybe: what? Never!");
  EXPECT_THAT(phonemes, StartsWith("jˈɛs, nˈoʊ; "));
  EXPECT_THAT(phonemes, AllOf(HasSubstr(": "), HasSubstr("? "), EndsWith("!")));
  EXPECT_THAT(said("He (of all people) left."), AllOf(HasSubstr(" ("), HasSubstr(") ")));
  EXPECT_THAT(said("a dog - again"), HasSubstr("— "));
}

TEST_F(PhonemesTest, AFullStopOfAnAbbreviationOrANumberIsNoMark) {
  const std::string phonemes = said("Dr. Smith has 3.5 or 1,000 at 10:30 from e.g. Bonn.");
  EXPECT_EQ(count(phonemes, '.'), 1U) << phonemes;
  EXPECT_EQ(count(phonemes, ','), 0U) << phonemes;
  EXPECT_EQ(count(phonemes, ':'), 0U) << phonemes;
  EXPECT_THAT(phonemes, StartsWith("dˈɑːktɚ")) << "eSpeak reads the abbreviation";
}

TEST_F(PhonemesTest, KokoroHasLettersOfItsOwn) {
  const std::string american = said("Judge my house, boy.", "en-us", PhonemeStyle::kKokoroAmerican);
  EXPECT_THAT(american, AllOf(HasSubstr("ʤ"), HasSubstr("hˈWs"), HasSubstr("bˈY"), HasSubstr("mI")));
  EXPECT_THAT(american, AllOf(Not(HasSubstr("^")), Not(HasSubstr("ː")), Not(HasSubstr("dʒ"))));
  EXPECT_THAT(said("Go.", "en-gb", PhonemeStyle::kKokoroBritish), HasSubstr("Q"));
  EXPECT_THAT(said("Hace mucho.", "es", PhonemeStyle::kKokoroOther), HasSubstr("ʧ"));
}

TEST_F(PhonemesTest, KokoroStressesASyllableOfEachLongerWord) {
  const std::string american =
      said("It fell before the rain, about noon.", "en-us", PhonemeStyle::kKokoroAmerican);
  EXPECT_THAT(american, AllOf(HasSubstr("fˈɔɹ"), HasSubstr("bˈWt")));
  EXPECT_THAT(said("It fell before the rain."), HasSubstr("fˌ")) << "eSpeak does not";
  EXPECT_THAT(said("Is that so?", "en-us", PhonemeStyle::kKokoroAmerican), Not(HasSubstr("ðˈæt")))
      << "one syllable";
}

TEST_F(PhonemesTest, NotesAboutTheLanguageAreNotSymbols) {
  EXPECT_THAT(said("Das ist ein Meeting im Office.", "de"), Not(HasSubstr("(")));
}

TEST_F(PhonemesTest, PronunciationsStandBetweenTheWords) {
  const Utterance utterance{"Say tomato, at 10:30.", "en", "", 1, {{4, 10, "t͡əˈmɑːtoʊ.dʒ"}}};
  const std::string piper = phonemes_of(utterance, "en", "en-us", PhonemeStyle::kPiper).value();
  EXPECT_THAT(piper, StartsWith("sˈeɪ təˈmɑːtoʊdʒ, "));
  EXPECT_THAT(piper, HasSubstr("θˈɜː")) << "the rest is written out";
  EXPECT_THAT(phonemes_of(utterance, "en", "en-us", PhonemeStyle::kKokoroAmerican).value(),
              StartsWith("sˈA təˈmɑtOʤ, "));
  const Utterance alone{"x", "en", "", 1, {{0, 1, "ˈvæt"}}};
  EXPECT_EQ(phonemes_of(alone, "en", "en-us", PhonemeStyle::kPiper).value(), "ˈvæt");
}

TEST_F(PhonemesTest, AnUnknownVoiceIsAnError) {
  EXPECT_EQ(phonemes_of("a", "no-such-voice", PhonemeStyle::kPiper).error().code, ErrorCode::kNotFound);
}

TEST(SymbolRuns, FitTheModelAndDropNothing) {
  SymbolIds known;
  for (const char32_t symbol : std::u32string(U"abc ,.")) known[symbol] = {1};
  std::string text;
  for (int i = 0; i < 40; ++i) text += i % 7 == 6 ? "abc abc, " : "abcabc abc ";
  std::u32string joined;
  for (const std::u32string& run : symbol_runs(text, known, 50)) {
    EXPECT_LE(run.size(), 50U);
    joined += run;
  }
  EXPECT_EQ(joined, std::u32string(text.begin(), text.end()));
}

TEST(SymbolRuns, AreCutAtMarks) {
  SymbolIds known;
  for (const char32_t symbol : std::u32string(U"ab ,")) known[symbol] = {1};
  const auto runs = symbol_runs("aa aa aa, bb bb", known, 12);
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0], U"aa aa aa,");
}

TEST(SymbolRuns, UnknownSymbolsAndMarksAloneSayNothing) {
  const SymbolIds known{{U'a', {1}}, {U'.', {2}}};
  EXPECT_EQ(symbol_runs("xay", known, 10), std::vector{std::u32string(U"a")});
  EXPECT_TRUE(symbol_runs("...", known, 10).empty());
}

}  // namespace
}  // namespace vat::tts
