#include "asr/transcriber.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "asr/segment_words.h"
#include "asr/testing/numbered_words.h"

namespace vat::asr {
namespace {

/// Keeps chunks in memory.
class MemoryCheckpoint : public CheckpointStore {
 public:
  [[nodiscard]] std::optional<ChunkText> find(const ChunkKey& key) override {
    const std::lock_guard lock(mutex_);
    const auto found = chunks_.find(key);
    if (found == chunks_.end()) return std::nullopt;
    ++found_;
    return found->second;
  }
  [[nodiscard]] Result<> save(const ChunkKey& key, const ChunkText& text) override {
    const std::lock_guard lock(mutex_);
    if (full_) return fail(ErrorCode::kDiskFull, "The disk is full.");
    chunks_[key] = text;
    return {};
  }
  [[nodiscard]] std::size_t size() {
    const std::lock_guard lock(mutex_);
    return chunks_.size();
  }
  std::atomic<int> found_{0};
  bool full_ = false;

 private:
  std::mutex mutex_;
  std::map<ChunkKey, ChunkText> chunks_;
};

/// Lets the test see the options of each chunk and change its text. The hook is called on the pool's threads,
/// one at a time.
class ObservedModel : public NumberedModel {
 public:
  using Hook = std::function<void(const RecognitionOptions& options, ChunkText& text)>;
  ObservedModel(NumberedHearing hearing, Hook hook)
      : NumberedModel(std::move(hearing)), hook_(std::move(hook)) {}
  [[nodiscard]] Result<std::unique_ptr<Recognizer>> make_recognizer() const override {
    VAT_ASSIGN(std::unique_ptr<Recognizer> recognizer, NumberedModel::make_recognizer());
    return std::unique_ptr<Recognizer>(std::make_unique<ObservedRecognizer>(*this, std::move(recognizer)));
  }

 private:
  class ObservedRecognizer : public Recognizer {
   public:
    ObservedRecognizer(const ObservedModel& model, std::unique_ptr<Recognizer> recognizer)
        : model_(model), recognizer_(std::move(recognizer)) {}
    Result<ChunkText> recognize(std::span<const float> samples, const RecognitionOptions& options,
                                std::stop_token stop) override {
      VAT_ASSIGN(ChunkText text, recognizer_->recognize(samples, options, std::move(stop)));
      const std::lock_guard lock(model_.mutex_);
      model_.hook_(options, text);
      return text;
    }
    Result<DetectedLanguage> detect_language(std::span<const float> samples, std::stop_token stop) override {
      return recognizer_->detect_language(samples, std::move(stop));
    }

   private:
    const ObservedModel& model_;
    std::unique_ptr<Recognizer> recognizer_;
  };

