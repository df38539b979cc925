// The whole Whisper path on a model with invented weights in the real file format, run by the real
// whisper.cpp.
#include "asr/whisper_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <future>

#include "base/file.h"
#include "base/text.h"
#include "modelfile/testing/synthetic.h"

namespace vat::asr {
namespace {

using testing::HasSubstr;

modelfile::SyntheticSpec spec() {
  modelfile::SyntheticSpec spec;
  spec.tokens_per_window = 20;
  spec.advance_seconds = 5;
  return spec;
}

/// The same noise on every machine; the synthetic model ignores it.
std::vector<float> noise(double seconds) {
  std::vector<float> samples(static_cast<std::size_t>(seconds * kRecognitionRate));
  std::uint32_t state = 1;
  for (float& sample : samples) {
    state = state * 1664525U + 1013904223U;
    sample = static_cast<float>(state >> 8U) / static_cast<float>(1U << 24U) * 0.2F - 0.1F;
  }
  return samples;
}

class WhisperModelTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    directory_ = new TemporaryDirectory(TemporaryDirectory::create().value());
    path_ = directory_->path() / "ggml-micro.bin";
    ASSERT_TRUE(modelfile::write_synthetic(path_, spec()));
  }
  static void TearDownTestSuite() { delete directory_; }

  static std::shared_ptr<const RecognitionModel> model() {
    auto loaded = load_whisper(path_, {.device = "cpu"});
    EXPECT_TRUE(loaded) << loaded.error().message;
    return *loaded;
  }
  /// A model that is unsure of every word, and whose text depends on everything that its decoder is given.
  static std::shared_ptr<const RecognitionModel> untrained_model() {
    auto untrained = spec();
    untrained.trained_chain = false;
    untrained.seed = 7;  // a text that ends soon; with most seeds it has 220 words
    const auto path = directory_->path() / "ggml-untrained.bin";
    EXPECT_TRUE(modelfile::write_synthetic(path, untrained));
    return load_whisper(path, {.device = "cpu"}).value();
  }
  static RecognitionOptions english() {
    RecognitionOptions options;
    options.language = "en";
    return options;
  }
  static std::string joined(const ChunkText& text) {
    std::string all;
    for (const Segment& segment : text.segments) all += " " + segment.text;
    return all;
  }

  inline static TemporaryDirectory* directory_ = nullptr;
  inline static std::filesystem::path path_;
};

