#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tts/pronounced_text.h"
#include "tts/script.h"
#include "tts/speech_text.h"

namespace vat::tts {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Script script(const std::string& inner, const std::string& language = "en") {
  auto made = make_script("<speak>" + inner + "</speak>", {}, language);
  EXPECT_TRUE(made) << inner << ": " << made.error().message;
  return made ? *made : Script();
}

/// "text*rate|pause" of each passage, its end as "" , "." or "¶".
std::vector<std::string> passages(const Script& script) {
  std::vector<std::string> list;
  for (const Passage& passage : script.passages) {
    PronouncedText read = read_pronounced(passage.text, script.ipa);
    for (auto one = read.pronunciations.rbegin(); one != read.pronunciations.rend(); ++one)
      read.text.insert(one->end, "{" + one->ipa + "}");
    std::string text = read.text;
    if (passage.rate != 1) text += "*" + std::to_string(passage.rate).substr(0, 4);
    if (passage.pause) text += "|" + std::to_string(passage.pause->count());
    list.push_back(text + (passage.end == PassageEnd::kParagraph  ? "¶"
                           : passage.end == PassageEnd::kSentence ? "."
                                                                  : ""));
  }
  return list;
}
std::vector<std::string> passages(const std::string& inner) { return passages(script(inner)); }

TEST(SsmlTest, IsNoticedByItsBeginning) {
  for (const char* const text :
       {"<speak>a</speak>", "\xEF\xBB\xBF <speak\nversion='1.1'>", "<?xml version='1.0'?>\n<speak/>"})
    EXPECT_TRUE(is_ssml(text)) << text;
  for (const char* const text : {"speak", "<speaker>", "a <speak>", "<speak", "", "<?xml"})
    EXPECT_FALSE(is_ssml(text)) << text;
  EXPECT_EQ(make_script("1 < 2 & <b>", {}, "en")->passages.at(0).text, "1 < 2 & <b>");
}

TEST(SsmlTest, ParagraphsAndSentencesAreStructure) {
  EXPECT_THAT(passages("One\n\n line. <p><s>Two</s><s>Three</s></p><p>Four</p>"),
              ElementsAre("One line. .", "Two.", "Three¶", "Four¶"));
}

TEST(SsmlTest, BreaksPauseBehindWhatWasSaid) {
  EXPECT_THAT(passages("a<break time='500ms'/>b<break time=\"1.5s\"/><break strength='weak'/>c<break/>"),
              ElementsAre("a|500", "b|1700", "c|400¶"));
  EXPECT_THAT(passages("<break time='2s'/>a"), ElementsAre("|2000", "a¶"));
  EXPECT_THAT(passages("a<break time='90000s'/>b"), ElementsAre("a|60000", "b¶"));
  const auto cut = make_script("<speak>a<break time='40s'/><break time='21s'/>b</speak>", {}, "en").value();
  EXPECT_THAT(cut.warnings, ElementsAre(HasSubstr("longer than a minute")));
  const Script wrong = script("a<break time='soon'/>b");
  EXPECT_THAT(passages(wrong), ElementsAre("a|400", "b¶"));
  EXPECT_THAT(wrong.warnings, ElementsAre(HasSubstr("<break>")));
}

TEST(SsmlTest, ProsodyRatesMultiply) {
  EXPECT_THAT(passages("a<prosody rate='fast'>b<prosody rate='200%'>c</prosody>d</prosody>e"),
              ElementsAre("a", "b*1.25", "c*2.50", "d*1.25", "e¶"));
  EXPECT_THAT(
      passages(
          "<prosody rate='+20%'>b</prosody><prosody rate='-50%'>c</prosody><prosody rate='1.5'>d</prosody>"),
      ElementsAre("b*1.20", "c*0.50", "d*1.50¶"));
  const Script wrong = script("<prosody rate='9 ells' pitch='high'>b</prosody>");
  EXPECT_THAT(passages(wrong), ElementsAre("b¶"));
  EXPECT_THAT(wrong.warnings, SizeIs(2));
}

TEST(SsmlTest, SubPhonemeAndSayAsReplaceTheirWords) {
  EXPECT_THAT(passages("The <sub alias='World Wide Web Consortium'>W3C</sub> likes "
                       "<phoneme alphabet='ipa' ph='təˈmɑːtoʊ'>tomato</phoneme>, <phoneme ph='vat'/>."),
              ElementsAre("The World Wide Web Consortium likes tomato{təˈmɑːtoʊ}, vat{vat}.¶"));
  EXPECT_THAT(
      passages(
          "<say-as interpret-as='characters'>vat2</say-as> <say-as interpret-as='cardinal'>1,205</say-as> "
          "<say-as interpret-as='ordinal'>3</say-as> <say-as interpret-as='telephone'>+49 30</say-as> "
          "<say-as interpret-as='date' format='dmy'>3/4/2026</say-as>"),
      ElementsAre("V, A, T, 2 one thousand two hundred five third + four nine, three zero 2026-04-03¶"));
  EXPECT_THAT(
      passages(script("<say-as interpret-as='ordinal'>3</say-as> <say-as interpret-as='digits'>12</say-as>",
                      "de")),
      ElementsAre("dritte eins zwei¶"));
  const Script wrong =
      script("<say-as interpret-as='song'>la</say-as><phoneme alphabet='x-sampa' ph='l{'>lah</phoneme>");
  EXPECT_THAT(passages(wrong), ElementsAre("lalah¶"));
  EXPECT_THAT(wrong.warnings, SizeIs(2));
}

TEST(SsmlTest, WhatIsUnknownIsSpokenAndSaid) {
  const Script made = script(
      "<emphasis>a</emphasis> <audio src='x'>b</audio> <emphasis>c</emphasis><sub alias='d'><w>x</w></sub>");
  EXPECT_THAT(passages(made), ElementsAre("a b cd¶"));
  EXPECT_THAT(made.warnings, ElementsAre(HasSubstr("<emphasis>"), HasSubstr("<audio>"), HasSubstr("<w>")));
}

TEST(SsmlTest, TheLexiconKnowsTheTextButNotWhatIsGiven) {
  const Lexicon lexicon = Lexicon::parse("vat = vatt\nw3c = no").value();
  const Script made =
      make_script("<speak>vat <sub alias='w3c'>x</sub> <phoneme ph='v'>vat</phoneme> W3C</speak>", lexicon,
                  "en")
          .value();
  EXPECT_THAT(passages(made), ElementsAre("vatt w3c vat{v} no¶"));
}

TEST(SsmlTest, WhatIsNoXmlIsNamedByLineAndColumn) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"<speak>\n  <p>a</s></speak>", "line 2, column 9: mismatched tag"},
      {"<speak>a & b</speak>", "line 1, column 11"},
      {"<speak>a", "no element found"},
      {"<speak>&name;</speak>", "undefined entity"},
      {"<speak/><speak/>", "junk after document element"},
      {"<speak>\xFF</speak>", "not well-formed"}};
  for (const auto& [text, message] : cases) {
    const auto made = make_script(text, {}, "en");
    ASSERT_FALSE(made) << text;
    EXPECT_EQ(made.error().code, ErrorCode::kBadData);
    EXPECT_THAT(made.error().message, HasSubstr(message));
  }
}

