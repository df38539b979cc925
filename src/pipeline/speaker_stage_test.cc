#include "pipeline/speaker_stage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace vat::pipeline {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::FieldsAre;
using testing::Gt;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(SpeakerChoiceTest, ReadsWhatPeopleWrite) {
  EXPECT_EQ(parse_speakers("off").value(), SpeakerChoice{});
  EXPECT_EQ(parse_speakers("auto").value(), (SpeakerChoice{SpeakerMethod::kVoices, {1, 0}}));
  EXPECT_EQ(parse_speakers("3").value(), (SpeakerChoice{SpeakerMethod::kVoices, {3, 3}}));
  EXPECT_EQ(parse_speakers("2-5").value(), (SpeakerChoice{SpeakerMethod::kVoices, {2, 5}}));
  EXPECT_EQ(parse_speakers("channels").value().method, SpeakerMethod::kChannels);
  for (const char* const text :
       {"", "0", "-", "3-", "-3", "5-2", "2-5-7", "101", "2 - 5", "many", "1e1", "+2"}) {
    const auto choice = parse_speakers(text);
    ASSERT_FALSE(choice) << text;
    EXPECT_EQ(choice.error().field, "speakers");
  }
}

/// Half a minute of a tone of 100 Hz, and from 2 s on of 200 Hz.
class Sound : public AudioSource {
 public:
  Result<std::size_t> read(std::span<float> out) override {
    const std::size_t count = std::min<std::size_t>(out.size(), left_);
    for (float& sample : out.first(count)) {
      const std::size_t at = 30 * kRecognitionRate - left_--;
      const std::size_t period = at < 2 * kRecognitionRate ? 160 : 80;
      sample = static_cast<float>(
          std::sin(2 * M_PI * static_cast<double>(at % period) / static_cast<double>(period)));
    }
    return count;
  }
  [[nodiscard]] std::optional<Millis> duration() const override { return std::nullopt; }

 private:
  std::size_t left_ = 30 * kRecognitionRate;
};

/// Counts samples; somebody speaks up to 2 s, somebody else after it. Fails after `limit` samples.
class Ears : public Diarizer {
 public:
  explicit Ears(std::size_t limit = SIZE_MAX) : limit_(limit) {}
  Result<std::unique_ptr<Diarization>> start(std::stop_token /*stop*/) override {
    if (limit_ == 0) return fail(ErrorCode::kUnavailable, "The models are missing.");
    return std::unique_ptr<Diarization>(std::make_unique<Heard>(*this));
  }
  Result<std::vector<float>> voice(std::span<const float> /*samples*/,
                                   const std::stop_token& /*stop*/) override {
    return std::vector<float>{1};
  }
  std::size_t samples = 0;