TEST_F(WhisperModelTest, TheModelSaysWhatItIs) {
  const auto whisper = model();
  EXPECT_EQ(whisper->engine(), "whisper");
  EXPECT_EQ(whisper->name(), "micro");
  EXPECT_THAT(whisper->version(), HasSubstr("whisper.cpp 1."));
  EXPECT_EQ(whisper->longest_chunk(), Millis(30'000));
  EXPECT_EQ(whisper->fingerprint(), model()->fingerprint());
}

TEST_F(WhisperModelTest, WordsComeWithTimesAndConfidence) {
  auto recognizer = model()->make_recognizer().value();
  const auto text = recognizer->recognize(noise(5), english(), {}).value();
  EXPECT_EQ(joined(text), modelfile::synthetic_text(spec()));
  EXPECT_EQ(text.language, "en");
  ASSERT_FALSE(text.segments.empty());
  std::size_t words = 0;
  for (const Segment& segment : text.segments) {
    EXPECT_LE(segment.start, segment.end);
    EXPECT_LT(segment.average_log_probability, 0);
    EXPECT_GT(segment.average_log_probability, -1);
    Millis last{0};
    for (const Word& word : segment.words) {
      EXPECT_GE(word.start, last);
      EXPECT_GE(word.end, word.start);
      EXPECT_GT(word.confidence, 0);
      EXPECT_LE(word.confidence, 1);
      last = word.start;
      ++words;
    }
  }
  EXPECT_EQ(words, 20U);
}

TEST_F(WhisperModelTest, BeamSearchAndAPromptGiveTheSameWordsOnThisModel) {
  auto recognizer = model()->make_recognizer().value();
  RecognitionOptions options = english();
  options.beam_size = 5;
  EXPECT_EQ(joined(recognizer->recognize(noise(5), options, {}).value()), modelfile::synthetic_text(spec()));
  options.beam_size = 1;
  options.prompt = "kila zovemu";
  EXPECT_EQ(joined(recognizer->recognize(noise(5), options, {}).value()), modelfile::synthetic_text(spec()));
}

TEST_F(WhisperModelTest, ADecodeThatFailsIsTriedAgainAtHigherTemperaturesOnlyWhenThereIsAStep) {
  const auto whisper = untrained_model();
  const auto recognise = [&](float temperature, float step) {
    RecognitionOptions options = english();
    options.best_of = 1;
    options.temperature = temperature;
    options.temperature_step = step;
    // A new recogniser each time, because an old one continues its sequence of random numbers.
    return whisper->make_recognizer().value()->recognize(noise(5), options, {}).value();
  };
  const ChunkText once = recognise(0, 0);
  ASSERT_FALSE(once.segments.empty());
  ASSERT_LT(once.segments.front().average_log_probability, -1);  // otherwise no decode fails
  EXPECT_NE(recognise(0, 0.2F), once);
  // Greedy decoding takes no random numbers, so the second try is like a first one at its temperature.
  EXPECT_EQ(joined(recognise(0, 1)), joined(recognise(1, 0)));
}

TEST_F(WhisperModelTest, TheTaskAndThePromptReachTheDecoder) {
  const auto recognise = [](const RecognitionModel& whisper, const RecognitionOptions& options) {
    return whisper.make_recognizer().value()->recognize(noise(5), options, {}).value();
  };
  RecognitionOptions options = english();
  options.temperature_step = 0;
  const auto untrained = untrained_model();
  const ChunkText transcribed = recognise(*untrained, options);
  options.translate = true;
  EXPECT_NE(recognise(*untrained, options), transcribed);
  options.translate = false;
  // The words stay, but their probabilities move a little.
  const auto trained = model();
  const ChunkText unprompted = recognise(*trained, options);
  options.prompt = "kila zovemu";
  EXPECT_NE(recognise(*trained, options), unprompted);
}

// That it takes the place where it was said is tested with trained weights (tests/real).
TEST_F(WhisperModelTest, AHotwordDoesNotTakeThePlaceOfWhatTheModelIsSureOf) {
  RecognitionOptions options = english();
  options.temperature_step = 0;
  for (const auto& whisper : {model(), untrained_model()}) {
    const auto recognizer = whisper->make_recognizer().value();
    const ChunkText before = recognizer->recognize(noise(5), options, {}).value();
    ASSERT_THAT(joined(before), testing::AnyOf(HasSubstr(" vefica jifimu "), HasSubstr(" potozi potozi ")));
    options.hotwords = "vefico jifimu, potoyi, sotozi";
    EXPECT_EQ(recognizer->recognize(noise(5), options, {}).value(), before);
    options.hotwords.clear();
  }
}

TEST_F(WhisperModelTest, WordsOfAPublishedShapeAreTimedByWhatTheDecoderAttendsTo) {
  auto tiny = spec();
  tiny.shape = modelfile::SyntheticShape::kTiny;
  const auto path = directory_->path() / "ggml-tiny.bin";
  ASSERT_TRUE(modelfile::write_synthetic(path, tiny));
  const auto recognizer = load_whisper(path, {.device = "cpu"}).value()->make_recognizer().value();
  for (const int beams : {1, 3}) {
    RecognitionOptions options = english();
    options.beam_size = beams;
    const ChunkText text = recognizer->recognize(noise(5), options, {}).value();
    ASSERT_EQ(text.segments.size(), 1U);
    const std::vector<Word>& words = text.segments[0].words;
    ASSERT_EQ(words.size(), 20U);
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
      EXPECT_LT(words[i].start, words[i].end) << i;
      EXPECT_LE(words[i].end, words[i + 1].start) << i;
    }
    EXPECT_LE(words.back().end, Millis(5'000));
  }
}

TEST_F(WhisperModelTest, ARecognizerForgetsOneChunkBeforeTheNext) {
  auto recognizer = model()->make_recognizer().value();
  const auto first = recognizer->recognize(noise(5), english(), {}).value();
  ASSERT_TRUE(recognizer->recognize(noise(2), english(), {}));
  const auto again = recognizer->recognize(noise(5), english(), {}).value();
  ASSERT_EQ(again.segments.size(), first.segments.size());
  EXPECT_EQ(joined(again), joined(first));
  EXPECT_EQ(again.segments.back().end, first.segments.back().end);
}

TEST_F(WhisperModelTest, AChunkThatEndsWithOneTimeMarkIsOneWindow) {
  auto recognizer = model()->make_recognizer().value();
  for (const double seconds : {0.5, 5.4, 12.0, 30.0})
    EXPECT_EQ(joined(recognizer->recognize(noise(seconds), english(), {}).value()),
              modelfile::synthetic_text(spec()));
}

TEST_F(WhisperModelTest, TwoRecognizersOfOneModelWorkAtOnce) {
  const auto whisper = model();
  const auto recognise = [&] {
    auto recognizer = whisper->make_recognizer().value();
    return joined(recognizer->recognize(noise(5), english(), {}).value());
  };
  auto other = std::async(std::launch::async, recognise);
  EXPECT_EQ(recognise(), modelfile::synthetic_text(spec()));
  EXPECT_EQ(other.get(), modelfile::synthetic_text(spec()));
}

TEST_F(WhisperModelTest, TheLanguageIsDetected) {
  auto recognizer = model()->make_recognizer().value();
  const auto language = recognizer->detect_language(noise(5), {}).value();
  EXPECT_EQ(language.code, "en");
  EXPECT_GT(language.probability, 0.5F);
}

TEST_F(WhisperModelTest, WhatWasEncodedForTheLanguageIsTakenForTheSameSoundOnly) {
  const auto whisper = model();
  const auto by_a_new_recognizer = [&](int seconds) {
    return whisper->make_recognizer().value()->recognize(noise(seconds), english(), {}).value();
  };
  const ChunkText five = by_a_new_recognizer(5);
  const ChunkText nine = by_a_new_recognizer(9);
  ASSERT_EQ(five, by_a_new_recognizer(5));
  ASSERT_NE(five, nine);  // otherwise the rest would prove nothing
  auto recognizer = whisper->make_recognizer().value();
  ASSERT_TRUE(recognizer->detect_language(noise(5), {}));
  recognizer->use_threads([] { return 1; });
  EXPECT_EQ(recognizer->recognize(noise(5), english(), {}).value(), five);
  EXPECT_EQ(recognizer->recognize(noise(9), english(), {}).value(), nine);
  ASSERT_TRUE(recognizer->detect_language(noise(9), {}));
  EXPECT_EQ(recognizer->recognize(noise(5), english(), {}).value(), five);
}

#ifdef VAT_WHISPER_PATCHED
TEST_F(WhisperModelTest, HalfTheContextIsForAFewSecondsAndForTheirCallOnly) {
  const auto recognizer = untrained_model()->make_recognizer().value();
  RecognitionOptions all = english();
  all.temperature_step = 0;
  RecognitionOptions half = all;
  half.half_context = true;
  const auto recognized = [&](int seconds, const RecognitionOptions& options) {
    return recognizer->recognize(noise(seconds), options, {}).value();
  };
  EXPECT_NE(recognized(3, half), recognized(3, all));
  EXPECT_EQ(recognized(10, half), recognized(10, all));
  const DetectedLanguage language = recognizer->detect_language(noise(20), {}).value();
  recognized(3, half);
  const DetectedLanguage after = recognizer->detect_language(noise(20), {}).value();
  EXPECT_EQ(after.code, language.code);
  EXPECT_EQ(after.probability, language.probability);
}

TEST_F(WhisperModelTest, TheNumberOfThreadsIsAskedForBeforeEachToken) {
  auto recognizer = model()->make_recognizer().value();
  int asked = 0;
  recognizer->use_threads([&] { return 1 + asked++ % 2; });
  const ChunkText text = recognizer->recognize(noise(5), english(), {}).value();
  const int before = std::exchange(asked, 0);
  std::size_t words = 0;
  for (const Segment& segment : text.segments) words += segment.words.size();
  EXPECT_GT(words, 3U);
  EXPECT_GT(before, static_cast<int>(words));
  // And the text is the same with one thread, though the last digits of its probabilities are not.
  recognizer->use_threads([] { return 1; });
  EXPECT_EQ(joined(recognizer->recognize(noise(5), english(), {}).value()), joined(text));
}
#endif

TEST_F(WhisperModelTest, SoundOfNoLengthHasNoWordsButALanguage) {
  auto recognizer = model()->make_recognizer().value();
  RecognitionOptions detect = english();
  detect.language = "auto";
  // Under AddressSanitizer the shortest ones also show that nothing behind them is read.
  for (const std::size_t count : {0, 1, 5, 200, 201}) {
    const std::vector<float> samples(count, 0.1F);
    for (const RecognitionOptions& options : {english(), detect})
      EXPECT_EQ(joined(recognizer->recognize(samples, options, {}).value()), "") << count;
    EXPECT_EQ(recognizer->detect_language(samples, {}).value().code, "en") << count;
  }
}

TEST_F(WhisperModelTest, AStopRequestEndsTheWorkWithCancelled) {
  auto recognizer = model()->make_recognizer().value();
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(recognizer->recognize(noise(5), english(), stop.get_token()).error().code, ErrorCode::kCancelled);
  EXPECT_TRUE(recognizer->recognize(noise(5), english(), {})) << "a stopped recognizer can be used again";
}

TEST_F(WhisperModelTest, OptionsWithoutMeaningAreRefusedBeforeTheWork) {
  const auto whisper = model();
  RecognitionOptions options;
  EXPECT_TRUE(whisper->validate(options));
  options.language = "klingon";
  EXPECT_THAT(whisper->validate(options).error().message, HasSubstr("klingon"));
  options.language = "de";
  EXPECT_TRUE(whisper->validate(options));
  options.beam_size = 9;
  EXPECT_EQ(whisper->validate(options).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(WhisperModelTest, AnEnglishModelRefusesOtherLanguagesAndTranslation) {
  auto english_only = spec();
  english_only.english_only = true;
  const auto path = directory_->path() / "ggml-micro.en.bin";
  ASSERT_TRUE(modelfile::write_synthetic(path, english_only));
  const auto whisper = load_whisper(path, {.device = "cpu"}).value();
  RecognitionOptions options;
  options.language = "de";
  EXPECT_THAT(whisper->validate(options).error().message, HasSubstr("is English-only"));
  options = {};
  options.translate = true;
  EXPECT_FALSE(whisper->validate(options));
  auto recognizer = whisper->make_recognizer().value();
  EXPECT_EQ(recognizer->detect_language(noise(1), {}).value().code, "en");
}

TEST_F(WhisperModelTest, AFileThatIsNoModelIsRefusedWithASentence) {
  const auto path = directory_->path() / "text.bin";
  ASSERT_TRUE(write_file_atomically(path, "This is no model.", Overwrite::kReplace));
  const auto loaded = load_whisper(path, {});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::kBadData);
  EXPECT_THAT(loaded.error().message, HasSubstr("text.bin"));
  EXPECT_EQ(load_whisper(directory_->path() / "nothing.bin", {}).error().code, ErrorCode::kNotFound);
}

TEST_F(WhisperModelTest, ATruncatedModelIsRefused) {
  const auto bytes = read_file(path_, std::size_t{1} << 30).value();
  const auto path = directory_->path() / "short.bin";
  ASSERT_TRUE(write_file_atomically(path, std::string_view(bytes).substr(0, bytes.size() - 1000),
                                    Overwrite::kReplace));
  EXPECT_EQ(load_whisper(path, {}).error().code, ErrorCode::kBadData);
}

TEST_F(WhisperModelTest, ReadingAFileEndsWhenItIsToStop) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(load_whisper(path_, {.device = "cpu", .stop = stop.get_token()}).error().code,
            ErrorCode::kCancelled);
}

TEST_F(WhisperModelTest, ADeviceThatIsNotThereIsNamed) {
  EXPECT_EQ(load_whisper(path_, {.device = "abacus"}).error().code, ErrorCode::kInvalidArgument);
  const auto loaded = load_whisper(path_, {.device = "gpu:7"});
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message, HasSubstr("gpu:7"));
  EXPECT_EQ(loaded.error().field, "device");
}

TEST(WhisperListTest, LanguagesAndDevicesAreListed) {
  EXPECT_GE(whisper_languages().size(), 99U);
  const auto devices = compute_devices();
  ASSERT_FALSE(devices.empty());
  EXPECT_FALSE(devices.back().gpu);
}

}  // namespace
}  // namespace vat::asr
