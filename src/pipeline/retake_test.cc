// One sentence of a speech again, with Flite's real voices.
#include "pipeline/retake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/file.h"
#include "media/audio_reader.h"
#include "tts/flite_engine.h"

namespace vat::pipeline {
namespace {

using ::testing::SizeIs;

constexpr const char* kText = "The harbour was quiet. The last ferry left at ten. Nobody was waiting for it.";

class RetakeTest : public ::testing::Test {
 protected:
  /// Speaks the text, and keeps what its sentences can be made again with.
  void speak(SpeechOptions options, const std::string& text = kText) {
    file_ = path("speech");
    SpeechMaster master{.path = path("master.flac")};
    const auto report = speech_.speak(
        text, "en", options,
        {.path = file_, .overwrite = Overwrite::kReplace, .title = "talk", .master = &master}, {}, {});
    ASSERT_TRUE(report) << report.error().message;
    takes_ = takes_of(*report, "talk", "en", options, master);
  }
  /// The same in the timing of three cues.
  void dub(SpeechOptions options) {
    file_ = path("speech");
    SpeechMaster master{.path = path("master.flac")};
    const auto report =
        speech_.speak_timed({{Millis(500), Millis(2500), "The harbour was quiet.", {}},
                             {Millis(4000), Millis(6000), "The last ferry left.", {}},
                             {Millis(8000), Millis(9500), "Nobody was there.", {}}},
                            Millis(12'000), "en", options,
                            {.path = file_, .overwrite = Overwrite::kReplace, .master = &master}, {}, {});
    ASSERT_TRUE(report) << report.error().message;
    takes_ = takes_of(*report, "", "en", options, master, true);
  }
  void again(std::size_t sentence, const TakeWish& wish) {
    const std::string name = "take" + std::to_string(takes_.sentences.at(sentence).takes.size());
    auto made = speak_take(speech_, takes_, sentence, wish, path(name), {});
    ASSERT_TRUE(made) << made.error().message;
    made->take.file = name;
    add_take(takes_, sentence, made->take);
  }
  std::filesystem::path join() {
    const auto find = [this](const std::string& name) -> Result<std::filesystem::path> {
      return path(name.empty() ? "master.flac" : name);
    };
    const auto joined = join_takes(takes_, find, path("joined"), {});
    EXPECT_TRUE(joined) << joined.error().message;
    return path("joined");
  }
  [[nodiscard]] std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }
  static std::string bytes(const std::filesystem::path& file) { return read_file(file, 100U << 20U).value(); }
  static std::vector<float> samples(const std::filesystem::path& file) {
    const auto reader = media::AudioReader::open(file, {.rate = kSpeechRate}).value();
    std::vector<float> all;
    std::vector<float> block(8192);
    while (const std::size_t count = reader->read(block).value())
      all.insert(all.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(count));
    return all;
  }
  static std::vector<float> part(const std::vector<float>& all, Place place) {
    return {all.begin() + place.begin, all.begin() + place.end};
  }
  static double level(const std::vector<float>& sound) {
    double sum = 0;
    for (const float sample : sound) sum += sample * sample;
    return 10 * std::log10(sum / static_cast<double>(sound.size()));
  }

