#include "pipeline/speaker_voices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/file.h"
#include "media/media.h"
#include "tts/flite_engine.h"
#include "tts/pitch.h"

namespace vat::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

constexpr const char* kWords =
    "The harbour was quiet when the last ferry of the evening left for the island.";
constexpr double kHigh = 150;  // Hz; Flite's slt is above, rms below

/// A conversation of two of Flite's voices, and its transcript.
class SpeakerVoicesTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const auto flite = tts::make_flite();
    for (const char* const voice : {"rms", "slt"}) {
      const Pcm pcm = flite->synthesize({.text = kWords, .voice = voice}, {}).value();
      ASSERT_EQ(pcm.sample_rate, kRecognitionRate);
      ends_.push_back(samples_to_time(std::ssize(sound_) + std::ssize(pcm.samples)));
      sound_.insert(sound_.end(), pcm.samples.begin(), pcm.samples.end());
    }
  }
  void SetUp() override {
    transcript_.language = "en";
    transcript_.speakers = {{"S1", ""}, {"S2", "Anna"}};
    transcript_.segments = {{.start = Millis(0), .end = ends_[0], .text = kWords, .speaker = "S1"},
                            {.start = ends_[0], .end = ends_[1], .text = kWords, .speaker = "S2"}};
    transcript_.duration = ends_[1];
  }
  [[nodiscard]] Cast cast() {
    const auto note = [this](const std::string& sentence) { notes_.push_back(sentence); };
    const auto cast = cast_speakers(speech_, transcript_, options_, open_, note, {});
    EXPECT_TRUE(cast) << cast.error().message;
    return cast.value_or(Cast());
  }

  /// The conversation, read as a recording.
  class Recorded : public AudioSource {
   public:
    Result<std::size_t> read(std::span<float> out) override {
      const std::size_t count = std::min(out.size(), sound_.size() - at_);
      std::copy_n(sound_.begin() + static_cast<std::ptrdiff_t>(at_), count, out.begin());
      at_ += count;
      return count;
    }
    [[nodiscard]] std::optional<Millis> duration() const override { return std::nullopt; }

   private:
    std::size_t at_ = 0;
  };

  static inline std::vector<float> sound_;
  static inline std::vector<Millis> ends_;
  Speech speech_{{tts::make_flite()}, {}};
  Transcript transcript_;
  SpeechOptions options_;
  OpenSound open_ = []() -> Result<std::unique_ptr<AudioSource>> { return std::make_unique<Recorded>(); };
  std::vector<std::string> notes_;
};

TEST_F(SpeakerVoicesTest, EachSpeakerGetsAVoiceLikeTheirOwnTheSameEachTime) {
  const Cast first = cast();
  EXPECT_THAT(first, ElementsAre(Pair("S1", "flite:rms"), Pair("S2", "flite:slt")));
  EXPECT_EQ(cast(), first);
  EXPECT_THAT(notes_, IsEmpty());
  EXPECT_EQ(describe_cast(transcript_, first), "rms (Speaker 1), slt (Anna)");
}

TEST_F(SpeakerVoicesTest, WithoutTheRecordingTheirVoicesStillDiffer) {
  for (const OpenSound& open : {OpenSound(), OpenSound([]() -> Result<std::unique_ptr<AudioSource>> {
                                  return fail(ErrorCode::kNotFound, "It is gone.");
                                })}) {
    open_ = open;
    const Cast found = cast();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_NE(found.at("S1"), found.at("S2"));
  }
}

/// As when an edited transcript is spoken again.
TEST_F(SpeakerVoicesTest, WithPitchesInTheTranscriptTheRecordingIsNotRead) {
  open_ = []() -> Result<std::unique_ptr<AudioSource>> {
    ADD_FAILURE() << "the recording is opened";
    return fail(ErrorCode::kNotFound, "It is gone.");
  };
  transcript_.speakers[0].pitch = 180;
  transcript_.speakers[1].pitch = 95;
  EXPECT_THAT(cast(), ElementsAre(Pair("S1", "flite:slt"), Pair("S2", "flite:rms")));
  transcript_.speakers[0].pitch = 0;
  options_.voices = {{"S1", "awb"}};
  EXPECT_THAT(cast(), ElementsAre(Pair("S1", "flite:awb"), Pair("S2", "flite:rms")));
}

/// Flite, whose voices' pitches are not known before they are measured.
class Unmeasured : public Synthesizer {
 public:
  [[nodiscard]] std::string name() const override { return "flite"; }
  [[nodiscard]] std::string version() const override { return "1"; }
  [[nodiscard]] std::size_t max_bytes() const override { return flite_->max_bytes(); }
  [[nodiscard]] int max_parallel() const override { return 1; }
  [[nodiscard]] bool speaks(const std::string& language) const override { return flite_->speaks(language); }
  [[nodiscard]] Result<std::vector<Voice>> voices(std::stop_token stop) override {
    VAT_ASSIGN(std::vector<Voice> list, flite_->voices(std::move(stop)));
    for (Voice& voice : list)
      if (measured != "en") voice.pitch = 0;
    return list;
  }
  [[nodiscard]] Result<> measure_pitches(const std::string& language, std::stop_token stop) override {
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "It was cancelled.");
    measured = language;
    return {};
  }
  [[nodiscard]] Result<Pcm> synthesize(const Utterance& utterance, std::stop_token stop) override {
    return flite_->synthesize(utterance, std::move(stop));
  }
  std::string measured;

 private:
  std::shared_ptr<Synthesizer> flite_ = tts::make_flite();
};