TEST(SsmlTest, HostileXmlIsRefused) {
  const std::string bomb =
      "<?xml version='1.0'?><!DOCTYPE speak [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b "
      "'&a;&a;&a;'>]><speak>&b;</speak>";
  EXPECT_FALSE(is_ssml(bomb)) << "it is read as it is written";
  const auto refused = read_ssml(bomb, {}, "en");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("document type is not allowed"));
  std::string deep = "<speak>";
  for (int i = 0; i < 100'000; ++i) deep += "<p>";
  EXPECT_THAT(make_script(deep, {}, "en").error().message, HasSubstr("nested too deep"));
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "<x" + std::to_string(i) + "/>";
  EXPECT_THAT(script("a" + many).warnings, SizeIs(10));
}

TEST(SsmlTest, TheWordsAreToldBeforeAnythingIsSpoken) {
  EXPECT_EQ(read_speech_text("<speak>One <sub alias='two'>2</sub>.<p>Three.</p></speak>", "en")->words,
            "One two. Three.");
  EXPECT_EQ(read_speech_text("<speak><break/></speak>", "en")->words, "");
  EXPECT_EQ(read_speech_text("a < b", "en")->words, "a < b");
  EXPECT_THAT(read_speech_text("a", "en")->warnings, IsEmpty());
}

}  // namespace
}  // namespace vat::tts
