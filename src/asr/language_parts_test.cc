#include "asr/language_parts.h"

#include <gtest/gtest.h>

#include <map>

namespace vat::asr {
namespace {

constexpr std::size_t kSpeechFrame = 160;

/// Speech of a language; its samples have the value of its key.
struct Said {
  Millis pause{0};  ///< Before it.
  Millis length{0};
  float level = 0;
};

Chunk chunk_of(const std::vector<Said>& all) {
  Chunk chunk;
  chunk.speech_frame = kSpeechFrame;
  const auto add = [&](Millis length, float level) {
    const auto samples = static_cast<std::size_t>(time_to_samples(length));
    chunk.samples.resize(chunk.samples.size() + samples, level);
    chunk.speech.resize(chunk.samples.size() / kSpeechFrame, level > 0 ? 0.9F : 0.1F);
  };
  for (const Said& said : all) {
    add(said.pause, 0);
    add(said.length, said.level);
  }
  chunk.pieces = {{.length = static_cast<std::int64_t>(chunk.samples.size())}};
  return chunk;
}

/// Knows the language of a level, the loudest of what it is given.
class LevelRecognizer : public Recognizer {
 public:
  explicit LevelRecognizer(std::map<float, DetectedLanguage> languages) : languages_(std::move(languages)) {}
  Result<ChunkText> recognize(std::span<const float> /*samples*/, const RecognitionOptions& /*options*/,
                              std::stop_token /*stop*/) override {
    return ChunkText{};
  }
  Result<DetectedLanguage> detect_language(std::span<const float> samples,
                                           std::stop_token /*stop*/) override {
    return languages_.at(*std::max_element(samples.begin(), samples.end()));
  }

 private:
  std::map<float, DetectedLanguage> languages_;
};

std::vector<std::string> languages_of(const std::vector<LanguagePart>& parts) {
  std::vector<std::string> languages;
  for (const LanguagePart& part : parts) languages.push_back(part.language);
  return languages;
}

std::vector<LanguagePart> divide(const Chunk& chunk, std::map<float, DetectedLanguage> languages) {
  LevelRecognizer recognizer(std::move(languages));
  auto parts = divide_by_language(recognizer, chunk, "fr", {});
  EXPECT_TRUE(parts);
  std::size_t samples = 0;
  for (const LanguagePart& part : *parts) {
    EXPECT_EQ(part.begin, samples_to_time(static_cast<std::int64_t>(samples)));
    EXPECT_EQ(part.chunk.length(), static_cast<std::int64_t>(part.chunk.samples.size()));
    EXPECT_EQ(part.chunk.speech.size(), (part.chunk.samples.size() + kSpeechFrame - 1) / kSpeechFrame);
    samples += part.chunk.samples.size();
  }
  EXPECT_EQ(samples, chunk.samples.size()) << "not all of the chunk, or some of it twice";
  return std::move(*parts);
}

using Strings = std::vector<std::string>;
constexpr float kEnglish = 0.2F;
constexpr float kGerman = 0.4F;
constexpr float kMumble = 0.1F;
const std::map<float, DetectedLanguage> kHeard = {
    {0, {"cy", 0.1F}}, {kEnglish, {"en", 0.9F}}, {kGerman, {"de", 0.8F}}, {kMumble, {"cy", 0.3F}}};

TEST(LanguagePartsTest, AChunkIsDividedInThePauseInWhichTheLanguageChanges) {
  const Chunk chunk = chunk_of({{Millis(500), Millis(4'000), kEnglish},
                                {Millis(600), Millis(3'000), kEnglish},
                                {Millis(800), Millis(3'000), kGerman},
                                {Millis(400), Millis(5'000), kEnglish}});
  const auto parts = divide(chunk, kHeard);
  EXPECT_EQ(languages_of(parts), (Strings{"en", "de", "en"}));
  EXPECT_EQ(parts.at(1).begin, Millis(8'500));  // the middle of the pause
  EXPECT_EQ(parts.at(2).begin, Millis(12'100));
}

TEST(LanguagePartsTest, AChunkInOneLanguageStaysWhole) {
  const auto parts =
      divide(chunk_of({{Millis(0), Millis(4'000), kGerman}, {Millis(900), Millis(4'000), kGerman}}), kHeard);
  EXPECT_EQ(languages_of(parts), Strings{"de"});
}

TEST(LanguagePartsTest, InDoubtTheLanguageIsThatOfTheSpeechBefore) {
  EXPECT_EQ(languages_of(divide(chunk_of({{Millis(0), Millis(3'000), kMumble},
                                          {Millis(900), Millis(3'000), kEnglish},
                                          {Millis(900), Millis(3'000), kGerman},
                                          {Millis(900), Millis(3'000), kMumble}}),
                                kHeard)),
            (Strings{"en", "de"}));
  EXPECT_EQ(languages_of(divide(chunk_of({{Millis(0), Millis(9'000), kMumble}}), kHeard)), Strings{"fr"});
  EXPECT_EQ(languages_of(divide(chunk_of({{Millis(1'000), Millis(0), 0}}), kHeard)), Strings{"fr"});
}

TEST(LanguagePartsTest, AWordIsNotAskedForItsLanguage) {
  EXPECT_EQ(languages_of(divide(chunk_of({{Millis(0), Millis(900), kEnglish},
                                          {Millis(500), Millis(3'000), kGerman},
                                          {Millis(500), Millis(900), kEnglish}}),
                                kHeard)),
            Strings{"de"});
}

TEST(LanguagePartsTest, AnErrorOfTheRecogniserIsTheResult) {
  class Failing : public LevelRecognizer {
   public:
    Failing() : LevelRecognizer({}) {}
    Result<DetectedLanguage> detect_language(std::span<const float> /*samples*/,
                                             std::stop_token /*stop*/) override {
      return fail(ErrorCode::kInternal, "It failed.");
    }
  } failing;
  const auto parts = divide_by_language(failing, chunk_of({{Millis(0), Millis(9'000), kEnglish}}), "fr", {});
  ASSERT_FALSE(parts);
  EXPECT_EQ(parts.error().message, "It failed.");
}

}  // namespace
}  // namespace vat::asr