TEST_F(SpeakerVoicesTest, VoicesAreMeasuredWhereItMatters) {
  const auto engine = std::make_shared<Unmeasured>();
  speech_ = Speech({engine}, {});
  options_.voices = {{"S1", "kal16"}, {"S2", "awb"}};
  EXPECT_THAT(cast(), ElementsAre(Pair("S1", "flite:kal16"), Pair("S2", "flite:awb")));
  EXPECT_EQ(engine->measured, "") << "every voice is chosen";
  options_.voices.clear();
  std::stop_source stop;
  stop.request_stop();
  transcript_.speakers[0].pitch = 95;
  transcript_.speakers[1].pitch = 180;
  EXPECT_EQ(cast_speakers(speech_, transcript_, options_, {}, {}, stop.get_token()).error().code,
            ErrorCode::kCancelled);
  EXPECT_THAT(cast(), ElementsAre(Pair("S1", "flite:rms"), Pair("S2", "flite:slt")));
}

TEST_F(SpeakerVoicesTest, ANameOrAnIdGetsTheVoiceThatWasChosen) {
  options_.voices = {{"anna", "kal16"}, {"speaker 1", "awb"}};
  EXPECT_THAT(cast(), ElementsAre(Pair("S1", "flite:awb"), Pair("S2", "flite:kal16")));
  options_.voices = {{"S2", "flite:rms"}};
  EXPECT_THAT(cast(), ElementsAre(Pair("S1", testing::Ne("flite:rms")), Pair("S2", "flite:rms")));
  options_.voice = "slt";
  EXPECT_THAT(cast(), ElementsAre(Pair("S1", "flite:slt"), Pair("S2", "flite:rms")));
  EXPECT_THAT(notes_, IsEmpty());
}

TEST_F(SpeakerVoicesTest, ANameThatNobodyHasIsSaidAndAVoiceThatNobodyHasIsAnError) {
  options_.voices = {{"Bert", "rms"}};
  EXPECT_EQ(cast().size(), 2U);
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("Bert")));
  options_.voices = {{"Anna", "nobody"}};
  const auto failed = cast_speakers(speech_, transcript_, options_, open_, {}, {});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kNotFound);
}

TEST_F(SpeakerVoicesTest, OneSpeakerAndAVoiceForAllAreSpokenAsBefore) {
  options_.voice = "rms";
  EXPECT_THAT(cast(), IsEmpty());
  options_.voice.clear();
  transcript_.segments.pop_back();
  EXPECT_THAT(cast(), IsEmpty());
}

TEST_F(SpeakerVoicesTest, MoreSpeakersThanVoicesAreTold) {
  for (int i = 3; i <= 8; ++i) {
    const std::string id = "S" + std::to_string(i);
    transcript_.speakers.push_back({id, ""});
    transcript_.segments.push_back({.start = ends_[1], .end = ends_[1], .text = "Yes.", .speaker = id});
  }
  EXPECT_EQ(cast().size(), 8U);
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("fewer voices than speakers")));
}

double pitch_between(const std::filesystem::path& file, Millis from, Millis to) {
  const auto sound = media::media_in_process().open(file, {}).value();
  std::vector<float> all(static_cast<std::size_t>(time_to_samples(to)));
  std::size_t filled = 0;
  while (const std::size_t count = sound->read(std::span(all).subspan(filled)).value()) filled += count;
  tts::PitchTrack track;
  track.push(std::span(all).subspan(static_cast<std::size_t>(time_to_samples(from))));
  return track.median();
}

/// What is heard, of two real voices.
TEST_F(SpeakerVoicesTest, SpeechAndTimedSpeechAreHeardInTwoVoices) {
  const TemporaryDirectory folder = TemporaryDirectory::create().value();
  const Cast found = cast();
  options_.format = media::AudioFormat::kWav;
  const auto plain = speech_.speak_parts({{kWords, found.at("S1")}, {kWords, found.at("S2")}}, "en", options_,
                                         {.path = folder.path() / "a.wav"}, {}, {});
  ASSERT_TRUE(plain) << plain.error().message;
  std::vector<tts::TimedText> texts;
  for (const Segment& segment : transcript_.segments)
    texts.push_back({segment.start, segment.end, segment.text, found.at(segment.speaker)});
  const auto timed = speech_.speak_timed(texts, transcript_.duration, "en", options_,
                                         {.path = folder.path() / "b.wav"}, {}, {});
  ASSERT_TRUE(timed) << timed.error().message;
  for (const auto& [name, report] :
       {std::pair("a.wav", &*plain), {"b.wav", static_cast<const tts::NarrationReport*>(&*timed)}}) {
    ASSERT_EQ(report->spoken.size(), 2U) << name;
    EXPECT_LT(pitch_between(folder.path() / name, report->spoken[0].start, report->spoken[0].end), kHigh);
    EXPECT_GT(pitch_between(folder.path() / name, report->spoken[1].start, report->spoken[1].end), kHigh);
  }
}

}  // namespace
}  // namespace vat::pipeline
