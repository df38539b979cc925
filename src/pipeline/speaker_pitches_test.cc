#include "pipeline/speaker_pitches.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace vat::pipeline {
namespace {

/// The harmonics of 100 Hz in even minutes, of 200 Hz in odd ones.
class Recording : public AudioSource {
 public:
  Result<std::size_t> read(std::span<float> out) override {
    if (at_ > fails_at) return fail(ErrorCode::kBadMedia, "It is damaged.");
    for (float& sample : out) {
      const double hertz = at_ / (60 * kRecognitionRate) % 2 == 0 ? 100 : 200;
      double sum = 0;
      for (int harmonic = 1; harmonic <= 6; ++harmonic)
        sum += std::sin(2 * M_PI * hertz * harmonic * static_cast<double>(at_) / kRecognitionRate) / harmonic;
      sample = static_cast<float>(0.1 * sum);
      ++at_;
    }
    return out.size();
  }
  [[nodiscard]] std::optional<Millis> duration() const override { return std::nullopt; }
  [[nodiscard]] double seconds_read() const { return static_cast<double>(at_) / kRecognitionRate; }

  std::int64_t fails_at = INT64_MAX;

 private:
  std::int64_t at_ = 0;
};

Segment spoken(int start, int end, std::string speaker) {
  Segment segment;
  segment.start = std::chrono::seconds(start);
  segment.end = std::chrono::seconds(end);
  segment.speaker = std::move(speaker);
  return segment;
}
SpeakerTurn turn(int start, int end, std::size_t speaker) {
  return {std::chrono::seconds(start), std::chrono::seconds(end), speaker};
}

TEST(SpeakerPitchesTest, EverybodyIsHeardWhereTheySpeakAlone) {
  Transcript transcript;
  transcript.speakers = {{"S1", ""}, {"S2", ""}, {"S3", ""}};
  transcript.segments = {spoken(0, 9, "S1"), spoken(50, 66, "S2"), spoken(66, 90, "S1"), spoken(80, 90, "S3"),
                         spoken(90, 91, "")};
  transcript.turns = {turn(0, 9, 0), turn(50, 66, 1), turn(50, 61, 2), turn(64, 90, 0), turn(65, 90, 2)};
  Recording recording;
  ASSERT_TRUE(hear_pitches(transcript.speakers, transcript, recording, {}));
  EXPECT_NEAR(transcript.speakers[0].pitch, 100, 1);
  EXPECT_NEAR(transcript.speakers[1].pitch, 200, 2) << "from 61 s to 64 s";
  EXPECT_EQ(transcript.speakers[2].pitch, 0) << "never alone";
  EXPECT_EQ(recording.seconds_read(), 64);
}

TEST(SpeakerPitchesTest, NoMoreIsReadThanIsNeeded) {
  Transcript transcript;
  transcript.segments = {spoken(0, 20, "S1"), spoken(20, 40, "S1"), spoken(60, 3'600, "S1"),
                         spoken(3'600, 3'620, "S2")};
  std::vector<Speaker> speakers = {{"S1", ""}, {"S2", "", 150}};
  Recording recording;
  ASSERT_TRUE(hear_pitches(speakers, transcript, recording, {}));
  EXPECT_EQ(recording.seconds_read(), 40);
  EXPECT_NEAR(speakers[0].pitch, 100, 1);
  EXPECT_EQ(speakers[1].pitch, 150) << "what is known stays";
}

TEST(SpeakerPitchesTest, AStopAndABrokenRecordingAreErrors) {
  Transcript transcript;
  transcript.segments = {spoken(0, 20, "S1")};
  std::vector<Speaker> speakers = {{"S1", ""}};
  Recording recording;
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(hear_pitches(speakers, transcript, recording, stop.get_token()).error().code,
            ErrorCode::kCancelled);
  recording.fails_at = 0;
  EXPECT_EQ(hear_pitches(speakers, transcript, recording, {}).error().code, ErrorCode::kBadMedia);
  EXPECT_EQ(speakers[0].pitch, 0);
}

}  // namespace
}  // namespace vat::pipeline
