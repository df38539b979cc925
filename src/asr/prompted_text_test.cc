#include "asr/prompted_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "asr/segment_words.h"

namespace vat::asr {
namespace {

Segment said(const std::string& text, int seconds) {
  Segment segment{.start = Millis(0), .end = Millis(1'000) * seconds, .text = text};
  set_words(segment, estimate_words(segment));
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
    word_times_.push_back(options.word_times);
    speech_.push_back(std::exchange(expected_, {}));
    return ChunkText{.segments = {options.prompt.empty() ? without_ : with_}};
  }
  Result<DetectedLanguage> detect_language(std::span<const float> /*samples*/,
                                           std::stop_token /*stop*/) override {
    return DetectedLanguage{"en", 1};
  }
  std::vector<std::string> prompts_;
  std::vector<bool> word_times_;
  std::vector<std::vector<TimeSpan>> speech_;  // that was expected, of each call

 private:
  Segment with_;
  Segment without_;
  std::vector<TimeSpan> expected_;
};

ChunkText hear(Prompted& recognizer, const RecognitionOptions& options) {
  constexpr std::size_t kSamples = 320;  // of a frame
  constexpr std::size_t kFrames = 600;
  Chunk chunk;
  chunk.pieces = {{.source_begin = 0, .length = kSamples * kFrames}};
  chunk.samples.resize(kSamples * kFrames);
  chunk.speech.assign(kFrames, 0.9F);
  chunk.speech_frame = kSamples;
  auto text = recognize_prompted(recognizer, chunk, options, {});
  EXPECT_TRUE(text) << text.error().message;
  return text ? std::move(*text) : ChunkText{};
}

/// The text of twelve seconds of speech.
std::string heard(Prompted& recognizer, const std::string& prompt) {
  RecognitionOptions options;
  options.prompt = prompt;
  return hear(recognizer, options).segments.at(0).text;
}

const std::string kPlain = "men the coat before you go out he was not an ill disposed young man";

TEST(PromptedTextTest, WithoutAPromptTheChunkIsHeardOnce) {
  Prompted recognizer(said("nothing", 12), said(kPlain, 12));
  EXPECT_EQ(heard(recognizer, ""), kPlain);
  EXPECT_THAT(recognizer.prompts_, testing::ElementsAre(""));
}

TEST(PromptedTextTest, WithAPromptTheChunkIsHeardWithAndWithoutIt) {
  Prompted recognizer(said(kPlain, 12), said(kPlain, 12));
  heard(recognizer, "Ada.");
  EXPECT_THAT(recognizer.prompts_, testing::UnorderedElementsAre("Ada.", ""));
}

TEST(PromptedTextTest, TheRecognizerKnowsEachTimeWhereSomebodySpeaks) {
  Prompted recognizer(said(kPlain, 12), said(kPlain, 12));
  heard(recognizer, "Ada.");
  const std::vector<TimeSpan> all{{Millis(0), Millis(12'000)}};
  EXPECT_THAT(recognizer.speech_, testing::ElementsAre(all, all));
}

TEST(PromptedTextTest, ThePromptMaySayItInOtherWords) {
  const std::string prompted = "Mend the coat before you go out. He was not an ill-disposed, young man!";
  Prompted recognizer(said(prompted, 12), said(kPlain, 12));
  EXPECT_EQ(heard(recognizer, "Ada."), prompted);
}

TEST(PromptedTextTest, APromptMayLeaveOutOrAddTwoWords) {
  const std::string shorter = "men the coat before you go out he was ill disposed young man";  // "not an"
  Prompted leaving_out(said(shorter, 12), said(kPlain, 12));
  EXPECT_EQ(heard(leaving_out, "Ada."), shorter);
  Prompted adding(said(kPlain, 12), said(shorter, 12));
  EXPECT_EQ(heard(adding, "Ada."), kPlain);
}

TEST(PromptedTextTest, NothingMoreIsLeftOutForAPrompt) {
  for (const char* const shorter : {
           "he was not an ill disposed young man",                      // the beginning
           "men the coat before you go out",                            // the end
           "men the coat before you go out he was disposed young man",  // within
           "while out he was not an ill disposed young man",            // other words, and fewer
           "men the coat before you go out he was while",               // likewise
       }) {
    Prompted recognizer(said(shorter, 12), said(kPlain, 12));
    EXPECT_EQ(heard(recognizer, "Ada."), kPlain) << shorter;
  }
}

TEST(PromptedTextTest, NothingMoreIsAddedForAPrompt) {
  Prompted recognizer(said(kPlain + " ada zoe ben", 12), said(kPlain, 12));
  EXPECT_EQ(heard(recognizer, "Ada, Zoë, Ben."), kPlain);
}

TEST(PromptedTextTest, APromptedTextHasTheTimesOfTheOther) {
  Segment prompted = said("Mend the coat before you go out there under", 12);
  Segment plain = said("men the coat before you go out thereunder", 8);
  Prompted recognizer(prompted, plain);
  RecognitionOptions options;
  options.prompt = "Ada.";
  const ChunkText text = hear(recognizer, options);
  ASSERT_EQ(text.segments.size(), 1U);
  const std::vector<Word>& words = text.segments[0].words;
  ASSERT_EQ(words.size(), 9U);
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_EQ(words[i].start, plain.words[i].start) << i;
    EXPECT_EQ(words[i].end, plain.words[i].end) << i;
  }
  // Two words for one share its time.
  EXPECT_EQ(words[7].start, plain.words[7].start);
  EXPECT_EQ(words[7].end, words[8].start);
  EXPECT_EQ(words[8].end, plain.words[7].end);
  EXPECT_EQ(text.segments[0].start, plain.words.front().start);
  EXPECT_EQ(text.segments[0].end, plain.words.back().end);
}

TEST(PromptedTextTest, WordsThatOnlyThePromptedTextHasTakeNoTime) {
  Prompted recognizer(said("the coat um yes before", 12), said("the coat before", 6));
  RecognitionOptions options;
  options.prompt = "Um.";
  const ChunkText text = hear(recognizer, options);
  const std::vector<Word>& words = text.segments.at(0).words;
  ASSERT_EQ(words.size(), 5U);
  for (const std::size_t i : {2U, 3U}) {
    EXPECT_EQ(words[i].start, words[1].end);
    EXPECT_EQ(words[i].end, words[1].end);
  }
}

TEST(PromptedTextTest, WordsWithoutTimesAreComparedAllTheSame) {
  RecognitionOptions options;
  options.prompt = "Ada.";
  options.word_times = false;
  Prompted recognizer(said("Mend the coat", 12), said("men the coat", 12));
  const ChunkText text = hear(recognizer, options);
  EXPECT_EQ(text.segments.at(0).text, "Mend the coat");
  EXPECT_THAT(text.segments.at(0).words, testing::IsEmpty());
  EXPECT_THAT(recognizer.word_times_, testing::Each(true));
}

}  // namespace
}  // namespace vat::asr
