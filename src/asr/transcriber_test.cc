#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "asr/segment_words.h"
#include "asr/testing/transcriber_fixture.h"

namespace vat::asr {
namespace {

TEST_F(TranscriberTest, ChunksThatEndInAnyOrderGiveEveryWordOnceInOrder) {
  ChunkPool pool(4);
  const auto numbered = recording(Millis(600'000));
  // Every other chunk takes longer than its neighbours, so that they overtake it.
  std::atomic<int> calls{0};
  NumberedHearing hearing;
  hearing.before = [&](std::span<const float>, std::stop_token) -> Result<> {
    if (calls++ % 2 == 0) std::this_thread::yield();
    return {};
  };
  const auto transcript = run(pool, numbered, hearing);
  ASSERT_TRUE(transcript) << transcript.error().message;
  expect_every_word_once(*transcript, numbered);
  EXPECT_EQ(transcript->engine, "numbered");
  EXPECT_EQ(transcript->language, "en");
  EXPECT_EQ(transcript->duration, Millis(600'000));
  EXPECT_GT(transcript->speech, Millis(0));
  EXPECT_GT(transcript->timings.recognition, 0);
}

TEST_F(TranscriberTest, ProgressRunsForwardAndShowsEverySegment) {
  ChunkPool pool(3);
  const auto numbered = recording(Millis(300'000));
  std::size_t segments = 0;
  Millis last{0};
  const auto transcript = run(pool, numbered, {}, nullptr, [&](const Progress& progress) {
    EXPECT_EQ(progress.stage, Stage::kTranscribe);
    EXPECT_GE(progress.done, last);
    EXPECT_LE(progress.fraction, 1);
    last = progress.done;
    segments += progress.segment != nullptr ? 1 : 0;
  });
  ASSERT_TRUE(transcript);
  EXPECT_EQ(segments, transcript->segments.size());
  EXPECT_EQ(last, Millis(300'000));
}

TEST_F(TranscriberTest, WorkThatWasStoppedGoesOnAfterItsLastChunk) {
  ChunkPool pool(2);
  const auto numbered = recording(Millis(600'000));
  MemoryCheckpoint checkpoint;
  std::stop_source stop;
  std::atomic<int> heard{0};
  NumberedHearing hearing;
  hearing.before = [&](std::span<const float>, std::stop_token) -> Result<> {
    if (++heard == 6) stop.request_stop();
    return {};
  };
  const auto stopped = run(pool, numbered, hearing, &checkpoint, {}, stop.get_token());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
  const std::size_t kept = checkpoint.size();
  EXPECT_GE(kept, 4U);

  std::atomic<int> heard_again{0};
  hearing.before = [&](std::span<const float>, std::stop_token) -> Result<> {
    ++heard_again;
    return {};
  };
  const auto resumed = run(pool, numbered, hearing, &checkpoint);
  ASSERT_TRUE(resumed);
  expect_every_word_once(*resumed, numbered);
  EXPECT_EQ(static_cast<std::size_t>(checkpoint.found_.load()), kept);
  EXPECT_EQ(static_cast<std::size_t>(heard_again.load()), checkpoint.size() - kept);

  const auto whole = run(pool, numbered, {});
  EXPECT_EQ(whole->segments, resumed->segments) << "a resumed result is the same as an undisturbed one";
}

TEST_F(TranscriberTest, AFailingChunkFailsTheRecordingWithItsError) {
  ChunkPool pool(2);
  std::atomic<int> heard{0};
  NumberedHearing hearing;
  hearing.before = [&](std::span<const float>, std::stop_token) -> Result<> {
    if (++heard == 3) return fail(ErrorCode::kInternal, "The engine broke.");
    return {};
  };
  const auto transcript = run(pool, recording(Millis(600'000)), hearing);
  ASSERT_FALSE(transcript);
  EXPECT_EQ(transcript.error().message, "The engine broke.");
}

TEST_F(TranscriberTest, AChunkThatCannotBeKeptIsAFailure) {
  ChunkPool pool(2);
  MemoryCheckpoint checkpoint;
  checkpoint.full_ = true;
  const auto transcript = run(pool, recording(Millis(60'000)), {}, &checkpoint);
  ASSERT_FALSE(transcript);
  EXPECT_EQ(transcript.error().code, ErrorCode::kDiskFull);
}

TEST_F(TranscriberTest, SilenceGivesAnEmptyTranscriptAndAsksNoRecognizer) {
  ChunkPool pool(2);
  std::atomic<int> heard{0};
  NumberedHearing hearing;
  hearing.before = [&](std::span<const float>, std::stop_token) -> Result<> {
    ++heard;
    return {};
  };
  NumberedRecording silence;
  silence.length = kRecognitionRate * 120;
  const auto transcript = run(pool, silence, hearing);
  ASSERT_TRUE(transcript);
  EXPECT_TRUE(transcript->segments.empty());
  EXPECT_EQ(transcript->duration, Millis(120'000));
  EXPECT_EQ(heard, 0);
}

TEST_F(TranscriberTest, WhatNobodySaidIsTakenOutAndCountedAndWhatWasSaidStays) {
  ChunkPool pool(2);
  const NumberedRecording numbered = words_in_tens();
  NumberedHearing hearing;
  hearing.jitter = Millis(0);
  hearing.longest_segment = 10;
  constexpr std::size_t kRounds = 10;
  std::size_t invented = 0;  // chunks in which the engine invents words
  const auto invent = [&](const RecognitionOptions&, ChunkText& text) {
    if (text.segments.size() < 2 || text.segments.back().words.size() < 3) return;
    ++invented;
    const Segment& last = text.segments.back();
    // The last three words again and again, in no time.
    Segment round{.start = last.end, .end = last.end};
    round.words.assign(last.words.end() - 3, last.words.end());
    for (Word& word : round.words) word.start = word.end = last.end;
    round.text = join_words(round.words);
    // In the pause: what the engine says when there is nothing to recognise, which only the detector knows,
    // and what it doubts itself.
    const Millis pause = text.segments[0].end;
    const Millis pause_end = text.segments[1].start;
    const Millis middle = (pause + pause_end) / 2;
    Segment phantom{.start = pause, .end = middle, .text = "Thank you for watching."};
    phantom.average_log_probability = -0.2F;
    Segment doubted{.start = middle, .end = pause_end, .text = "So we went on."};
    doubted.average_log_probability = -1.2F;
    doubted.no_speech_probability = 0.8F;
    const Segment music{.start = middle, .end = pause_end, .text = "[Music]"};
    text.segments.insert(text.segments.begin() + 1, {phantom, doubted, music});
    text.segments.insert(text.segments.end(), kRounds, round);
  };
  const auto transcript = overhear(pool, numbered, english(), invent, hearing);
  ASSERT_TRUE(transcript) << transcript.error().message;
  expect_every_word_once(*transcript, numbered);
  ASSERT_GE(invented, 2U);  // otherwise the counts of one chunk could be mistaken for the total
  EXPECT_EQ(transcript->removed.silence_segments, 2 * invented);
  EXPECT_EQ(transcript->removed.repetition_segments, kRounds * invented);
  EXPECT_EQ(transcript->removed.words, (8 + 3 * kRounds) * invented);
  EXPECT_EQ(transcript->removed.passages.size(), (2 + kRounds) * invented);
  ASSERT_EQ(transcript->sounds.size(), invented);
  // In the recording's time, not in the chunk's.
  for (const SoundEvent& sound : transcript->sounds) {
    const bool spoken = std::any_of(numbered.words.begin(), numbered.words.end(), [&](const auto& word) {
      const Millis middle = (samples_to_time(word.begin) + samples_to_time(word.end())) / 2;
      return sound.start < middle && middle < sound.end;
    });
    EXPECT_FALSE(spoken) << sound.start.count();
  }
  EXPECT_GT(transcript->removed.passages.back().start, Millis(30'000));
}

TEST_F(TranscriberTest, SeveralRecordingsShareThePool) {
  ChunkPool pool(2);
  std::vector<std::jthread> jobs;
  for (unsigned i = 0; i < 5; ++i) {
    jobs.emplace_back([&, i] {
      const auto numbered = recording(Millis(120'000 + 30'000 * static_cast<int>(i)), i);
      const auto transcript = run(pool, numbered, {});
      ASSERT_TRUE(transcript);
      expect_every_word_once(*transcript, numbered);
    });
  }
}

/// Leaves out what the hook takes away, as Whisper sometimes does.
class ForgetfulModel : public ObservedModel {
 public:
  explicit ForgetfulModel(Hook hook) : ObservedModel({.jitter = Millis(20)}, std::move(hook)) {}
  [[nodiscard]] bool may_leave_out_speech() const override { return true; }
};

/// What one thread hears of the recording with this model.
Result<Transcript> hear(const NumberedRecording& numbered,
                        const std::shared_ptr<const RecognitionModel>& model,
                        const RecognitionOptions& options) {
  ChunkPool pool(1);
  NumberedSource source(numbered);
  NumberedDetector detector;
  return transcribe(pool, {source, detector, model, options, nullptr, {}}, {});
}

/// Keeps the words up to the first pause of half a second or more.
void end_at_first_pause(const RecognitionOptions& /*options*/, ChunkText& text) {
  std::optional<Millis> last;
  for (Segment& segment : text.segments) {
    const auto paused = [&](const Word& word) {
      return std::exchange(last, word.end).value_or(word.start) + Millis(500) < word.start;
    };
    const auto end = std::find_if(segment.words.begin(), segment.words.end(), paused);
    if (end == segment.words.end()) continue;
    set_words(segment, std::vector<Word>(segment.words.begin(), end));
    text.segments.resize(static_cast<std::size_t>(&segment - text.segments.data()) + 1);
    break;
  }
  std::erase_if(text.segments, [](const Segment& segment) { return segment.words.empty(); });
}

TEST_F(TranscriberTest, SpeechAfterAnEarlyEndIsRecognisedAgain) {
  const auto numbered = words_in_tens();
  const auto transcript = hear(numbered, std::make_shared<ForgetfulModel>(end_at_first_pause), english());
  ASSERT_TRUE(transcript) << transcript.error().message;
  expect_every_word_once(*transcript, numbered);
  ASSERT_TRUE(transcript->coverage);
  EXPECT_EQ(transcript->coverage->with_words, transcript->coverage->speech);
}

TEST_F(TranscriberTest, WhatWasLeftOutAndGuessesAreRecognisedAgainWithoutThePrompt) {
  const auto numbered = words_in_tens();
  int chunks = 0;
  const auto count = [&](const RecognitionOptions&, ChunkText&) { ++chunks; };
  ASSERT_TRUE(hear(numbered, std::make_shared<ObservedModel>(NumberedHearing{}, count), english()));
  int prompted = 0;
  int unprompted = 0;
  const auto model = std::make_shared<ForgetfulModel>([&](const RecognitionOptions& given, ChunkText& text) {
    ++(given.prompt.empty() ? unprompted : prompted);
    end_at_first_pause(given, text);
    for (Segment& segment : text.segments) segment.average_log_probability = -1;
  });
  RecognitionOptions options = english();
  options.prompt = "Ada.";
  const auto transcript = hear(numbered, model, options);
  ASSERT_TRUE(transcript) << transcript.error().message;
  expect_every_word_once(*transcript, numbered);
  EXPECT_EQ(prompted, chunks);
  EXPECT_GT(unprompted, 2 * chunks);  // once each, and again after every pause
}

/// Of an engine that does not know prompts.
class UnpromptedModel : public ObservedModel {
 public:
  explicit UnpromptedModel(Hook hook) : ObservedModel({}, std::move(hook)) {}
  [[nodiscard]] bool takes_prompts() const override { return false; }
};

TEST_F(TranscriberTest, AnEngineThatDoesNotKnowPromptsGetsNoneAndHearsEachChunkOnce) {
  const auto numbered = words_in_tens();
  const auto count_chunks = [&](const RecognitionOptions& options) {
    int chunks = 0;
    const auto model = std::make_shared<UnpromptedModel>([&](const RecognitionOptions& given, ChunkText&) {
      EXPECT_EQ(given.prompt, "");
      ++chunks;
    });
    const auto transcript = hear(numbered, model, options);
    EXPECT_TRUE(transcript) << transcript.error().message;
    return chunks;
  };
  RecognitionOptions options = english();
  const int chunks = count_chunks(options);
  EXPECT_GE(chunks, 3);
  options.prompt = "Ada.";
  options.carry_text = true;
  EXPECT_EQ(count_chunks(options), chunks);
}

TEST_F(TranscriberTest, SpeechThatStaysWithoutWordsIsReportedAfterAFewAttempts) {
  const auto numbered = words_in_tens();
  int windows = 0;
  // From the first recogniser's point of view nobody speaks in the second and third ten.
  const auto model = std::make_shared<ForgetfulModel>([&](const RecognitionOptions&, ChunkText& text) {
    ++windows;
    for (Segment& segment : text.segments) {
      std::erase_if(segment.words, [](const Word& word) {
        const int number = std::stoi(word.text.substr(word.text.find_first_of("0123456789")));
        return number >= 10 && number < 30;
      });
      set_words(segment, std::move(segment.words));
    }
    std::erase_if(text.segments, [](const Segment& segment) { return segment.words.empty(); });
  });
  const auto transcript = hear(numbered, model, english());
  ASSERT_TRUE(transcript) << transcript.error().message;
  ASSERT_TRUE(transcript->coverage);
  ASSERT_THAT(transcript->coverage->without_words, testing::SizeIs(1));
  const TimeSpan lost = transcript->coverage->without_words.front();
  EXPECT_NEAR(to_seconds(lost.start), to_seconds(samples_to_time(numbered.words[10].begin)), 0.5);
  EXPECT_NEAR(to_seconds(lost.end), to_seconds(samples_to_time(numbered.words[29].end())), 0.5);
  EXPECT_LT(transcript->coverage->with_words, transcript->coverage->speech);
  EXPECT_LE(windows, 12);  // three or four chunks, and three attempts in each of the two that have the gap
}

}  // namespace
}  // namespace vat::asr
