#include "tts/lexicon.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tts/pronounced_text.h"

namespace vat::tts {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// The text as the lexicon has it said, with IPA as "word{ipa}".
std::string said(const std::string& lexicon, const std::string& text) {
  std::vector<std::string> ipa;
  const std::string marked = Lexicon::parse(lexicon).value().apply(text, ipa);
  PronouncedText read = read_pronounced(marked, ipa);
  for (auto one = read.pronunciations.rbegin(); one != read.pronunciations.rend(); ++one)
    read.text.insert(one->end, "{" + one->ipa + "}");
  return read.text;
}

TEST(LexiconTest, WholeWordsAreRespelledInAnyCase) {
  const std::string lexicon = "# names\n\nvat = vatt\nnginx = engine x\n";
  EXPECT_EQ(said(lexicon, "Vat, VAT and vat's private vats run nginx."),
            "vatt, vatt and vat's private vats run engine x.");
}

TEST(LexiconTest, AWordWithACapitalIsFoundOnlyAsItIsWritten) {
  EXPECT_EQ(said("Reading = Redding\nUS = you ess", "Reading in reading; US, us."),
            "Redding in reading; you ess, us.");
  EXPECT_EQ(said("Polish = Poles\npolish = rub", "Polish, polish, POLISH"), "Poles, rub, rub");
}

TEST(LexiconTest, CasesAreUnicodesAndFormsOfLettersDoNotMatter) {
  EXPECT_EQ(said("straße = strasse\nélan = eh lan", "STRASSE Straße \u00C9LAN E\u0301lan"),
            "STRASSE strasse eh lan eh lan");
  EXPECT_EQ(said("дом = дум", "ДОМ дома"), "дум дома");
}

TEST(LexiconTest, IpaStaysWithItsWord) {
  EXPECT_EQ(said("tomato = /təˈmɑːtoʊ/\nroute=[ ɹuːt ]", "A tomato, a Route."),
            "A tomato{təˈmɑːtoʊ}, a Route{ɹuːt}.");
}

TEST(LexiconTest, TheLongestOfSeveralWordsCounts) {
  const std::string lexicon = "new york = big apple\nyork = yorick\nc++ = see plus plus\na/b = ay bee";
  EXPECT_EQ(said(lexicon, "New  York, York\nand C++ with a/b."),
            "big apple, yorick\nand see plus plus with ay bee.");
}

TEST(LexiconTest, TheLastLineOfAWordCountsAndEmptyOnesNot) {
  const Lexicon lexicon = Lexicon::parse(
                              "\xEF\xBB\xBF"
                              "a = one\r\n  A = two\r\na = three")
                              .value();
  EXPECT_EQ(lexicon.size(), 2U);
  std::vector<std::string> ipa;
  EXPECT_EQ(lexicon.apply("a A", ipa), "three two");
  EXPECT_TRUE(Lexicon::parse("").value().empty());
}

TEST(LexiconTest, ALineThatIsNoneIsNamed) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"a = b\nword", "Line 2 of the lexicon has no \"=\""},
      {"a = /b", "Line 1 of the lexicon does not close the \"/\""},
      {" = b", "no word before"},
      {"a =", "does not say how"},
      {"a = /1!/", "not IPA"},
      {"a = //", "not IPA"},
      {"a = ...", "nothing to say"},
      {std::string(200, 'a') + " = b", "longer than a word"}};
  for (const auto& [text, message] : cases) {
    const auto parsed = Lexicon::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_THAT(parsed.error().message, HasSubstr(message));
  }
  EXPECT_EQ(Lexicon::parse("a = \xFF").error().code, ErrorCode::kBadData);
}

TEST(LexiconTest, HasLimits) {
  std::string words;
  for (std::size_t i = 0; i < kMaxLexiconWords; ++i) words += "w" + std::to_string(i) + " = x\n";
  EXPECT_TRUE(Lexicon::parse(words));
  EXPECT_EQ(Lexicon::parse(words + "one = more").error().code, ErrorCode::kLimit);
  EXPECT_EQ(Lexicon::parse(std::string(kMaxLexiconBytes + 1, '\n')).error().code, ErrorCode::kLimit);
}

TEST(PronouncedText, MarksThatAreCutLeaveTheWords) {
  std::vector<std::string> ipa;
  std::string text = "say ";
  append_pronounced(text, "two words", "tuː", ipa);
  text += ".";
  const PronouncedText whole = read_pronounced(text, ipa);
  EXPECT_EQ(whole.text, "say two words.");
  EXPECT_THAT(whole.pronunciations, ElementsAre(Pronunciation{4, 13, "tuː"}));
  const std::size_t space = text.find(" words");
  EXPECT_EQ(read_pronounced(text.substr(0, space), ipa).text, "say two");
  EXPECT_EQ(read_pronounced(text.substr(space), ipa).text, " words.");
  EXPECT_THAT(read_pronounced(text.substr(space), ipa).pronunciations, IsEmpty());
  EXPECT_THAT(read_pronounced(text, {}).pronunciations, IsEmpty()) << "a number without phonemes";
  EXPECT_EQ(without_pronunciation_marks(text), "say two words.") << "and no user writes marks";
}

TEST(PronouncedText, PlacesStayRightWhereMarksAreTakenOut) {
  const Utterance clean = without_marks(Utterance{" \U0001F600 ♪ hi vat ♪ ", "en", "", 1, {{13, 16, "x"}}});
  ASSERT_EQ(clean.pronunciations.size(), 1U);
  const auto [begin, end, ipa] = clean.pronunciations[0];
  EXPECT_EQ(clean.text.substr(begin, end - begin), "vat") << clean.text << begin;
}

}  // namespace
}  // namespace vat::tts
