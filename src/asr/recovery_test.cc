#include "asr/recovery.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "asr/segment_words.h"

namespace vat::asr {
namespace {

/// Always says the same, in the time of its window.
class Parrot : public Recognizer {
 public:
  explicit Parrot(std::vector<Word> words) : words_(std::move(words)) {}
  Result<ChunkText> recognize(std::span<const float>, const RecognitionOptions&, std::stop_token) override {
    ChunkText text;
    set_words(text.segments.emplace_back(), words_);
    return text;
  }
  Result<DetectedLanguage> detect_language(std::span<const float>, std::stop_token) override {
    return DetectedLanguage{"en", 1};
  }

 private:
  std::vector<Word> words_;
};

Word word(const char* text, int start, int end) { return {Millis(start), Millis(end), text}; }

/// Speech from 0.8 s to its end, so that the window begins at 0.5 s, of which only the first and the last
/// words are known.
std::string recovered(const std::vector<Word>& known, const std::vector<Word>& again) {
  constexpr std::size_t kFrame = 320;
  constexpr std::size_t kFrames = 400;  // 8 s
  Chunk chunk;
  chunk.pieces = {{.source_begin = 0, .length = kFrame * kFrames}};
  chunk.samples.resize(kFrame * kFrames);
  chunk.speech.assign(kFrames, 0.9F);
  std::fill_n(chunk.speech.begin(), 40, 0.0F);
  chunk.speech_frame = kFrame;
  ChunkText text;
  set_words(text.segments.emplace_back(), known);
  Parrot parrot(again);
  EXPECT_TRUE(recover_speech(parrot, chunk, {}, text, {}));
  std::string all;
  for (const Segment& segment : text.segments) all += (all.empty() ? "" : " ") + segment.text;
  return all;
}

TEST(RecoveryTest, AWordThatIsSaidTwiceAtTheEdgeIsNotTakenForItsNeighbour) {
  EXPECT_EQ(recovered({word("five", 800, 1'300), word("nine", 6'500, 7'800)},
                      {word("five", 300, 800), word("five", 1'200, 1'600), word("six", 2'500, 3'000),
                       word("seven", 3'500, 4'000), word("nine", 5'000, 5'500), word("nine", 6'100, 6'500)}),
            "five five six seven nine nine");
}

TEST(RecoveryTest, ANeighbourThatWasPlacedTooEarlyIsNotDoubled) {
  EXPECT_EQ(recovered({word("five", 0, 400), word("nine", 6'500, 7'800)},
                      {word("five", 1'400, 1'900), word("six", 2'500, 3'000), word("seven", 3'500, 4'000)}),
            "five six seven nine");
}

}  // namespace
}  // namespace vat::asr
