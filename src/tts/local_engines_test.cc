// The installed Flite and espeak-ng: real voices, real audio.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <thread>

#include "base/file.h"
#include "tts/espeak_engine.h"
#include "tts/flite_engine.h"
#include "tts/flite_text.h"

namespace vat::tts {
namespace {

struct EngineCase {
  const char* name;
  std::shared_ptr<Synthesizer> (*make)();
};

class LocalEngineTest : public ::testing::TestWithParam<EngineCase> {
 protected:
  Pcm say(const std::string& text, double speed = 1, const std::string& voice = {}) {
    auto pcm = engine_->synthesize({text, "en", voice, speed}, {});
    EXPECT_TRUE(pcm) << pcm.error().message;
    return pcm.value_or(Pcm{});
  }
  std::shared_ptr<Synthesizer> engine_ = GetParam().make();
};

double loudness(const Pcm& pcm) {
  double energy = 0;
  for (const float sample : pcm.samples) energy += sample * sample;
  return std::sqrt(energy / static_cast<double>(std::max<std::size_t>(pcm.samples.size(), 1)));
}

TEST_P(LocalEngineTest, ASentenceIsHeard) {
  const Pcm pcm = say("The quick brown fox jumps over the lazy dog.");
  EXPECT_GT(pcm.duration(), Millis(1000));
  EXPECT_LT(pcm.duration(), Millis(8000));
  EXPECT_GT(loudness(pcm), 0.01);
}

TEST_P(LocalEngineTest, MoreTextTakesLonger) {
  const std::string sentence = "This is a sentence of some length. ";
  EXPECT_GT(say(sentence + sentence + sentence).duration(), say(sentence).duration() * 2);
}

TEST_P(LocalEngineTest, SpeedIsHonouredOverItsWholeRange) {
  const std::string text =
      "The rain in Spain stays mainly in the plain, as every student of phonetics knows.";
  const auto normal = static_cast<double>(say(text).duration().count());
  for (const double speed : {0.25, 0.5, 2.0, 4.0}) {
    const double got = normal / static_cast<double>(say(text, speed).duration().count());
    EXPECT_NEAR(got / speed, 1.0, 0.25) << "speed " << speed;
  }
}

TEST_P(LocalEngineTest, EveryVoiceIsListedWithItsLanguage) {
  const auto voices = engine_->voices({}).value();
  EXPECT_GE(voices.size(), 5U);
  for (const Voice& voice : voices) {
    EXPECT_FALSE(voice.name.empty());
    EXPECT_FALSE(voice.language.empty());
    EXPECT_TRUE(engine_->speaks(voice.language)) << voice.language;
  }
}

TEST_P(LocalEngineTest, AnUnknownVoiceIsNotFound) {
  const auto pcm = engine_->synthesize({"Hello.", "en", "nobody", 1}, {});
  ASSERT_FALSE(pcm);
  EXPECT_EQ(pcm.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(pcm.error().message, ::testing::HasSubstr("nobody"));
}

TEST_P(LocalEngineTest, AStoppedCallerGetsCancelled) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(engine_->synthesize({"Hello.", "en", "", 1}, stop.get_token()).error().code,
            ErrorCode::kCancelled);
}

TEST_P(LocalEngineTest, TextWithNothingToSayMakesNoLoudSound) {
  for (const char* const text : {"", " ", "...", "\xE2\x80\xA6", "-"})
    EXPECT_LT(loudness(say(text)), 0.5) << text;
}

TEST_P(LocalEngineTest, ThreadsGetWhatTheyAskedFor) {
  const Pcm expected_short = say("Yes.");
  const Pcm expected_long = say("No, that is not what I meant.");
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 3; ++round) {
        const Pcm& expected = i % 2 == 0 ? expected_short : expected_long;
        const Pcm got = say(i % 2 == 0 ? "Yes." : "No, that is not what I meant.");
        EXPECT_EQ(got.sample_rate, expected.sample_rate);
        EXPECT_NEAR(to_seconds(got.duration()), to_seconds(expected.duration()), 0.1);
      }
    });
  }
}

