#include "pipeline/channel_turns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace vat::pipeline {
namespace {

struct Talk {
  double start;
  double end;
};

/// Tones that swell as syllables do, over noise. `gains`: of each channel's own voice, and of the other's.
std::array<ChannelLevels, 2> call(const std::vector<Talk>& left, const std::vector<Talk>& right,
                                  double seconds, std::array<float, 2> gains, float bleed) {
  std::mt19937 random(3);
  std::normal_distribution<float> noise(0, 0.0003F);
  const auto voice = [](const std::vector<Talk>& talks, double time) {
    for (const Talk& talk : talks) {
      if (time >= talk.start && time < talk.end)
        return static_cast<float>(std::sin(time * 900) * (0.15 + 0.1 * std::sin(time * 25)));
    }
    return 0.0F;
  };
  std::array<ChannelLevels, 2> levels;
  for (int i = 0; i < static_cast<int>(seconds * kRecognitionRate); ++i) {
    const double time = static_cast<double>(i) / kRecognitionRate;
    const std::array<float, 2> own = {gains[0] * voice(left, time), gains[1] * voice(right, time)};
    const std::array<float, 2> heard = {own[0] + bleed * own[1] + noise(random),
                                        own[1] + bleed * own[0] + noise(random)};
    for (std::size_t c = 0; c < 2; ++c) levels.at(c).add(std::span(&heard.at(c), 1));
  }
  return levels;
}

/// "0:1-2 1:3-4", to the second.
std::string shown(const std::vector<SpeakerTurn>& turns) {
  std::string text;
  for (const SpeakerTurn& turn : turns) {
    std::array<char, 64> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%s%zu:%.0f-%.0f", text.empty() ? "" : " ", turn.speaker,
                  to_seconds(turn.start), to_seconds(turn.end));
    text += buffer.data();
  }
  return text;
}

TEST(ChannelTurnsTest, EachChannelIsSomebody) {
  EXPECT_EQ(shown(turns_of_levels(call({{1, 2}, {5, 6}}, {{3, 4}}, 8, {1, 1}, 0))), "0:1-2 1:3-4 0:5-6");
}

TEST(ChannelTurnsTest, TheOthersVoiceInAChannelIsNobody) {
  EXPECT_EQ(shown(turns_of_levels(call({{1, 2}, {5, 6}}, {{3, 4}}, 8, {1, 1}, 0.2F))), "0:1-2 1:3-4 0:5-6");
  // A faint microphone, whose bleed into the other is as loud as its own voice is elsewhere.
  EXPECT_EQ(shown(turns_of_levels(call({{1, 2}, {5, 6}}, {{3, 4}}, 8, {1, 0.2F}, 0.2F))),
            "0:1-2 1:3-4 0:5-6");
  // Nobody is at the second one.
  EXPECT_EQ(shown(turns_of_levels(call({{1, 2}, {5, 6}}, {}, 8, {1, 1}, 0.02F))), "0:1-2 0:5-6");
}

TEST(ChannelTurnsTest, BothMaySpeakAtOnce) {
  EXPECT_EQ(shown(turns_of_levels(call({{1, 4}}, {{3, 6}}, 8, {1, 1}, 0.1F))), "0:1-4 1:3-6");
}

TEST(ChannelTurnsTest, PausesAreClosedAndClicksAreNobody) {
  EXPECT_EQ(shown(turns_of_levels(call({{1, 2}, {2.3, 3}, {5, 5.01}}, {}, 8, {1, 1}, 0))), "0:1-3");
  EXPECT_EQ(shown(turns_of_levels(call({}, {}, 4, {1, 1}, 0))), "");
  EXPECT_TRUE(turns_of_levels({}).empty());
}

/// A second of sound, a second of none; `late`: the other way round.
class Bursts : public AudioSource {
 public:
  explicit Bursts(bool late) : late_(late) {}
  Result<std::size_t> read(std::span<float> out) override {
    const std::size_t count = std::min<std::size_t>({out.size(), kLength - at_, 777});
    for (float& sample : out.first(count)) sample = (at_++ % 32'000 < 16'000) == late_ ? 0.0001F : 0.2F;
    return count;
  }
  [[nodiscard]] std::optional<Millis> duration() const override { return std::nullopt; }

 private:
  static constexpr std::size_t kLength = 10 * kRecognitionRate;
  const bool late_;
  std::size_t at_ = 0;
};

TEST(ChannelDiarizationTest, TheChannelsAreReadAsFarAsTheMixedSoundAndThenToTheirEnds) {
  const std::vector<float> mixed(3'000);
  for (const std::size_t given : {0U, 10U, 1'000U}) {
    ChannelDiarization channels(std::make_unique<Bursts>(false), std::make_unique<Bursts>(true), {});
    for (std::size_t i = 0; i < given; ++i) ASSERT_TRUE(channels.add(mixed));
    const HeardSpeakers heard = channels.finish({}, {}).value();
    EXPECT_EQ(shown(heard.turns), "0:0-1 1:1-2 0:2-3 1:3-4 0:4-5 1:5-6 0:6-7 1:7-8 0:8-9 1:9-10") << given;
    EXPECT_THAT(heard.names, testing::ElementsAre("Channel 1", "Channel 2"));
  }
}

TEST(ChannelDiarizationTest, TheSameSoundTwiceHasNoTwoSpeakers) {
  ChannelDiarization channels(std::make_unique<Bursts>(false), std::make_unique<Bursts>(false), {});
  const auto heard = channels.finish({}, {});
  ASSERT_FALSE(heard);
  EXPECT_EQ(heard.error().message, "Both channels have the same sound.");
}

TEST(ChannelDiarizationTest, AStopEndsIt) {
  std::stop_source stop;
  ChannelDiarization channels(std::make_unique<Bursts>(false), std::make_unique<Bursts>(true),
                              stop.get_token());
  stop.request_stop();
  EXPECT_EQ(channels.add(std::vector<float>(10)).error().code, ErrorCode::kCancelled);
  EXPECT_EQ(channels.finish({}, {}).error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace vat::pipeline
