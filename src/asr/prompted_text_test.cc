#include "asr/prompted_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "asr/segment_words.h"

namespace vat::asr {
namespace {

Segment said(const std::string& text, int seconds, float log_probability = -0.1F) {
  Segment segment{.start = Millis(0), .end = Millis(1'000) * seconds, .text = text};
  set_words(segment, estimate_words(segment));
  segment.average_log_probability = log_probability;
  return segment;
}

/// Says one thing with a prompt, and another without.
class Prompted : public Recognizer {
 public:
  Prompted(Segment with_prompt, Segment without)
      : with_(std::move(with_prompt)), without_(std::move(without)) {}
  void expect_speech(std::vector<TimeSpan> speech) override { expected_ = std::move(speech); }
  Result<ChunkText> recognize(std::span<const float> /*samples*/, const RecognitionOptions& options,
                              std::stop_token /*stop*/) override {
    prompts_.push_back(options.prompt);
    speech_.push_back(std::exchange(expected_, {}));
    return ChunkText{.segments = {options.prompt.empty() ? without_ : with_}};
  }
  Result<DetectedLanguage> detect_language(std::span<const float> /*samples*/,
                                           std::stop_token /*stop*/) override {
    return DetectedLanguage{"en", 1};
  }
  std::vector<std::string> prompts_;
  std::vector<std::vector<TimeSpan>> speech_;  // that was expected, of each call

 private:
  Segment with_;
  Segment without_;
  std::vector<TimeSpan> expected_;
};

/// The text of twelve seconds of speech.
std::string heard(Prompted& recognizer, const std::string& prompt) {
  constexpr std::size_t kFrame = 320;
  constexpr std::size_t kFrames = 600;
  Chunk chunk;
  chunk.pieces = {{.source_begin = 0, .length = kFrame * kFrames}};
  chunk.samples.resize(kFrame * kFrames);
  chunk.speech.assign(kFrames, 0.9F);
  chunk.speech_frame = kFrame;
  RecognitionOptions options;
  options.prompt = prompt;
  const auto text = recognize_prompted(recognizer, chunk, options, {});
  return text ? text->segments.at(0).text : text.error().message;
}

const std::string kLong =
    "the child almost hurt the small dog and he might even have been made amiable himself had he been asked";

TEST(PromptedTextTest, AFewWordsOverMuchSpeechAreHeardAgainWithoutThePrompt) {
  Prompted recognizer(said("the child almost", 12), said(kLong, 12));
  EXPECT_EQ(heard(recognizer, "Ada."), kLong);
  EXPECT_THAT(recognizer.prompts_, testing::ElementsAre("Ada.", ""));
}

TEST(PromptedTextTest, TheRecognizerKnowsEachTimeWhereSomebodySpeaks) {
  Prompted recognizer(said("the child almost", 12), said(kLong, 12));
  heard(recognizer, "Ada.");
  const std::vector<TimeSpan> all{{Millis(0), Millis(12'000)}};
  EXPECT_THAT(recognizer.speech_, testing::ElementsAre(all, all));
}

TEST(PromptedTextTest, AGuessIsHeardAgainWithoutThePrompt) {
  Prompted recognizer(said("while" + kLong.substr(9), 12, -0.5F), said(kLong, 12));
  EXPECT_EQ(heard(recognizer, "Ada."), kLong);
}

TEST(PromptedTextTest, ThePromptedTextStaysWhenTheOtherHasNoMoreWords) {
  Prompted recognizer(said("the child almost", 12), said("a child", 12));
  EXPECT_EQ(heard(recognizer, "Ada."), "the child almost");
}

TEST(PromptedTextTest, AFullTextIsHeardOnce) {
  Prompted recognizer(said(kLong, 12), said("nothing", 12));
  EXPECT_EQ(heard(recognizer, "Ada."), kLong);
  EXPECT_EQ(recognizer.prompts_.size(), 1U);
}

TEST(PromptedTextTest, WithoutAPromptNothingIsHeardAgain) {
  Prompted recognizer(said("nothing", 12), said("the child almost", 12));
  EXPECT_EQ(heard(recognizer, ""), "the child almost");
  EXPECT_EQ(recognizer.prompts_.size(), 1U);
}

}  // namespace
}  // namespace vat::asr
