// What a chunk is told about the recording: its language, a prompt, and the text before it.
#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "asr/segment_words.h"
#include "asr/testing/transcriber_fixture.h"

namespace vat::asr {
namespace {

using TranscriberContextTest = TranscriberTest;

/// Writes down the prompts; each chunk is recognised without one, too.
auto note(std::vector<std::string>& prompts) {
  return [&prompts](const RecognitionOptions& given, ChunkText& /*text*/) {
    if (!given.prompt.empty()) prompts.push_back(given.prompt);
  };
}

TEST_F(TranscriberContextTest, ADoubtfulLanguageIsDetectedInTheNextChunkTooAndTheSurerOneDecides) {
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

TEST_F(TranscriberContextTest, MixedLanguagesAreRecognisedEachInItsOwnAlsoWhenTheWorkIsResumed) {
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

TEST_F(TranscriberContextTest, APromptIsGivenBeforeEveryChunk) {
  ChunkPool pool(3);
  // The chunk on which the language is detected takes a different path from the others.
  RecognitionOptions options;
  options.prompt = "Ada, Zoë.";
  std::vector<std::string> prompts;
  const auto transcript = overhear(pool, recording(Millis(300'000)), options, note(prompts));
  ASSERT_TRUE(transcript) << transcript.error().message;
  EXPECT_GE(prompts.size(), 3U);
  EXPECT_THAT(prompts, testing::Each("Ada, Zoë."));
}

TEST_F(TranscriberContextTest, CarriedTextGivesEachChunkThePromptAndTheTextOfTheOneBefore) {
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
                                       if (given.prompt.empty()) return;
                                       prompts.push_back(given.prompt);
                                       expected.push_back(options.prompt + " " + joined(text));
                                     });
    ASSERT_TRUE(transcript) << transcript.error().message;
    ASSERT_GE(prompts.size(), 3U);
    expected.pop_back();  // no chunk comes after the last
    EXPECT_EQ(prompts, expected) << language;
  }
}

TEST_F(TranscriberContextTest, CarriedTextComesFromKeptChunksToo) {
  ChunkPool pool(2);
  const auto numbered = recording(Millis(600'000));
  std::vector<std::string> prompts;
  const auto listen = note(prompts);
  for (const char* const language : {"en", "auto"}) {
    RecognitionOptions options;
    options.language = language;
    options.carry_text = true;
    prompts.clear();
    ASSERT_TRUE(overhear(pool, numbered, options, listen));
    const std::vector<std::string> undisturbed = std::exchange(prompts, {});
    ASSERT_GE(undisturbed.size(), 4U);

    MemoryCheckpoint checkpoint;
    std::atomic<int> heard{0};  // once in the first chunk, twice in the others
    NumberedHearing breaking;
    breaking.before = [&](std::span<const float>, std::stop_token) -> Result<> {
      if (++heard == 4) return fail(ErrorCode::kInternal, "The engine broke.");
      return {};
    };
    ASSERT_FALSE(overhear(pool, numbered, options, listen, breaking, &checkpoint));
    ASSERT_EQ(checkpoint.size(), 2U);
    prompts.clear();
    ASSERT_TRUE(overhear(pool, numbered, options, listen, {}, &checkpoint));
    ASSERT_EQ(checkpoint.found_, 2);
    ASSERT_FALSE(prompts.empty());
    EXPECT_EQ(prompts, std::vector<std::string>(undisturbed.begin() + 1, undisturbed.end())) << language;
  }
}

}  // namespace
}  // namespace vat::asr
