// How whisper.cpp searches for the words of a window, as far as the patches of this project decide it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "asr/whisper_handles.h"
#include "asr/whisper_loader.h"
#include "asr/whisper_model.h"
#include "base/file.h"
#include "modelfile/testing/synthetic.h"

namespace vat::asr {
namespace {

/// One that is unsure of every word.
Result<std::filesystem::path> write_untrained(const std::filesystem::path& folder, std::uint64_t seed) {
  modelfile::SyntheticSpec spec;
  spec.trained_chain = false;
  spec.seed = seed;
  const auto path = folder / "ggml-untrained.bin";
  VAT_TRY(modelfile::write_synthetic(path, spec));
  return path;
}

Result<std::shared_ptr<const RecognitionModel>> untrained(std::uint64_t seed) {
  VAT_ASSIGN(const TemporaryDirectory directory, TemporaryDirectory::create());
  VAT_ASSIGN(const std::filesystem::path path, write_untrained(directory.path(), seed));
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

/// A token, and how likely the search took it for.
struct Chosen {
  whisper_token id = 0;
  float log_probability = 0;
};

/// What five beams choose in the samples. Without timestamps, so that nothing but what is no text is ruled
/// out.
std::vector<Chosen> choose_by_beams(whisper_context* context, std::span<const float> samples) {
  const WhisperState state(whisper_init_state(context));
  whisper_full_params params = whisper_full_default_params(WHISPER_SAMPLING_BEAM_SEARCH);
  params.beam_search.beam_size = 5;
  params.temperature_inc = 0;
  params.n_threads = 1;
  params.no_timestamps = true;
  params.print_progress = false;
  std::vector<Chosen> chosen;
  if (whisper_full_with_state(context, state.get(), params, samples.data(),
                              static_cast<int>(samples.size())) != 0)
    return chosen;
  for (int t = 0; t < whisper_full_n_tokens_from_state(state.get(), 0); ++t) {
    const whisper_token_data token = whisper_full_get_token_data_from_state(state.get(), 0, t);
    chosen.push_back({token.id, token.plog});
  }
  return chosen;
}

/// How likely the decoder takes a token for, of all text, after what it has read.
float log_probability_of(whisper_context* context, whisper_state* state, whisper_token token) {
  const std::span<const float> logits(whisper_get_logits_from_state(state),
                                      static_cast<std::size_t>(whisper_token_eot(context)) + 1);
  const float largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float logit : logits) sum += std::exp(static_cast<double>(logit - largest));
  return logits[static_cast<std::size_t>(token)] - largest - static_cast<float>(std::log(sum));
}

TEST(WhisperSearchTest, BeamsReadTheirOwnPastHoweverTheirCacheIsPacked) {
  prepare_ggml();
  const auto directory = TemporaryDirectory::create().value();
  const auto model = write_untrained(directory.path(), 12).value();
  whisper_context_params params = whisper_context_default_params();
  params.use_gpu = false;
  params.flash_attn = true;
  const WhisperContext context = load_whisper_context(model, params, {});
  const std::vector<float> silence(kRecognitionRate * 5);
  const std::vector<Chosen> chosen = choose_by_beams(context.get(), silence);
  ASSERT_GT(chosen.size(), 20U);

  // The same tokens, one after the other.
  const WhisperState state(whisper_init_state(context.get()));
  ASSERT_EQ(whisper_pcm_to_mel_with_state(context.get(), state.get(), silence.data(),
                                          static_cast<int>(silence.size()), 1),
            0);
  ASSERT_EQ(whisper_encode_with_state(context.get(), state.get(), 0, 1), 0);
  std::vector<whisper_token> read{whisper_token_sot(context.get()), whisper_token_lang(context.get(), 0),
                                  whisper_token_transcribe(context.get()), whisper_token_not(context.get())};
  int past = 0;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    ASSERT_EQ(whisper_decode_with_state(context.get(), state.get(), read.data(),
                                        static_cast<int>(read.size()), past, 1),
              0);
    past += static_cast<int>(read.size());
    // The first one may not be a blank, which makes the others likelier.
    if (i > 0) {
      EXPECT_NEAR(chosen[i].log_probability, log_probability_of(context.get(), state.get(), chosen[i].id),
                  0.01)
          << "token " << i;
    }
    read = {chosen[i].id};
  }
}

}  // namespace
}  // namespace vat::asr
