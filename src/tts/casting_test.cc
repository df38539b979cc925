#include "tts/casting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tts/flite_engine.h"

namespace vat::tts {
namespace {

using ::testing::ElementsAre;

/// An engine that only has a list of voices.
class Listed final : public Synthesizer {
 public:
  Listed(std::string name, std::vector<Voice> voices) : name_(std::move(name)), voices_(std::move(voices)) {}
  [[nodiscard]] std::string name() const override { return name_; }
  [[nodiscard]] std::string version() const override { return "1"; }
  [[nodiscard]] std::size_t max_bytes() const override { return 100; }
  [[nodiscard]] int max_parallel() const override { return 1; }
  [[nodiscard]] bool speaks(const std::string& /*language*/) const override { return true; }
  [[nodiscard]] std::string default_voice(const std::string& /*language*/) const override {
    return voices_.front().name;
  }
  [[nodiscard]] Result<std::vector<Voice>> voices(std::stop_token /*stop*/) override { return voices_; }
  [[nodiscard]] Result<Pcm> synthesize(const Utterance& /*utterance*/, std::stop_token /*stop*/) override {
    return fail(ErrorCode::kUnavailable, "It does not speak.");
  }

 private:
  std::string name_;
  std::vector<Voice> voices_;
};

Voice voice(std::string name, double pitch, std::string language = "en-US", double shortcoming = 0) {
  return {std::move(name), std::move(language), "", "", pitch, shortcoming};
}

Engines one_engine(std::vector<Voice> voices) { return {std::make_shared<Listed>("one", std::move(voices))}; }

TEST(CastingTest, EachGetsTheVoiceThatIsNearestInPitch) {
  const Engines engines = one_engine({voice("high", 220), voice("low", 110), voice("middle", 160)});
  EXPECT_THAT(cast_voices(engines, {{.pitch = 105}, {.pitch = 240}}, "en", {}).value(),
              ElementsAre("one:low", "one:high"));
  // Two alike: the nearer one has the first choice.
  EXPECT_THAT(cast_voices(engines, {{.pitch = 120}, {.pitch = 108}}, "en", {}).value(),
              ElementsAre("one:middle", "one:low"));
}

TEST(CastingTest, AChosenVoiceIsTakenAndNobodyElses) {
  const Engines engines = one_engine({voice("high", 220), voice("low", 110), voice("middle", 160)});
  EXPECT_THAT(cast_voices(engines, {{.pitch = 110}, {.pitch = 220, .voice = "LOW"}}, "en", {}).value(),
              ElementsAre("one:middle", "one:low"));
  const auto unknown = cast_voices(engines, {{.pitch = 110, .voice = "nobody"}}, "en", {});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kNotFound);
}

TEST(CastingTest, MoreSpeakersThanVoicesShareThem) {
  const Engines engines = one_engine({voice("high", 220), voice("low", 110)});
  const auto cast =
      cast_voices(engines, {{.pitch = 110}, {.pitch = 230}, {.pitch = 115}, {}}, "en", {}).value();
  EXPECT_THAT(cast, ElementsAre("one:low", "one:high", "one:low", "one:high"));
  EXPECT_EQ(cast_voices(engines, {{.pitch = 110}, {.pitch = 230}, {.pitch = 115}, {}}, "en", {}).value(),
            cast);
}

TEST(CastingTest, OtherLanguagesAreNotSpokenAndOtherRegionsOnlyWhereItMatters) {
  const Engines engines = one_engine(
      {voice("us", 200), voice("us low", 120), voice("german", 100, "de"), voice("british", 115, "en-GB")});
  EXPECT_THAT(cast_voices(engines, {{.pitch = 110}}, "en", {}).value(), ElementsAre("one:us low"));
  EXPECT_THAT(cast_voices(engines, {{.pitch = 110}, {.pitch = 112}, {.pitch = 200}}, "en", {}).value(),
              ElementsAre("one:british", "one:us low", "one:us"));
}

TEST(CastingTest, TheNextEngineHelpsOutUnlessItIsElsewhere) {
  const auto first = std::make_shared<Listed>("first", std::vector{voice("a", 0)});
  const auto service = std::make_shared<Listed>("google", std::vector{voice("b", 110)});
  const auto local = std::make_shared<Listed>("local", std::vector{voice("c", 110)});
  EXPECT_THAT(cast_voices({first, service, local}, {{.pitch = 110}, {.pitch = 200}}, "en", {}).value(),
              ::testing::UnorderedElementsAre("first:a", "local:c"));
}

TEST(CastingTest, AWorseVoiceHasToBeMuchNearer) {
  const Engines engines = one_engine({voice("good", 120), voice("bad", 112, "en-US", 1)});
  EXPECT_THAT(cast_voices(engines, {{.pitch = 110}}, "en", {}).value(), ElementsAre("one:good"));
}

TEST(CastingTest, RealVoicesAreToldApart) {
  const Engines engines{make_flite()};
  EXPECT_THAT(
      cast_voices(engines, {{.pitch = 190}, {.pitch = 100}}, "en", {}).value(),
      ElementsAre("flite:slt", ::testing::AnyOf("flite:rms", "flite:awb", "flite:kal16", "flite:kal")));
}

}  // namespace
}  // namespace vat::tts
