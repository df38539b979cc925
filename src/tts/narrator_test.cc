#include "tts/narrator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "base/file.h"
#include "tts/espeak_engine.h"
#include "tts/flite_engine.h"
#include "tts/testing/recording_synthesizer.h"
#include "tts/testing/without_space.h"

namespace vat::tts {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::RecordingOptions;
using testing::RecordingSynthesizer;
using ::testing::SizeIs;

std::string all_spoken(const NarrationReport& report) {
  std::string all;
  for (const SpokenText& spoken : report.spoken) all += spoken.text;
  return testing::without_space(all);
}

std::string long_text(int sentences) {
  std::string text;
  for (int i = 0; i < sentences; ++i) {
    text +=
        "This is sentence number " + std::to_string(i) + ", and it says so" + (i % 7 == 0 ? "\n\n" : ". ");
  }
  return text;
}

/// A sink that keeps everything.
struct Ear {
  std::vector<float> sound;
  std::set<int> rates;
  PcmSink sink() {
    return [this](const Pcm& pcm) -> Result<> {
      rates.insert(pcm.sample_rate);
      sound.insert(sound.end(), pcm.samples.begin(), pcm.samples.end());
      return {};
    };
  }
  [[nodiscard]] Millis duration(int rate = testing::kRecordingRate) const {
    return Millis(static_cast<std::int64_t>(sound.size()) * 1000 / rate);
  }
};

NarrationOptions options() {
  NarrationOptions made;
  made.sample_rate = testing::kRecordingRate;
  return made;
}

std::shared_ptr<RecordingSynthesizer> recording(RecordingOptions made = {}) {
  return std::make_shared<RecordingSynthesizer>(std::move(made));
}

std::optional<Error> broken(const std::string& message) {
  return Error(ErrorCode::kNetwork, message).as_retryable();
}

TEST(NarratorTest, FliteSpeaksATextWithPauses) {
  Narrator narrator({.engines = {make_flite()}});
  Ear ear;
  const auto report =
      narrator.narrate("Hello there. How are you?\n\nThis is another paragraph.", {}, ear.sink(), {}, {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->engine, "flite");
  EXPECT_EQ(report->voice, "slt");
  EXPECT_EQ(report->sentences, 3U);
  EXPECT_EQ(report->spoken.at(1).start - report->spoken.at(0).end, Millis(250));
  EXPECT_EQ(report->spoken.at(2).start - report->spoken.at(1).end, Millis(700));
  EXPECT_EQ(report->duration, ear.duration(24'000));
  EXPECT_THAT(ear.rates, ElementsAre(24'000));
}

TEST(NarratorTest, SsmlSetsPausesAndSpeeds) {
  const auto engine = recording();
  Narrator narrator({.engines = {engine}});
  Ear ear;
  const auto report = narrator.narrate(
      "<speak>One.<break time='1s'/>Two three<prosody rate='200%'> four.</prosody> Five.<break "
      "time='2s'/></speak>",
      options(), ear.sink(), {}, {});
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_THAT(report->spoken, SizeIs(4));
  EXPECT_EQ(report->spoken[1].start - report->spoken[0].end, Millis(1000));
  EXPECT_EQ(report->spoken[2].start, report->spoken[1].end) << "within a sentence";
  EXPECT_EQ(report->spoken[3].start - report->spoken[2].end, Millis(250));
  EXPECT_EQ(report->duration - report->spoken[3].end, Millis(2000));
  EXPECT_DOUBLE_EQ(engine->utterances().at(2).speed, 2);
  EXPECT_EQ(all_spoken(*report), "One.Twothreefour.Five.");
  EXPECT_EQ(narrator.narrate("<speak>a", options(), ear.sink(), {}, {}).error().code, ErrorCode::kBadData);
}

TEST(NarratorTest, TheLexiconIsAppliedAndPhonemesGoToThoseWhoTakeThem) {
  NarrationOptions with = options();
  with.lexicon = std::make_shared<Lexicon>(Lexicon::parse("vat = vatt\ntomato = /tɑː/").value());
  const auto plain = recording();
  const auto able = recording({.takes_phonemes = true});
  Ear ear;
  const auto first = Narrator({.engines = {plain}}).narrate("A vat, a tomato.", with, ear.sink(), {}, {});
  ASSERT_TRUE(first);
  EXPECT_EQ(plain->utterances().at(0).text, "A vatt, a tomato.");
  EXPECT_TRUE(plain->utterances().at(0).pronunciations.empty());
  EXPECT_THAT(first->warnings, ElementsAre(HasSubstr("takes no phonemes")));
  const auto second = Narrator({.engines = {able}}).narrate("A vat, a tomato.", with, ear.sink(), {}, {});
  ASSERT_TRUE(second);
  EXPECT_EQ(able->utterances().at(0).text, "A vatt, a tomato.");
  EXPECT_THAT(able->utterances().at(0).pronunciations, ElementsAre(Pronunciation{10, 16, "tɑː"}));
  EXPECT_TRUE(second->warnings.empty());
  EXPECT_EQ(second->spoken.at(0).text, "A vatt, a tomato.");
  const auto timed =
      Narrator({.engines = {able}})
          .narrate_timed({{Millis(0), Millis(9000), "My tomato"}}, Millis(9000), with, ear.sink(), {}, {});
  ASSERT_TRUE(timed);
  EXPECT_THAT(able->utterances().at(1).pronunciations, ElementsAre(Pronunciation{3, 9, "tɑː"}));
  EXPECT_EQ(timed->spoken.at(0).text, "My tomato");
}

TEST(NarratorTest, WhatWasSaidCanBeSaidAgainWithItsPhonemes) {
  const auto able = recording({.takes_phonemes = true});
  Narrator narrator({.engines = {able}});
  Ear ear;
  const std::string again =
      "<speak>Salt &amp; <phoneme alphabet=\"ipa\" ph=\"tɑː\">tomato</phoneme>.</speak>";
  const auto report =
      narrator.narrate("<speak>First. <s>Salt &amp; <phoneme ph='tɑː'>tomato</phoneme>.</s></speak>",
                       options(), ear.sink(), {}, {});
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_THAT(report->spoken, SizeIs(2));
  EXPECT_EQ(report->spoken[0].source, "First.");
  EXPECT_EQ(report->spoken[1].text, "Salt & tomato.");
  EXPECT_EQ(report->spoken[1].source, again);
  ASSERT_TRUE(narrator.narrate(again, options(), ear.sink(), {}, {}));
  EXPECT_EQ(able->utterances().at(2).text, able->utterances().at(1).text);
  EXPECT_EQ(able->utterances().at(2).pronunciations, able->utterances().at(1).pronunciations);
}

TEST(NarratorTest, NothingIsDroppedAndTheOrderIsKept) {
  const auto engine = recording({.max_bytes = 30, .max_parallel = 3});
  Narrator narrator({.engines = {engine}});
  Ear ear;
  const std::string text = long_text(60);
  const auto report = narrator.narrate(text, options(), ear.sink(), {}, {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(all_spoken(*report), testing::without_space(text));
  EXPECT_EQ(report->sentences, 60U);
  EXPECT_EQ(engine->utterances().size(), report->spoken.size());
  EXPECT_LE(engine->max_at_once(), 3);
  Millis last{0};
  for (const SpokenText& spoken : report->spoken) {
    EXPECT_EQ(spoken.source, spoken.text);
    EXPECT_GE(spoken.start, last);
    last = spoken.end;
  }
  EXPECT_EQ(report->duration, ear.duration());
}

TEST(NarratorTest, AnEngineThatAllowsItSpeaksSeveralSentencesAtOnceAfterTheFirst) {
  // Each utterance but the first waits until two are under way, so that one at a time would never end.
  std::mutex mutex;
  std::condition_variable_any changed;
  int arrived = 0;
  RecordingOptions parallel{.max_parallel = 2};
  parallel.before = [&](const Utterance& utterance) -> std::optional<Error> {
    std::unique_lock lock(mutex);
    if (utterance.text.find("Zero") != std::string::npos)
      return arrived == 0 ? std::nullopt : broken("not alone");
    ++arrived;
    changed.notify_all();
    const int pair = (arrived + 1) / 2 * 2;
    if (!changed.wait_for(lock, std::chrono::seconds(30), [&] { return arrived >= pair; }))
      return broken("alone");
    return std::nullopt;
  };
  Narrator narrator({.engines = {recording(parallel)}});
  Ear ear;
  const auto report = narrator.narrate("Zero. One. Two. Three. Four.", options(), ear.sink(), {}, {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(all_spoken(*report), "Zero.One.Two.Three.Four.");
}

TEST(NarratorTest, TheNextEngineSpeaksTheRestWhenOneFails) {
  std::atomic<int> count = 0;
  RecordingOptions failing{.name = "google", .max_bytes = 60, .max_parallel = 2, .sample_rate = 24'000};
  failing.before = [&](const Utterance& utterance) {
    ++count;
    return utterance.text.find("number 10") != std::string::npos ? broken("The line is cut.") : std::nullopt;
  };
  const auto second = recording({.name = "flite", .max_bytes = 25, .sample_rate = 8'000});
  Narrator narrator({.engines = {recording(failing), second}});
  Ear ear;
  const std::string text = long_text(30);
  const auto report = narrator.narrate(text, options(), ear.sink(), {}, {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(all_spoken(*report), testing::without_space(text));
  EXPECT_EQ(report->engine, "google, flite");
  ASSERT_THAT(report->warnings, SizeIs(1));
  EXPECT_THAT(report->warnings[0], HasSubstr("The line is cut."));
  EXPECT_THAT(second->utterances().front().text, HasSubstr("sentence"));
  EXPECT_THAT(ear.rates, ElementsAre(testing::kRecordingRate));
}

TEST(NarratorTest, WhenAllFailTheLastErrorIsGiven) {
  RecordingOptions first{.name = "google"};
  first.before = [](const Utterance&) { return broken("first"); };
  RecordingOptions second{.name = "flite"};
  second.before = [](const Utterance&) { return broken("second"); };
  Narrator narrator({.engines = {recording(first), recording(second)}});
  Ear ear;
  const auto report = narrator.narrate("Hello.", options(), ear.sink(), {}, {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().message, "second");
  EXPECT_THAT(report.error().detail, HasSubstr("first"));
}

TEST(NarratorTest, ASinkThatFailsEndsTheNarration) {
  const auto engine = recording();
  Narrator narrator({.engines = {engine, recording({.name = "flite"})}});
  const auto report =
      narrator.narrate(long_text(50), options(),
                       [](const Pcm&) -> Result<> { return fail(ErrorCode::kDiskFull, "full"); }, {}, {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kDiskFull);
  EXPECT_LT(engine->utterances().size(), 10U);
}

TEST(NarratorTest, AStopEndsTheNarrationAndAsksNoOtherEngine) {
  std::stop_source stop;
  RecordingOptions stopping;
  stopping.before = [&](const Utterance& utterance) -> std::optional<Error> {
    if (utterance.text.find("number 5") != std::string::npos) stop.request_stop();
    return std::nullopt;
  };
  const auto other = recording({.name = "flite"});
  Narrator narrator({.engines = {recording(stopping), other}});
  Ear ear;
  const auto report = narrator.narrate(long_text(50), options(), ear.sink(), {}, stop.get_token());
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kCancelled);
  EXPECT_THAT(other->utterances(), SizeIs(0));
}

TEST(NarratorTest, ProgressRisesToTheEnd) {
  Narrator narrator({.engines = {recording()}});
  Ear ear;
  std::vector<double> fractions;
  ASSERT_TRUE(narrator.narrate(long_text(10), options(), ear.sink(),
                               [&](const Progress& progress) { fractions.push_back(progress.fraction); },
                               {}));
  EXPECT_THAT(fractions, SizeIs(10));
  EXPECT_TRUE(std::is_sorted(fractions.begin(), fractions.end()));
  EXPECT_DOUBLE_EQ(fractions.back(), 1.0);
}

TEST(NarratorTest, TextWithNothingToSayIsAnError) {
  Narrator narrator({.engines = {recording()}});
  for (const char* const text : {"", " \n ", "...", "— …", "$", "♪♪", "→", "|||", "😀\n\n©"}) {
    Ear ear;
    const auto report = narrator.narrate(text, options(), ear.sink(), {}, {});
    ASSERT_FALSE(report) << text;
    EXPECT_EQ(report.error().code, ErrorCode::kBadData) << text;
    EXPECT_EQ(report.error().message, "There are no words to speak.") << text;
    EXPECT_EQ(ear.sound.size(), 0U) << text;
  }
}

TEST(NarratorTest, AnEngineThatFindsNothingToSayIsTheSameError) {
  Narrator narrator({.engines = {recording({.samples_per_byte = 0})}});
  Ear ear;
  const auto report = narrator.narrate("Words. More words.", options(), ear.sink(), {}, {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().message, "There are no words to speak.");
}

TEST(NarratorTest, NoEngineIsGivenMarks) {
  const auto engine = recording();
  Narrator narrator({.engines = {engine}});
  Ear ear;
  const auto report = narrator.narrate("♪♪\n\nHappy birthday 🎂!\n\n☎ → ☎", options(), ear.sink(), {}, {});
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_THAT(engine->utterances(), SizeIs(1));
  EXPECT_EQ(engine->utterances().front().text, "Happy birthday !");
  EXPECT_EQ(report->sentences, 1U);
}

TEST(NarratorTest, WhatWasSpokenBeforeComesFromTheCache) {
  const auto directory = TemporaryDirectory::create().value();
  const auto engine = recording({.max_parallel = 2});
  Narrator narrator({.engines = {engine}, .cache_directory = directory.path()});
  Ear first;
  ASSERT_TRUE(narrator.narrate("One. Two. Three.", options(), first.sink(), {}, {}));
  Ear second;
  const auto report = narrator.narrate("One. Two. Three.", options(), second.sink(), {}, {});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->cache_hits, 3U);
  EXPECT_EQ(engine->utterances().size(), 3U);
  EXPECT_EQ(first.sound, second.sound);
  Ear edited;
  const auto third = narrator.narrate("One. Four. Three.", options(), edited.sink(), {}, {});
  EXPECT_EQ(third->cache_hits, 2U);
  EXPECT_EQ(engine->utterances().size(), 4U);
}

TEST(NarratorTest, AVoiceChoosesItsEngine) {
  const auto first = recording({.name = "google", .voices = {"en-US-A"}});
  const auto second = recording({.name = "flite", .voices = {"slt", "kal"}});
  Narrator narrator({.engines = {first, second}});
  Ear ear;
  NarrationOptions with_voice = options();
  with_voice.voice = "kal";
  const auto report = narrator.narrate("Hi.", with_voice, ear.sink(), {}, {});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->engine, "flite");
  EXPECT_EQ(report->voice, "kal");
  EXPECT_EQ(second->utterances().at(0).voice, "kal");
  with_voice.voice = "kalle";
  EXPECT_EQ(narrator.narrate("Hi.", with_voice, ear.sink(), {}, {}).error().code, ErrorCode::kNotFound);
}

TEST(NarratorTest, SpeedIsPassedOnAndChecked) {
  const auto engine = recording();
  Narrator narrator({.engines = {engine}});
  NarrationOptions fast = options();
  fast.speed = 1.5;
  Ear ear;
  ASSERT_TRUE(narrator.narrate("Hi.", fast, ear.sink(), {}, {}));
  EXPECT_DOUBLE_EQ(engine->utterances().at(0).speed, 1.5);
  for (const double speed : {0.1, 5.0, -1.0, std::nan("")}) {
    fast.speed = speed;
    EXPECT_EQ(narrator.narrate("Hi.", fast, ear.sink(), {}, {}).error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(NarratorTest, NarrationsShareAnEngineWithinItsLimit) {
  const auto engine = recording({.max_parallel = 2});
  Narrator narrator({.engines = {engine}});
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      Ear ear;
      const std::string text = long_text(20);
      const auto report = narrator.narrate(text, options(), ear.sink(), {}, {});
      ASSERT_TRUE(report);
      EXPECT_EQ(all_spoken(*report), testing::without_space(text));
    });
  }
  threads.clear();
  EXPECT_LE(engine->max_at_once(), 2);
}

TEST(NarratorTest, RealEnginesTakeOverFromEachOtherAtOneSampleRate) {
  RecordingOptions failing{.name = "google"};
  failing.before = [](const Utterance&) { return broken("no network"); };
  Narrator narrator({.engines = {recording(failing), make_espeak({}).value(), make_flite()}});
  NarrationOptions german;
  german.language = "de";
  Ear ear;
  const auto report = narrator.narrate("Guten Tag. Wie geht es?", german, ear.sink(), {}, {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->engine, "espeak-ng");
  EXPECT_EQ(report->voice, "de");
  EXPECT_THAT(ear.rates, ElementsAre(24'000));
  EXPECT_GT(ear.duration(24'000), Millis(800));
}

}  // namespace
}  // namespace vat::tts