 private:
  class Heard : public Diarization {
   public:
    explicit Heard(Ears& ears) : ears_(ears) {}
    Result<> add(std::span<const float> given) override {
      ears_.samples += given.size();
      if (ears_.samples > ears_.limit_) return fail(ErrorCode::kUnavailable, "The process ended.");
      return {};
    }
    Result<HeardSpeakers> finish(const SpeakerCount& count, std::span<const KnownSpeaker> known) override {
      if (count.maximum == 1) return HeardSpeakers{{{Millis(0), Millis(30'000), 0}}, {}};
      return HeardSpeakers{{{Millis(0), Millis(2'000), 0}, {Millis(2'000), Millis(30'000), 1}},
                           {"", known.empty() ? "" : known[0].name}};
    }

   private:
    Ears& ears_;
  };
  std::size_t limit_;
};

Transcript two_sentences() {
  Transcript transcript;
  transcript.segments.resize(2);
  transcript.segments[0] = {.start = Millis(0), .end = Millis(1'900), .text = "One."};
  transcript.segments[1] = {.start = Millis(2'100), .end = Millis(4'000), .text = "Two."};
  return transcript;
}

std::vector<std::string> speakers_after(SpeakerStage& stage, Transcript& transcript) {
  std::vector<float> block(1000);
  while (stage.sound().read(block).value() > 0) {
  }
  EXPECT_TRUE(stage.attribute(transcript));
  std::vector<std::string> speakers;
  for (const Segment& segment : transcript.segments) speakers.push_back(segment.speaker);
  return speakers;
}

std::vector<std::string> speakers_by(std::string_view choice, Result<Diarizer*> diarizer,
                                     Transcript& transcript, const SpeakerSources& sources = {}) {
  Sound sound;
  SpeakerStage stage(parse_speakers(choice).value(), std::move(diarizer), sources, sound, {});
  return speakers_after(stage, transcript);
}

TEST(SpeakerStageTest, HearsEverySampleAndAttributesTheWords) {
  Ears ears;
  Transcript transcript = two_sentences();
  EXPECT_THAT(speakers_by("auto", &ears, transcript), ElementsAre("S1", "S2"));
  EXPECT_EQ(ears.samples, 30U * kRecognitionRate);
  EXPECT_THAT(transcript.warnings, IsEmpty());
  EXPECT_THAT(speakers_by("1", &ears, transcript), ElementsAre("S1", "S1"));
}

TEST(SpeakerStageTest, AVoiceThatIsKnownHasItsName) {
  Ears ears;
  const std::vector<KnownSpeaker> known = {{"Anna", {1}}};
  Transcript transcript = two_sentences();
  EXPECT_THAT(speakers_by("auto", &ears, transcript, {.voices = known}), ElementsAre("S1", "S2"));
  EXPECT_THAT(transcript.speakers, ElementsAre(FieldsAre("S1", "", DoubleNear(100, 1)),
                                               FieldsAre("S2", "Anna", DoubleNear(200, 2))));
}

/// The channels are read beside the mixed sound, not after it.
TEST(SpeakerStageTest, ChannelsAreReadWhileTheSoundIs) {
  class Channel : public Sound {
   public:
    explicit Channel(std::size_t& read) : read_(read) {}
    Result<std::size_t> read(std::span<float> out) override {
      VAT_ASSIGN(const std::size_t count, Sound::read(out));
      for (float& sample : out.first(count))
        if ((read_++ / (2 * kRecognitionRate) % 2 == 0) == second_) sample *= 0.001F;
      return count;
    }
    void be_second() { second_ = true; }

   private:
    std::size_t& read_;
    bool second_ = false;
  };
  std::array<std::size_t, 2> read{};
  const SpeakerSources sources{.open_channel = [&](int number) -> Result<std::unique_ptr<AudioSource>> {
    auto channel = std::make_unique<Channel>(read.at(static_cast<std::size_t>(number) - 1));
    if (number == 2) channel->be_second();
    return channel;
  }};
  Sound sound;
  SpeakerStage stage(parse_speakers("channels").value(), nullptr, sources, sound, {});
  std::vector<float> block(1000);
  for (std::size_t mixed = 0; mixed < 5 * kRecognitionRate; mixed += 1000) {
    ASSERT_TRUE(stage.sound().read(block));
    EXPECT_THAT(read, ElementsAre(mixed + 1000, mixed + 1000));
  }
  Transcript transcript = two_sentences();
  EXPECT_THAT(speakers_after(stage, transcript), ElementsAre("S1", "S2"));
  EXPECT_THAT(transcript.speakers, ElementsAre(FieldsAre("S1", "Channel 1", DoubleNear(100, 1)),
                                               FieldsAre("S2", "Channel 2", DoubleNear(200, 2))));
}

TEST(SpeakerStageTest, OffIsNobody) {
  Ears ears;
  Transcript transcript = two_sentences();
  EXPECT_THAT(speakers_by("off", &ears, transcript), ElementsAre("", ""));
  EXPECT_EQ(ears.samples, 0U);
}

TEST(SpeakerStageTest, AFailureCostsTheSpeakersAndNotTheTranscript) {
  Ears silent(0);
  Ears dying(5'000);
  const Result<Diarizer*> missing = fail(ErrorCode::kNetwork, "The models could not be fetched.");
  for (const Result<Diarizer*>& diarizer : {missing, Result<Diarizer*>(&silent), Result<Diarizer*>(&dying)}) {
    Transcript transcript = two_sentences();
    EXPECT_THAT(speakers_by("2-3", diarizer, transcript), ElementsAre("", ""));
    ASSERT_EQ(transcript.warnings.size(), 1U);
    EXPECT_THAT(transcript.warnings[0], HasSubstr("Speakers are not told apart: "));
  }
  EXPECT_LE(dying.samples, 6'000U) << "nothing is told to one that failed";
  Transcript transcript = two_sentences();
  EXPECT_THAT(speakers_by("channels", nullptr, transcript), ElementsAre("", ""));
  EXPECT_THAT(transcript.warnings, ElementsAre(HasSubstr("read only once")));
}

TEST(SpeakerStageTest, WhatIsKnownIsTaken) {
  const subtitles::NamedTurns known{.turns = {{Millis(0), Millis(9'000), 0}}, .names = {"Anna"}};
  Transcript transcript = two_sentences();
  EXPECT_THAT(speakers_by("auto", nullptr, transcript, {.known = &known}), ElementsAre("S1", "S1"));
  EXPECT_THAT(transcript.speakers, ElementsAre(FieldsAre("S1", "Anna", Gt(0))));
  EXPECT_THAT(transcript.warnings, IsEmpty());
}

TEST(SpeakerStageTest, ACancelledOneIsCancelled) {
  std::stop_source stop;
  stop.request_stop();
  Ears ears;
  Sound sound;
  const SpeakerSources sources;
  SpeakerStage stage(parse_speakers("auto").value(), &ears, sources, sound, stop.get_token());
  Transcript transcript = two_sentences();
  const auto done = stage.attribute(transcript);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace vat::pipeline
