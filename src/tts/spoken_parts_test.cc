// Narrations in several voices.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tts/narrator.h"
#include "tts/testing/recording_synthesizer.h"

namespace vat::tts {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using testing::RecordingSynthesizer;

class SpokenPartsTest : public ::testing::Test {
 protected:
  [[nodiscard]] Result<NarrationReport> tell(const std::vector<SpokenPart>& parts) {
    return narrator_.narrate_parts(parts, options_, {[](const Pcm&) { return Result<>(); }}, {}, {});
  }
  /// Voice and text of all utterances.
  static std::vector<std::pair<std::string, std::string>> said_by(const RecordingSynthesizer& engine) {
    std::vector<std::pair<std::string, std::string>> said;
    for (const Utterance& utterance : engine.utterances()) said.emplace_back(utterance.voice, utterance.text);
    return said;
  }
  [[nodiscard]] std::optional<Error> refuse(const Utterance& utterance) const {
    if (refused_.empty() || utterance.text.find(refused_) == std::string::npos) return std::nullopt;
    return Error(ErrorCode::kUnavailable, "It broke.");
  }

  std::string refused_;  ///< What the first engine does not say.
  std::shared_ptr<RecordingSynthesizer> first_ =
      std::make_shared<RecordingSynthesizer>(testing::RecordingOptions{
          .name = "first", .before = [this](const Utterance& utterance) { return refuse(utterance); }});
  std::shared_ptr<RecordingSynthesizer> second_ =
      std::make_shared<RecordingSynthesizer>(testing::RecordingOptions{.name = "second", .voices = {"carl"}});
  Narrator narrator_{{.engines = {first_, second_}}};
  NarrationOptions options_{.sample_rate = testing::kRecordingRate};
};

TEST_F(SpokenPartsTest, EachPartIsSaidInItsVoiceWhicheverEngineHasIt) {
  const auto report =
      tell({{"Hello there. How are you?", "anna"}, {"Fine.", "second:carl"}, {"Good.", "bob"}, {"Bye.", ""}});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_THAT(said_by(*first_), ElementsAre(Pair("anna", HasSubstr("Hello")), Pair("anna", HasSubstr("How")),
                                            Pair("bob", HasSubstr("Good")), Pair("", HasSubstr("Bye"))));
  EXPECT_THAT(said_by(*second_), ElementsAre(Pair("carl", HasSubstr("Fine"))));
  EXPECT_EQ(report->spoken.at(2).start - report->spoken.at(1).end, options_.paragraph_pause);
  EXPECT_EQ(report->engine, "first, second, first");
}

TEST_F(SpokenPartsTest, AfterAFailureTheNextEngineSaysAllTheRest) {
  refused_ = "Two";
  const auto report = tell({{"One.", "anna"}, {"Two.", "bob"}, {"Three.", "anna"}});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_THAT(said_by(*second_), ElementsAre(Pair("", HasSubstr("Two")), Pair("", HasSubstr("Three"))));
  EXPECT_THAT(report->warnings, ElementsAre(HasSubstr("second speaks the rest")));
}

TEST_F(SpokenPartsTest, AnUnknownVoiceIsAnErrorBeforeAnythingIsSaid) {
  const auto report = tell({{"One.", "anna"}, {"Two.", "dora"}});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(first_->utterances().empty());
}

TEST_F(SpokenPartsTest, MarkupInAPartIsSaidAsItIs) {
  ASSERT_TRUE(tell({{"<speak>One.</speak>", "anna"}}));
  EXPECT_THAT(said_by(*first_).at(0).second, HasSubstr("speak"));
}

TEST_F(SpokenPartsTest, TheVoicesOfSsmlAreFollowed) {
  const auto report = narrator_.narrate(
      "<speak>Hello. <voice name='bob'>Good <prosody rate='150%'>morning.</prosody></voice> Bye."
      "<voice name='carl dora'><p>Never mind.</p></voice></speak>",
      options_, {[](const Pcm&) { return Result<>(); }}, {}, {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_THAT(report->warnings, ::testing::IsEmpty());
  EXPECT_THAT(said_by(*first_), ElementsAre(Pair("", HasSubstr("Hello")), Pair("bob", HasSubstr("Good")),
                                            Pair("bob", HasSubstr("morning")), Pair("", HasSubstr("Bye"))));
  EXPECT_THAT(said_by(*second_), ElementsAre(Pair("carl", HasSubstr("Never mind"))));
}

TEST_F(SpokenPartsTest, CuesAreSaidInTheirVoices) {
  const auto report =
      narrator_.narrate_timed({{Millis(0), Millis(900), "One.", "bob"},
                               {Millis(1000), Millis(1900), "Two.", "carl"},
                               {Millis(2000), Millis(2900), "Three.", ""}},
                              Millis(3000), options_, {[](const Pcm&) { return Result<>(); }}, {}, {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_THAT(report->spoken, ElementsAre(::testing::Field(&SpokenText::engine, "first"),
                                          ::testing::Field(&SpokenText::engine, "second"),
                                          ::testing::Field(&SpokenText::engine, "first")));
  for (const auto& [voice, text] : said_by(*first_)) EXPECT_EQ(voice, text == "One." ? "bob" : "");
}

}  // namespace
}  // namespace vat::tts
