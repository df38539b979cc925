#include "tts/engines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tts/espeak_engine.h"
#include "tts/flite_engine.h"
#include "tts/testing/recording_synthesizer.h"

namespace vat::tts {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::RecordingOptions;
using testing::RecordingSynthesizer;

std::shared_ptr<Synthesizer> engine(std::string name, std::vector<std::string> languages,
                                    std::vector<std::string> voices = {}) {
  RecordingOptions options;
  options.name = std::move(name);
  options.languages = std::move(languages);
  options.voices = std::move(voices);
  return std::make_shared<RecordingSynthesizer>(options);
}

std::shared_ptr<Synthesizer> engine_of_speed(std::string name, std::optional<double> known,
                                             std::optional<double> measured) {
  RecordingOptions options;
  options.name = std::move(name);
  options.speed = known;
  options.measured_speed = measured;
  return std::make_shared<RecordingSynthesizer>(options);
}

std::vector<std::string> names(const Engines& engines) {
  std::vector<std::string> list;
  for (const auto& each : engines) list.push_back(each->name());
  return list;
}

class EngineOrderTest : public ::testing::Test {
 protected:
  std::vector<std::string> order(std::string_view wanted, const std::string& language) {
    return names(order_engines(all_, wanted, language).value());
  }
  Engines all_ = {engine("espeak-ng", {"en", "de", "cy"}), engine("flite", {"en"}),
                  engine("openai", {"en", "de"}), engine("google", {"en", "de"})};
};

TEST_F(EngineOrderTest, TheBestConfiguredOneThatSpeaksTheLanguageComesFirst) {
  EXPECT_THAT(order("", "en"), ElementsAre("google", "openai", "flite", "espeak-ng"));
  EXPECT_THAT(order("auto", "de"), ElementsAre("google", "openai", "espeak-ng"));
  EXPECT_THAT(order("", "cy"), ElementsAre("espeak-ng"));
}

TEST_F(EngineOrderTest, AnExplicitChoiceSendsTextToNoOtherService) {
  EXPECT_THAT(order("openai", "en"), ElementsAre("openai", "flite", "espeak-ng"));
  EXPECT_THAT(order("espeak-ng", "en"), ElementsAre("espeak-ng", "flite"));
}

TEST_F(EngineOrderTest, WhatCannotBeServedIsSaid) {
  EXPECT_EQ(order_engines(all_, "festival", "en").error().code, ErrorCode::kNotFound);
  EXPECT_THAT(order_engines(all_, "festival", "en").error().message, HasSubstr("flite"));
  EXPECT_EQ(order_engines(all_, "flite", "de").error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(order_engines(all_, "", "xx").error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(order_engines({}, "", "en").error().code, ErrorCode::kUnavailable);
}

TEST(EngineSpeedTest, ASlowKokoroLeavesTheAutomaticChoiceToPiper) {
  for (const auto& [speed, first] : {std::pair{1.9, "piper"}, {2.0, "kokoro"}}) {
    const Engines all = {engine("flite", {"en"}), engine_of_speed("kokoro", {}, speed),
                         engine("piper", {"en"})};
    EXPECT_EQ(order_engines(all, "auto", "en").value().front()->name(), "kokoro") << "not known yet";
    measure_engines(all, "kokoro", "en", {});
    EXPECT_FALSE(all[1]->speed()) << "nobody needs to know";
    measure_engines(all, "auto", "en", {});
    const Engines ordered = order_engines(all, "auto", "en").value();
    EXPECT_EQ(ordered.front()->name(), first);
    EXPECT_EQ(ordered.back()->name(), "flite");
    EXPECT_EQ(order_engines(all, "kokoro", "en").value().front()->name(), "kokoro");
    EXPECT_THAT(reason_of_order(ordered),
                HasSubstr(speed < 2 ? "kokoro makes only 1.9 seconds" : "2.0 seconds"));
  }
}

TEST(EngineSpeedTest, IsOnlyMeasuredWherePiperCouldSpeak) {
  const Engines alone = {engine_of_speed("kokoro", {}, 1), engine("flite", {"en"})};
  measure_engines(alone, "", "en", {});
  EXPECT_FALSE(alone[0]->speed());
  const Engines slow = {engine_of_speed("kokoro", 0.5, {}), engine("flite", {"en"})};
  EXPECT_EQ(order_engines(slow, "", "en").value().front()->name(), "kokoro") << "better slow than robotic";
  const Engines broken = {engine_of_speed("kokoro", {}, {}), engine("piper", {"en"})};
  measure_engines(broken, "", "en", {});
  EXPECT_EQ(order_engines(broken, "", "en").value().front()->name(), "kokoro");
}

class VoiceTest : public ::testing::Test {
 protected:
  Engines engines_ = {make_flite(), make_espeak({}).value(), engine("openai", {"en"})};
};

TEST_F(VoiceTest, ANameIsFoundWithAndWithoutItsEngine) {
  const std::vector<std::tuple<std::string, std::size_t, std::string>> cases = {
      {"", 0, ""},
      {"slt", 0, "slt"},
      {"FLITE:RMS", 0, "rms"},
      {"espeak-ng:de", 1, "de"},
      {"de", 1, "de"},
      {"en-us", 1, "en-US"},
      {"espeak-ng", 1, ""},
      {"espeak-ng:de+f3", 1, "de+f3"},
      {"openai:af_sky", 2, "af_sky"}};
  for (const auto& [name, index, voice] : cases) {
    const auto resolved = resolve_voice(engines_, name, {});
    ASSERT_TRUE(resolved) << name << ": " << resolved.error().message;
    EXPECT_EQ(resolved->engine, index) << name;
    EXPECT_EQ(resolved->voice, voice) << name;
  }
}

TEST_F(VoiceTest, AnUnknownVoiceIsAnsweredWithItsNeighbours) {
  const auto error = resolve_voice(engines_, "slz", {}).error();
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_THAT(error.message, HasSubstr("flite:slt"));
  EXPECT_THAT(resolve_voice(engines_, "flite:kall", {}).error().message, HasSubstr("flite:kal"));
  EXPECT_THAT(resolve_voice(engines_, "festival:x", {}).error().message, HasSubstr("festival"));
}

}  // namespace
}  // namespace vat::tts
