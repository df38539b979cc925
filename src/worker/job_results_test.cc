// What a job leaves: transcripts, pictures, speech, dubs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/audio_reader.h"
#include "pipeline/takes.h"
#include "worker/testing/worker_fixture.h"
#include "worker/worker.h"

namespace vat::worker {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::StartsWith;

class JobResultsTest : public testing::WorkerFixture {};

TEST_F(JobResultsTest, ARecordingBecomesTranscriptFilesAndSpeech) {
  auto service = make_service();
  Worker worker(service.services(), options());
  worker.start();
  const Job made = service.create(service.upload(spoken(), "my talk.wav"), "my talk.wav",
                                  R"({"engine":"pocketsphinx","formats":["txt","srt"],"speech":true})");
  const Job job = service.wait_for_end(made.id);
  ASSERT_EQ(job.state, JobState::kCompleted) << job.failure->message;
  EXPECT_EQ(job.engine, "pocketsphinx");
  EXPECT_EQ(job.language, "en");
  EXPECT_TRUE(job.transcript_done);
  EXPECT_GT(job.duration, Millis(1'500));
  const auto files = service.files(job.id);
  ASSERT_THAT(files, ElementsAre(Key("my talk.speech.mp3"), Key("my talk.srt"), Key("my talk.txt")));
  EXPECT_THAT(files[2].second, HasSubstr("three"));
  EXPECT_THAT(files[1].second, HasSubstr(" --> "));
  EXPECT_THAT(transcript(service, job).text(), HasSubstr("three"));
  EXPECT_THAT(service.events(job.id, "segment"), Contains(HasSubstr("three")));
  EXPECT_GT(service.speeds().find("pocketsphinx", "").value(), 0);
  worker.stop(std::chrono::milliseconds(0));
  EXPECT_EQ(service.staged_files(), 0U);
  EXPECT_EQ(service.stored_files(), 9U);  // with the recording, its waveform, and the speech's sentences
}

TEST_F(JobResultsTest, TheWaveformIsOfTheWholeRecording) {
  auto service = make_service();
  Worker worker(service.services(), options());
  worker.start();
  const Job made = service.create(service.upload(spoken(), "talk.wav"), "talk.wav",
                                  R"({"engine":"pocketsphinx","formats":["txt"]})");
  const Job job = service.wait_for_end(made.id);
  ASSERT_EQ(job.state, JobState::kCompleted) << job.failure->message;
  const auto drawn = service.files(job.id, true);
  ASSERT_THAT(drawn, ElementsAre(Key("waveform-1.dat"), Key("waveform-10.dat"), Key("waveform-100.dat")));
  const auto tenths = static_cast<std::size_t>(job.duration.count() + 99) / 100;
  EXPECT_EQ(drawn[1].second.size(), 24 + 2 * tenths);
  EXPECT_NE(drawn[1].second.find_first_not_of('\0', 24), std::string::npos) << "somebody speaks";
}

TEST_F(JobResultsTest, AVideoHasPicturesBeforeItHasText) {
  auto service = make_service();
  Worker worker(service.services(), options());
  worker.start();
  const Job made = service.create(service.upload(spoken("one two three", true), "clip.mkv"), "clip.mkv",
                                  R"({"engine":"pocketsphinx","formats":["txt"]})");
  const Job job = service.wait_for_end(made.id);
  ASSERT_EQ(job.state, JobState::kCompleted) << job.failure->message;
  EXPECT_TRUE(job.has_thumbnail && job.has_filmstrip);
  const auto previews = service.files(job.id, true);
  ASSERT_THAT(previews, SizeIs(7));
  EXPECT_THAT(previews[0], Pair("filmstrip.jpg", StartsWith("\xff\xd8\xff")));
  EXPECT_THAT(previews[1], Pair("filmstrip.json", HasSubstr("\"interval_seconds\":")));
  EXPECT_THAT(previews[2], Pair("thumbnail-160.jpg", StartsWith("\xff\xd8\xff")));
  EXPECT_THAT(previews[3], Key("thumbnail-640.jpg"));
  const auto told = service.events(job.id, "artifact");
  EXPECT_THAT(told.front(), HasSubstr("thumbnail"));
}

TEST_F(JobResultsTest, AVideoIsDubbed) {
  auto service = make_service();
  Worker worker(service.services(), options());
  worker.start();
  const Job made = service.create(service.upload(spoken("one two three", true), "clip.mkv"), "clip.mkv",
                                  R"({"engine":"pocketsphinx","formats":[],"dub":true})");
  const Job job = service.wait_for_end(made.id);
  ASSERT_EQ(job.state, JobState::kCompleted) << job.failure->message;
  const auto files = service.files(job.id);
  ASSERT_THAT(files, ElementsAre(Key("clip.dub.mkv")));
  const auto path = folder_.path() / "dub.mkv";
  ASSERT_TRUE(write_file_atomically(path, files[0].second, Overwrite::kReplace));
  EXPECT_TRUE(media::AudioReader::open(path, {.track = 2})) << "the dub is the second sound track";
}

TEST_F(JobResultsTest, ADubOfSoundAloneIsRefusedBeforeItIsHeard) {
  auto service = make_service();
  Worker worker(service.services(), options());
  worker.start();
  const Job made = service.create(service.upload(spoken(), "talk.wav"), "talk.wav", R"({"dub":true})");
  const Job job = service.wait_for_end(made.id);
  EXPECT_EQ(job.state, JobState::kFailed);
  EXPECT_EQ(job.failure->stage, Stage::kPrepare);
  EXPECT_FALSE(job.transcript_done);
}

TEST_F(JobResultsTest, ATextIsSpoken) {
  auto service = make_service();
  Worker worker(service.services(), options());
  worker.start();
  const Job made = service.create_speech("Hello there. This is spoken.", R"({"audio_format":"wav"})");
  const Job job = service.wait_for_end(made.id);
  ASSERT_EQ(job.state, JobState::kCompleted) << job.failure->message;
  const auto files = service.files(job.id);
  ASSERT_THAT(files, ElementsAre(Key("Hello there. This is.wav")));
  EXPECT_TRUE(files[0].second.starts_with("RIFF"));
  const auto find = [&](const std::string& name) {
    const auto kept = service.jobs().artifact(kLocalUserId, job.id, name);
    EXPECT_TRUE(kept) << name;
    return service.objects().get(kept->object_key).value().path;
  };
  const std::string speech = files[0].first;
  const auto takes =
      pipeline::takes_from_json(read_file(find(pipeline::takes_name(speech)), 1U << 20U).value());
  ASSERT_TRUE(takes) << takes.error().detail;
  EXPECT_EQ(takes->speech_id, service.jobs().artifact(kLocalUserId, job.id, speech)->id);
  ASSERT_THAT(takes->sentences, SizeIs(2));
  EXPECT_EQ(takes->sentences[1].heard().text, "This is spoken.");
  EXPECT_TRUE(media::AudioReader::open(find(pipeline::master_name(speech)), {}));
  const Job silent = service.create_speech("...", "{}");
  EXPECT_EQ(service.wait_for_end(silent.id).failure->code, ErrorCode::kInvalidArgument);
}

/// Hears one speaker in the first second, and another after it.
class TwoSpeakers : public Diarizer {
 public:
  Result<std::vector<float>> voice(std::span<const float> /*samples*/,
                                   const std::stop_token& /*stop*/) override {
    return std::vector<float>{1};
  }
  Result<std::unique_ptr<Diarization>> start(std::stop_token /*stop*/) override {
    return std::make_unique<Heard>();
  }

 private:
  class Heard : public Diarization {
   public:
    Result<> add(std::span<const float> /*samples*/) override { return {}; }
    Result<HeardSpeakers> finish(const SpeakerCount& /*count*/,
                                 std::span<const KnownSpeaker> known) override {
      return HeardSpeakers{{{Millis(0), Millis(1'000), 0}, {Millis(1'000), Millis(60'000), 1}},
                           {known.empty() ? "" : known[0].name, ""}};
    }
  };
};

TEST_F(JobResultsTest, SpeakersAreToldApart) {
  auto service = make_service();
  TwoSpeakers diarizer;
  service.tell_voices_apart_by(diarizer);
  Worker worker(service.services(), options());
  worker.start();
  const Job made = service.create(service.upload(spoken(), "talk.wav"), "talk.wav",
                                  R"({"engine":"pocketsphinx","speech":false,"speakers":"auto"})");
  ASSERT_EQ(service.wait_for_end(made.id).state, JobState::kCompleted);
  const Transcript text = transcript(service, made);
  EXPECT_EQ(text.speakers.size(), 2U);
  EXPECT_EQ(text.turns.size(), 2U);
  EXPECT_THAT(text.warnings, Not(Contains(HasSubstr("voices apart"))));
}

TEST_F(JobResultsTest, AUsersLexiconIsFollowed) {
  auto service = make_service();
  Worker worker(service.services(), options());
  worker.start();
  const auto bytes_of = [&] {
    const Job made = service.create_speech("Hello.", R"({"audio_format":"wav"})");
    EXPECT_EQ(service.wait_for_end(made.id).state, JobState::kCompleted);
    return service.files(made.id).at(0).second.size();
  };
  const std::size_t plain = bytes_of();
  ASSERT_TRUE(service.lexicons().set_lexicon(kLocalUserId, "hello = one two three four five six"));
  constexpr std::size_t kBytesOfHalfASecond = 24'000;
  EXPECT_GT(bytes_of(), plain + kBytesOfHalfASecond);
}

}  // namespace
}  // namespace vat::worker
