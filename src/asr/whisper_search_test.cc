// How whisper.cpp searches for the words of a window, as far as the patches of this project decide it.
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "asr/whisper_model.h"
#include "base/file.h"
#include "modelfile/testing/synthetic.h"

namespace vat::asr {
namespace {

/// One that is unsure of every word.
Result<std::shared_ptr<const RecognitionModel>> untrained(std::uint64_t seed) {
  VAT_ASSIGN(const TemporaryDirectory directory, TemporaryDirectory::create());
  modelfile::SyntheticSpec spec;
  spec.trained_chain = false;
  spec.seed = seed;
  const auto path = directory.path() / "ggml-untrained.bin";
  VAT_TRY(modelfile::write_synthetic(path, spec));
  return load_whisper(path, {.device = "cpu"});
}

ChunkText searched(Recognizer& recognizer, int beams) {
  RecognitionOptions options;
  options.language = "en";
  options.beam_size = beams;
  options.temperature_step = 0;
  const std::vector<float> silence(kRecognitionRate * 5);
  return recognizer.recognize(silence, options, {}).value();
}

std::size_t count_words(const ChunkText& text) {
  std::size_t words = 0;
  for (const Segment& segment : text.segments) words += segment.words.size();
  return words;
}

TEST(WhisperSearchTest, AtATemperatureOfZeroBeamsAreNoMatterOfChance) {
  for (const std::uint64_t seed : {12, 14}) {
    // One recogniser, because a new one would begin with the same random numbers.
    const auto recognizer = untrained(seed).value()->make_recognizer().value();
    const ChunkText once = searched(*recognizer, 5);
    EXPECT_GT(count_words(once), 10U);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(searched(*recognizer, 5), once);
  }
}

TEST(WhisperSearchTest, ASequenceThatOnlyRepeatsItselfIsEnded) {
  constexpr std::size_t kWords = 100;  // of a window that is searched to its end: 220
  for (const std::uint64_t seed : {9, 28}) {
    const auto recognizer = untrained(seed).value()->make_recognizer().value();
    EXPECT_LT(count_words(searched(*recognizer, 1)), kWords);
    EXPECT_LT(count_words(searched(*recognizer, 5)), kWords);
  }
}

}  // namespace
}  // namespace vat::asr