  TemporaryDirectory folder_ = TemporaryDirectory::create().value();
  Speech speech_{tts::Engines{tts::make_flite()}, {}};
  std::filesystem::path file_;
  SpeechTakes takes_;
};

TEST_F(RetakeTest, TheTakesOfASpeechAreTheSpeechByteForByte) {
  using enum media::AudioFormat;
  for (const auto format : {kMp3, kOpus, kM4a, kFlac, kWav}) {
    for (const std::optional<double> loudness : {std::optional<double>(-16), std::optional<double>()}) {
      speak({.format = format, .loudness = loudness});
      ASSERT_THAT(takes_.sentences, SizeIs(3));
      EXPECT_EQ(takes_.level.has_value(), loudness.has_value());
      EXPECT_TRUE(bytes(join()) == bytes(file_)) << media::audio_format_name(format);
    }
  }
}

TEST_F(RetakeTest, OneSentenceIsMadeAgainAndTheOthersStayAsTheyAre) {
  for (const double loudness : {-8.0, -30.0}) {
    speak({.voice = "slt", .format = media::AudioFormat::kWav, .loudness = loudness});
    EXPECT_EQ(takes_.level->limit, loudness == -8.0) << "with the limiter and without";
    const std::vector<float> before = samples(file_);
    const std::vector<Place> old_places = places_of(takes_);
    again(1, {.text = "The last of all ferries left at eleven.", .voice = "flite:rms", .speed = 0.9});
    const std::vector<float> after = samples(join());
    const std::vector<Place> places = places_of(takes_);
    ASSERT_EQ(std::ssize(after), length_of(takes_, places));
    constexpr std::int64_t kLimiterReach = kSpeechRate / 5;
    EXPECT_EQ(part(after, places[0]), part(before, old_places[0]));
    EXPECT_EQ(part(after, {places[2].begin + kLimiterReach, places[2].end}),
              part(before, {old_places[2].begin + kLimiterReach, old_places[2].end}));
    EXPECT_NE(places[1].end - places[1].begin, old_places[1].end - old_places[1].begin);
    EXPECT_NEAR(level(part(after, places[1])), level(part(before, old_places[1])), 3) << "as loud as it was";
    takes_.sentences[1].takes.pop_back();
    EXPECT_TRUE(bytes(join()) == bytes(file_)) << "and it comes back";
  }
}

TEST_F(RetakeTest, OneSentenceIsHeardByItself) {
  speak({.format = media::AudioFormat::kWav, .loudness = -30});
  again(2, {.text = "Nobody.", .voice = "flite:rms"});
  const std::vector<float> whole = samples(join());
  const auto find = [this](const std::string& name) -> Result<std::filesystem::path> {
    return path(name.empty() ? "master.flac" : name);
  };
  for (const std::size_t i : {0, 2}) {
    const auto written = write_heard(takes_, i, find, path("heard"), {});
    ASSERT_TRUE(written) << written.error().message;
    EXPECT_EQ(samples(path("heard")), part(whole, places_of(takes_)[i]));
  }
}

TEST_F(RetakeTest, ALoudTakeIsNotClipped) {
  speak({.voice = "slt", .format = media::AudioFormat::kWav, .loudness = -16});
  takes_.level = {{12, false}};  // as of a speech whose peaks had more room
  again(0, {.text = "The harbour was LOUD.", .voice = takes_.sentences[0].first().voice});
  const std::vector<float> after = samples(join());
  const std::vector<float> take = part(after, places_of(takes_)[0]);
  float peak = 0;
  for (const float sample : take) peak = std::max(peak, std::abs(sample));
  EXPECT_LE(peak, 0.85F);
}

TEST_F(RetakeTest, ATakeMayBeSsml) {
  speak({.format = media::AudioFormat::kWav});
  const auto before = takes_.sentences[0].heard().length();
  again(0, {.text = "<speak>The <break time='2s'/> harbour.</speak>",
            .voice = takes_.sentences[0].heard().voice});
  EXPECT_GT(takes_.sentences[0].heard().length(), kSpeechRate * 2);
  EXPECT_GT(takes_.sentences[0].heard().length(), before);
}

TEST_F(RetakeTest, InADubASentenceKeepsItsPlaceAndTheNextOneToo) {
  dub({.format = media::AudioFormat::kFlac});
  ASSERT_THAT(takes_.sentences, SizeIs(3));
  EXPECT_TRUE(bytes(join()) == bytes(file_));
  const std::vector<Place> before = places_of(takes_);
  again(0, {.text = "The harbour was so quiet that evening that one heard the water.", .voice = "flite:rms"});
  const std::vector<Place> places = places_of(takes_);
  EXPECT_EQ(places[0].begin, before[0].begin);
  EXPECT_GT(places[0].end, before[0].end);
  for (const std::size_t i : {1, 2}) EXPECT_EQ(places[i].begin, before[i].begin);
  EXPECT_EQ(std::ssize(samples(join())), 12 * kSpeechRate);
}

TEST_F(RetakeTest, WhatCannotBeSpokenIsAnError) {
  speak({.format = media::AudioFormat::kWav});
  const auto code = [&](const TakeWish& wish) {
    const auto made = speak_take(speech_, takes_, 0, wish, path("take"), {});
    return made ? ErrorCode::kInternal : made.error().code;
  };
  EXPECT_EQ(code({.text = "Hello.", .voice = "flite:nobody"}), ErrorCode::kNotFound);
  EXPECT_EQ(code({.text = "...", .voice = "flite:slt"}), ErrorCode::kBadData);
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = speak_take(speech_, takes_, 0, {.text = "Hello.", .voice = "flite:slt"}, path("take"),
                                  stop.get_token());
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
}

TEST_F(RetakeTest, SoundThatIsCutOffIsNotPutTogether) {
  speak({.format = media::AudioFormat::kWav});
  takes_.total *= 2;
  takes_.sentences.back().takes.front().end = takes_.total;
  const auto find = [this](const std::string& /*name*/) -> Result<std::filesystem::path> {
    return path("master.flac");
  };
  EXPECT_EQ(join_takes(takes_, find, path("joined"), {}).error().code, ErrorCode::kBadData);
}

}  // namespace
}  // namespace vat::pipeline
