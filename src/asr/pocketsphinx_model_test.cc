#include "asr/pocketsphinx_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <barrier>
#include <string>
#include <thread>

#include "asr/testing/flite_speech.h"
#include "asr/word_error_rate.h"
#include "base/file.h"

namespace vat::asr {
namespace {

using testing::HasSubstr;

const RecognitionModel& model() {
  static const auto loaded = load_pocketsphinx().value();
  return *loaded;
}

ChunkText recognise(const Pcm& sound, Recognizer& recognizer) {
  return recognizer.recognize(sound.samples, RecognitionOptions{}, {}).value();
}

std::string text_of(const ChunkText& chunk) {
  std::string text;
  for (const Segment& segment : chunk.segments) text += (text.empty() ? "" : " ") + segment.text;
  return text;
}

constexpr const char* kSentences[] = {
    "The company reported a profit of three million dollars in the second quarter.",
    "Scientists believe that the ocean covers more than seventy percent of the planet.",
};
/// For what does not depend on what is said, as recognising takes as long as saying.
constexpr const char* kShortSentences[] = {
    "Good morning.",
    "The train leaves every morning.",
    "Thank you very much.",
};

TEST(PocketsphinxModelTest, MostWordsOfEveryVoiceAreHeard) {
  const auto recognizer = model().make_recognizer().value();
  for (const char* voice : {"slt", "rms", "awb", "kal16"}) {
    WordErrors errors;
    for (const char* sentence : kSentences)
      errors += count_word_errors(sentence, text_of(recognise(flite_say(sentence, voice), *recognizer)));
    RecordProperty(std::string("word_error_rate_") + voice, std::to_string(errors.rate()));
    EXPECT_LE(errors.rate(), 0.15) << voice;
  }
}

TEST(PocketsphinxModelTest, WordsHaveTimesInOrderAndConfidence) {
  const Pcm sound = flite_say(kSentences[0]);
  const auto recognizer = model().make_recognizer().value();
  const ChunkText chunk = recognise(sound, *recognizer);
  EXPECT_EQ(chunk.language, "en");
  ASSERT_FALSE(chunk.segments.empty());
  Millis last{0};
  double confidence = 0;
  std::size_t words = 0;
  for (const Segment& segment : chunk.segments) {
    ASSERT_FALSE(segment.words.empty());
    EXPECT_EQ(segment.start, segment.words.front().start);
    EXPECT_EQ(segment.end, segment.words.back().end);
    EXPECT_EQ(segment.text, join_words(segment.words));
    EXPECT_LE(segment.average_log_probability, 0);
    for (const Word& word : segment.words) {
      EXPECT_LE(last, word.start);
      EXPECT_LT(word.start, word.end);
      EXPECT_THAT(word.text, testing::MatchesRegex("[a-z'.-]+"));
      EXPECT_GT(word.confidence, 0);
      EXPECT_LE(word.confidence, 1);
      confidence += word.confidence;
      last = word.end;
      ++words;
    }
  }
  EXPECT_LE(last, sound.duration());
  EXPECT_GT(confidence / static_cast<double>(words), 0.6) << "Clear speech is heard with confidence.";
}

TEST(PocketsphinxModelTest, APauseBeginsANewSegment) {
  Pcm sound = flite_say("Nobody knows what happened to the old man.");
  const Millis first_end = sound.duration();
  append(sound, silence(Millis(1500)));
  append(sound, flite_say("The train leaves every morning."));
  const auto recognizer = model().make_recognizer().value();
  const ChunkText chunk = recognise(sound, *recognizer);
  ASSERT_EQ(chunk.segments.size(), 2U) << text_of(chunk);
  EXPECT_LE(chunk.segments[0].end, first_end);
  EXPECT_GE(chunk.segments[1].start, first_end + Millis(1000));
}

TEST(PocketsphinxModelTest, ThePronounIIsACapital) {
  const std::string text =
      text_of(recognise(flite_say("I would like to thank everyone who came here tonight.", "rms"),
                        *model().make_recognizer().value()));
  EXPECT_THAT(text, testing::StartsWith("I "));
}

TEST(PocketsphinxModelTest, SilenceAndNothingGiveNoText) {
  const auto recognizer = model().make_recognizer().value();
  EXPECT_TRUE(recognise(silence(Millis(3000)), *recognizer).segments.empty());
  EXPECT_TRUE(recognise(silence(Millis(5)), *recognizer).segments.empty());
  EXPECT_TRUE(recognise(Pcm{kRecognitionRate, {}}, *recognizer).segments.empty());
}

TEST(PocketsphinxModelTest, SamplesOutOfRangeAreBounded) {
  Pcm sound = flite_say(kShortSentences[0]);
  for (std::size_t i = 0; i < sound.samples.size(); ++i) sound.samples[i] *= 1e9F;
  sound.samples[100] = std::numeric_limits<float>::quiet_NaN();
  sound.samples[200] = -std::numeric_limits<float>::infinity();
  EXPECT_TRUE(model().make_recognizer().value()->recognize(sound.samples, RecognitionOptions{}, {}));
}

TEST(PocketsphinxModelTest, WordTimesCanBeLeftOut) {
  RecognitionOptions options;
  options.word_times = false;
  const auto chunk =
      model().make_recognizer().value()->recognize(flite_say("Good morning.").samples, options, {}).value();
  ASSERT_FALSE(chunk.segments.empty());
  EXPECT_TRUE(chunk.segments[0].words.empty());
}

TEST(PocketsphinxModelTest, ARequestedStopCancelsAndTheRecognizerStaysUsable) {
  const auto recognizer = model().make_recognizer().value();
  const Pcm sound = flite_say(kShortSentences[1]);
  const std::string undisturbed = text_of(recognise(sound, *recognizer));
  EXPECT_NE(undisturbed, "");
  std::stop_source source;
  source.request_stop();
  const auto stopped = recognizer->recognize(sound.samples, RecognitionOptions{}, source.get_token());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(text_of(recognise(sound, *recognizer)), undisturbed);
}

TEST(PocketsphinxModelTest, AStopDuringTheWorkCancels) {
  Pcm sound = flite_say(kSentences[0]);
  while (sound.duration() < Millis(20'000)) append(sound, flite_say(kSentences[1]));
  sound.samples.resize(static_cast<std::size_t>(time_to_samples(Millis(20'000))));
  std::stop_source source;
  std::barrier ready(2);
  Result<ChunkText> result;
  {
    const auto recognizer = model().make_recognizer().value();
    const std::jthread worker([&] {
      ready.arrive_and_wait();
      result = recognizer->recognize(sound.samples, RecognitionOptions{}, source.get_token());
    });
    ready.arrive_and_wait();
    source.request_stop();
  }
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
}

TEST(PocketsphinxModelTest, ParallelRecognizersHearTheSameAsOne) {
  std::vector<Pcm> sounds;
  std::vector<ChunkText> alone;
  const auto one = model().make_recognizer().value();
  for (const char* sentence : kShortSentences) {
    sounds.push_back(flite_say(sentence, "rms"));
    alone.push_back(recognise(sounds.back(), *one));
    EXPECT_FALSE(alone.back().segments.empty()) << sentence;
  }
  std::vector<ChunkText> together(sounds.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < sounds.size(); ++i) {
      threads.emplace_back([&, i] {
        const auto recognizer = model().make_recognizer().value();
        together[i] = recognise(sounds[i], *recognizer);
      });
    }
  }
  EXPECT_EQ(together, alone);
}

TEST(PocketsphinxModelTest, OnlyEnglishIsTaken) {
  RecognitionOptions options;
  EXPECT_TRUE(model().validate(options));
  options.language = "en";
  EXPECT_TRUE(model().validate(options));
  options.translate = true;
  EXPECT_EQ(model().validate(options).error().code, ErrorCode::kInvalidArgument);
  options.translate = false;
  options.language = "auto";
  options.mixed_languages = true;
  EXPECT_EQ(model().validate(options).error().code, ErrorCode::kInvalidArgument);
  options.mixed_languages = false;
  options.language = "de";
  EXPECT_EQ(model().validate(options).error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(model().validate(options).error().message, HasSubstr("Whisper"));
}

TEST(PocketsphinxModelTest, TheModelSaysWhatItIs) {
  EXPECT_EQ(model().engine(), "pocketsphinx");
  EXPECT_EQ(model().name(), "en-us");
  EXPECT_EQ(model().fingerprint().size(), 64U);
  EXPECT_EQ(model().longest_chunk(), Millis(30'000));
  const auto language = model().make_recognizer().value()->detect_language({}, {}).value();
  EXPECT_EQ(language.code, "en");
  EXPECT_EQ(language.probability, 0);
}

TEST(PocketsphinxModelTest, TheLibraryDoesNotWriteToTheTerminal) {
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  recognise(flite_say("Good morning."), *model().make_recognizer().value());
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(PocketsphinxModelTest, AMissingModelNamesThePackage) {
  const auto directory = TemporaryDirectory::create().value();
  const auto result = load_pocketsphinx(directory.path());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(result.error().message, HasSubstr("pocketsphinx-en-us"));
}

}  // namespace
}  // namespace vat::asr
