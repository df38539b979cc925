// What the tests of transcribe() share: recordings whose words are numbers, and a look at each chunk.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include "asr/testing/numbered_words.h"
#include "asr/transcriber.h"

namespace vat::asr {

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
  [[nodiscard]] bool takes_prompts() const override { return true; }
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
inline NumberedRecording words_in_tens() {
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

}  // namespace vat::asr