INSTANTIATE_TEST_SUITE_P(
    Engines, LocalEngineTest,
    ::testing::Values(EngineCase{"flite", []() -> std::shared_ptr<Synthesizer> { return make_flite(); }},
                      EngineCase{"espeak",
                                 []() -> std::shared_ptr<Synthesizer> { return make_espeak({}).value(); }}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(FliteTest, EveryVoiceSpeaks) {
  const auto flite = make_flite();
  const auto voices = flite->voices({}).value();
  for (const Voice& voice : voices) {
    const auto pcm = flite->synthesize({"Good morning to you all.", "en", voice.name, 1}, {});
    ASSERT_TRUE(pcm) << voice.name;
    EXPECT_GT(loudness(*pcm), 0.01) << voice.name;
  }
}

TEST(FliteTest, SpeaksEnglishOnly) {
  const auto flite = make_flite();
  EXPECT_TRUE(flite->speaks("en"));
  EXPECT_TRUE(flite->speaks("en_GB"));
  EXPECT_FALSE(flite->speaks("de"));
}

TEST(FliteTextTest, WhatIsNotAsciiIsStillSpoken) {
  EXPECT_EQ(to_flite_text("\u201CDon\u2019t\u201D caf\u00E9\u2026"), "\"Don't\" cafe...");
  EXPECT_EQ(to_flite_text("5\u20AC"), "5 euro ");
  EXPECT_THAT(to_flite_text("\u041C\u043E\u0441\u043A\u0432\u0430"), ::testing::StrEq("Moskva"));
  EXPECT_EQ(to_flite_text("20 \u00B0"), "20  degree ");
  EXPECT_EQ(to_flite_text("\U0001F600 \u266A \u00A9\uFFFD"), "  ");
  EXPECT_EQ(to_flite_text(std::string_view("a\0b", 3)), "a b");
}

TEST(EspeakTest, SpeaksTheWorldsLanguages) {
  const auto espeak = make_espeak({}).value();
  EXPECT_GT(espeak->voices({}).value().size(), 100U);
  for (const char* const language : {"de", "fr-CA", "zh", "zh-CN", "hi", "ar", "ja", "pt-BR", "no", "uk"})
    EXPECT_TRUE(espeak->speaks(language)) << language;
  EXPECT_FALSE(espeak->speaks("xx"));
  EXPECT_EQ(espeak->default_voice("pt-BR"), "pt-BR");
  EXPECT_EQ(espeak->default_voice("en-US"), "en-US");
  EXPECT_EQ(espeak->default_voice("de-AT"), "de");
}

TEST(EspeakTest, LanguagesSoundDifferent) {
  const auto espeak = make_espeak({}).value();
  const Pcm german = espeak->synthesize({"Guten Morgen, meine Damen.", "de", "", 1}, {}).value();
  const Pcm english = espeak->synthesize({"Guten Morgen, meine Damen.", "en", "", 1}, {}).value();
  EXPECT_GT(loudness(german), 0.01);
  EXPECT_NE(german.samples.size(), english.samples.size());
}

TEST(EspeakTest, AVariantOfAVoiceIsTakenAndAnUnknownOneRefused) {
  const auto espeak = make_espeak({}).value();
  EXPECT_TRUE(espeak->synthesize({"Hallo.", "de", "de+f3", 1}, {}));
  EXPECT_EQ(espeak->synthesize({"Hallo.", "de", "de+nobody", 1}, {}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(espeak->synthesize({"Hallo.", "de", "de+../../phontab", 1}, {}).error().code,
            ErrorCode::kNotFound);
}

TEST(EspeakTest, IpaIsSaidWithTheVoicesOwnPhonemes) {
  const auto espeak = make_espeak({}).value();
  // In milliseconds; the library's noise differs each time.
  const auto length = [&](const std::string& text, std::vector<Pronunciation> said,
                          const char* language = "en-US") {
    const Pcm pcm = espeak->synthesize({text, language, "", 1, std::move(said)}, {}).value();
    return static_cast<double>(pcm.samples.size()) * 1000 / pcm.sample_rate;
  };
  constexpr double kSame = 10;
  const double cat = length("cat", {});
  EXPECT_NEAR(length("x", {{0, 1, "ˈkæt"}}), length("x", {{0, 1, "kˈæt"}}), kSame);
  EXPECT_GT(length("cat", {{0, 3, "ˈkætəlɒɡɪŋ"}}), cat + 100);
  EXPECT_NEAR(length("Say x, please.", {{4, 5, "123"}}), length("Say x, please.", {}), kSame) << "no sounds";
  EXPECT_NEAR(length("a [[k'&t]] b", {}), length("a [ [k'&t]] b", {}), kSame) << "users write no phonemes";
  EXPECT_GT(length("x", {{0, 1, "ˈʃtʁaːsənbaːnhaltəʃtɛlə"}}, "de"), length("x", {}, "de") + 300);
}

TEST(EspeakTest, MissingDataAreNamed) {
  const auto empty = TemporaryDirectory::create().value();
  const auto espeak = make_espeak({empty.path()});
  ASSERT_FALSE(espeak);
  EXPECT_EQ(espeak.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(espeak.error().message, ::testing::HasSubstr("espeak-ng-data"));
}

}  // namespace
}  // namespace vat::tts