  Hook hook_;
  mutable std::mutex mutex_;
};

/// Ten words, a pause of 0.9 s, ten words, ...; long enough for several chunks, which are cut in the pauses.
NumberedRecording words_in_tens() {
  constexpr Millis kWord(400);
  constexpr Millis kGap(100);
  constexpr Millis kPause(900);
  NumberedRecording recording;
  Millis time(1'000);
  for (int number = 0; number < 120; ++number) {
    recording.words.push_back({number, time_to_samples(time), time_to_samples(kWord)});
    time += kWord + (number % 10 == 9 ? kPause : kGap);
  }
  recording.length = time_to_samples(time);
  return recording;
}

class TranscriberTest : public testing::Test {
 protected:
  static NumberedRecording recording(Millis length, unsigned seed = 1) {
    std::mt19937 random(seed);
    return make_numbered_recording({.length = length}, random);
  }
  static RecognitionOptions english() {
    RecognitionOptions options;
    options.language = "en";
    return options;
  }
  Result<Transcript> run(ChunkPool& pool, const NumberedRecording& numbered, const NumberedHearing& hearing,
                         CheckpointStore* checkpoint = nullptr, ProgressSink progress = {},
                         std::stop_token stop = {}) {
    NumberedSource source(numbered);
    NumberedDetector detector;
    const auto model = std::make_shared<NumberedModel>(hearing);
    return transcribe(pool, {source, detector, model, english(), checkpoint, std::move(progress)},
                      std::move(stop));
  }
  static Result<Transcript> overhear(ChunkPool& pool, const NumberedRecording& numbered,
                                     const RecognitionOptions& options, ObservedModel::Hook hook,
                                     const NumberedHearing& hearing = {},
                                     CheckpointStore* checkpoint = nullptr) {
    NumberedSource source(numbered);
    NumberedDetector detector;
    const auto model = std::make_shared<ObservedModel>(hearing, std::move(hook));
    return transcribe(pool, {source, detector, model, options, checkpoint, {}}, {});
  }
  static std::string joined(const ChunkText& text) {
    std::string all;
    for (const Segment& segment : text.segments) all += (all.empty() ? "" : " ") + segment.text;
    return all;
  }
  static void expect_every_word_once(const Transcript& transcript, const NumberedRecording& numbered) {
    std::size_t next = 0;
    Millis last{0};
    for (const Segment& segment : transcript.segments) {
      for (const Word& word : segment.words) {
        ASSERT_LT(next, numbered.words.size());
        EXPECT_THAT(word.text, testing::HasSubstr(std::to_string(numbered.words[next].number)));
        EXPECT_GE(word.start, last);
        last = word.start;
        ++next;
      }
    }
    EXPECT_EQ(next, numbered.words.size());
  }
};

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

TEST_F(TranscriberTest, ADoubtfulLanguageIsDetectedInTheNextChunkTooAndTheSurerOneDecides) {
  struct Case {
    std::vector<DetectedLanguage> detected;
    std::string language;
    std::size_t windows;
  };
  for (const Case& one :
       {Case{{{"en", 0.7F}, {"de", 0.9F}}, "en", 1}, Case{{{"cy", 0.3F}, {"de", 0.9F}}, "de", 2},
        Case{{{"en", 0.5F}, {"cy", 0.3F}}, "en", 2}}) {
    ChunkPool pool(2);
    NumberedHearing hearing;
    std::size_t windows = 0;
    hearing.language = [&] { return one.detected.at(windows++); };
    const auto transcript = overhear(
        pool, recording(Millis(120'000)), {},
        [&](const RecognitionOptions& options, ChunkText& /*text*/) {
          EXPECT_EQ(options.language, one.language);
        },
        hearing);
    ASSERT_TRUE(transcript) << transcript.error().message;
    EXPECT_EQ(transcript->language, one.language);
    EXPECT_EQ(windows, one.windows);
  }
}

TEST_F(TranscriberTest, MixedLanguagesAreRecognisedEachInItsOwnAlsoWhenTheWorkIsResumed) {
  const NumberedRecording numbered = words_in_tens();
  RecognitionOptions options;
  options.mixed_languages = true;
  // The first chunk is asked as a whole, and then each ten words, of which every third is in doubt.
  const auto hear = [&](MemoryCheckpoint& checkpoint, std::size_t asked) {
    ChunkPool pool(1);
    NumberedHearing hearing;
    hearing.language = [asked]() mutable {
      const std::size_t number = asked++;
      if (number == 0) return DetectedLanguage{"fr", 0.9F};
      return DetectedLanguage{number % 2 == 0 ? "en" : "de", number % 3 == 0 ? 0.2F : 0.9F};
    };
    return overhear(
        pool, numbered, options,
        [](const RecognitionOptions& given, ChunkText& text) { text.language = given.language; }, hearing,
        &checkpoint);
  };
  MemoryCheckpoint checkpoint;
  const auto transcript = hear(checkpoint, 0);
  ASSERT_TRUE(transcript) << transcript.error().message;
  expect_every_word_once(*transcript, numbered);
  std::string languages;
  for (const Segment& segment : transcript->segments) {
    if (!languages.ends_with(segment.language)) languages += segment.language;
  }
  EXPECT_THAT(languages, testing::StartsWith("deende"));
  EXPECT_THAT(transcript->language, testing::AnyOf("en", "de"));
  const auto again = hear(checkpoint, 0);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_GT(checkpoint.found_, 0);
  EXPECT_EQ(again->segments, transcript->segments);
  EXPECT_EQ(again->language, transcript->language);
}

TEST_F(TranscriberTest, APromptIsGivenBeforeEveryChunk) {
  ChunkPool pool(3);
  // The chunk on which the language is detected takes a different path from the others.
  RecognitionOptions options;
  options.prompt = "Ada, Zoë.";
  std::vector<std::string> prompts;
  const auto transcript =
      overhear(pool, recording(Millis(300'000)), options,
               [&](const RecognitionOptions& given, ChunkText&) { prompts.push_back(given.prompt); });
  ASSERT_TRUE(transcript) << transcript.error().message;
  EXPECT_GE(prompts.size(), 3U);
  EXPECT_THAT(prompts, testing::Each("Ada, Zoë."));
}

TEST_F(TranscriberTest, CarriedTextGivesEachChunkThePromptAndTheTextOfTheOneBefore) {
  for (const char* const language : {"en", "auto"}) {
    ChunkPool pool(3);
    RecognitionOptions options;
    options.language = language;
    options.prompt = "Ada, Zoë.";
    options.carry_text = true;
    std::vector<std::string> prompts;
    std::vector<std::string> expected = {options.prompt};
    const auto transcript = overhear(pool, recording(Millis(600'000)), options,
                                     [&](const RecognitionOptions& given, ChunkText& text) {
                                       prompts.push_back(given.prompt);
                                       expected.push_back(options.prompt + " " + joined(text));
                                     });
    ASSERT_TRUE(transcript) << transcript.error().message;
    ASSERT_GE(prompts.size(), 3U);
    expected.pop_back();  // no chunk comes after the last
    EXPECT_EQ(prompts, expected) << language;
  }
}

TEST_F(TranscriberTest, CarriedTextComesFromKeptChunksToo) {
  ChunkPool pool(2);
  const auto numbered = recording(Millis(600'000));
  std::vector<std::string> prompts;
  const auto listen = [&](const RecognitionOptions& given, ChunkText&) { prompts.push_back(given.prompt); };
  for (const char* const language : {"en", "auto"}) {
    RecognitionOptions options;
    options.language = language;
    options.carry_text = true;
    prompts.clear();
    ASSERT_TRUE(overhear(pool, numbered, options, listen));
    const std::vector<std::string> undisturbed = std::exchange(prompts, {});
    ASSERT_GE(undisturbed.size(), 4U);

    MemoryCheckpoint checkpoint;
    std::atomic<int> heard{0};
    NumberedHearing breaking;
    breaking.before = [&](std::span<const float>, std::stop_token) -> Result<> {
      if (++heard == 3) return fail(ErrorCode::kInternal, "The engine broke.");
      return {};
    };
    ASSERT_FALSE(overhear(pool, numbered, options, listen, breaking, &checkpoint));
    ASSERT_EQ(checkpoint.size(), 2U);
    prompts.clear();
    ASSERT_TRUE(overhear(pool, numbered, options, listen, {}, &checkpoint));
    ASSERT_EQ(checkpoint.found_, 2);
    EXPECT_FALSE(prompts.front().empty());
    EXPECT_EQ(prompts, std::vector<std::string>(undisturbed.begin() + 2, undisturbed.end())) << language;
  }
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
  ChunkPool pool(2);
  const auto numbered = words_in_tens();
  NumberedSource source(numbered);
  NumberedDetector detector;
  const auto model = std::make_shared<ForgetfulModel>(end_at_first_pause);
  const auto transcript = transcribe(pool, {source, detector, model, english(), nullptr, {}}, {});
  ASSERT_TRUE(transcript) << transcript.error().message;
  expect_every_word_once(*transcript, numbered);
  ASSERT_TRUE(transcript->coverage);
  EXPECT_EQ(transcript->coverage->with_words, transcript->coverage->speech);
}

TEST_F(TranscriberTest, SpeechThatStaysWithoutWordsIsReportedAfterAFewAttempts) {
  ChunkPool pool(1);
  const auto numbered = words_in_tens();
  NumberedSource source(numbered);
  NumberedDetector detector;
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
  const auto transcript = transcribe(pool, {source, detector, model, english(), nullptr, {}}, {});
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
