// How whisper.cpp searches for the words of a window, as far as the patches of this project decide it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <numeric>
#include <span>
#include <vector>

#include "asr/whisper_handles.h"
#include "asr/whisper_loader.h"
#include "asr/whisper_model.h"
#include "asr/whisper_token_times.h"
#include "asr/whisper_tokens.h"
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

#ifdef VAT_WHISPER_PATCHED
/// Makes the search choose of some words, in an order that has no period.
struct Stammer {
  int different = 0;
  int tokens = 0;  // that were chosen

  static void choose(whisper_context* context, whisper_state* /*state*/, const whisper_token_data* /*tokens*/,
                     int count, float* logits, void* data) {
    auto& stammer = *static_cast<Stammer*>(data);
    stammer.tokens = count;
    constexpr int kFirstWord = 1'000;
    std::fill_n(logits, whisper_n_vocab(context), -std::numeric_limits<float>::infinity());
    logits[kFirstWord + std::popcount(static_cast<unsigned>(count)) % stammer.different] = 0;
  }
};

TEST(WhisperSearchTest, ASequenceOfVeryFewWordsInAnyOrderIsEnded) {
  prepare_ggml();
  const auto directory = TemporaryDirectory::create().value();
  const auto model = write_untrained(directory.path(), 12).value();
  const WhisperContext context = load_whisper_context(model, whisper_context_default_params(), {});
  const WhisperState state(whisper_init_state(context.get()));
  const auto tokens_of = [&](int different) {
    Stammer stammer{.different = different};
    whisper_full_params params = whisper_full_default_params(WHISPER_SAMPLING_GREEDY);
    params.temperature_inc = 0;
    params.n_threads = 1;
    params.no_timestamps = true;
    params.print_progress = false;
    params.logits_filter_callback = Stammer::choose;
    params.logits_filter_callback_user_data = &stammer;
    const std::vector<float> silence(kRecognitionRate * 5);
    EXPECT_EQ(whisper_full_with_state(context.get(), state.get(), params, silence.data(),
                                      static_cast<int>(silence.size())),
              0);
    return stammer.tokens;
  };
  EXPECT_LT(tokens_of(4), 40);
  EXPECT_GT(tokens_of(5), 200);
}
#endif

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

#ifdef VAT_WHISPER_PATCHED
using Attention = std::vector<float>;

/// What the decoder attends to; empty if the state has no such row.
Attention attention_of(whisper_state* state, int row, int* seek) {
  int positions = 0;
  const float* const begin = whisper_full_get_attention_from_state(state, row, &positions, seek);
  return begin == nullptr ? Attention{} : Attention(begin, begin + positions);
}

class NotedAttentionTest : public testing::Test {
 protected:
  /// The heads of the upper two layers are noted, of which the model has one each.
  static constexpr float kHeads = 2;

  void SetUp() override {
    prepare_ggml();
    const auto model = write_untrained(directory_.path(), 12).value();
    whisper_context_params params = whisper_context_default_params();
    params.use_gpu = false;
    params.flash_attn = true;
    params.dtw_aheads_preset = WHISPER_AHEADS_N_TOP_MOST;
    params.dtw_n_top = 2;
    context_ = load_whisper_context(model, params, {});
    state_.reset(whisper_init_state(context_.get()));
  }

  static whisper_full_params params(whisper_sampling_strategy strategy) {
    whisper_full_params params = whisper_full_default_params(strategy);
    params.n_threads = 1;
    params.temperature_inc = 0;
    params.no_timestamps = true;
    params.no_context = true;
    params.print_progress = false;
    return params;
  }

  /// Those that the state has, in order.
  [[nodiscard]] std::vector<int> known_rows() const {
    constexpr int kMoreThanThereAre = 10'000;
    std::vector<int> rows;
    int seek = 0;
    for (int row = 0; row < kMoreThanThereAre; ++row) {
      if (!attention_of(state_.get(), row, &seek).empty()) rows.push_back(row);
    }
    return rows;
  }

  /// Each token of the first segment was written where the decoder attended to what it attends to when it
  /// reads the same tokens one after the other.
  void expect_each_tokens_own(const whisper_full_params& params, std::vector<whisper_token> read) {
    const std::vector<float> silence(kRecognitionRate * 5);
    const int length = static_cast<int>(silence.size());
    ASSERT_EQ(whisper_full_with_state(context_.get(), state_.get(), params, silence.data(), length), 0);
    const WhisperState reader(whisper_init_state(context_.get()));
    ASSERT_EQ(whisper_pcm_to_mel_with_state(context_.get(), reader.get(), silence.data(), length, 1), 0);
    ASSERT_EQ(whisper_encode_with_state(context_.get(), reader.get(), 0, 1), 0);
    const int count = whisper_full_n_tokens_from_state(state_.get(), 0);
    ASSERT_GT(count, 20);
    int past = 0;
    int row = -1;
    for (int i = 0; i < count; ++i) {
      const auto tokens = static_cast<int>(read.size());
      ASSERT_EQ(whisper_decode_with_state(context_.get(), reader.get(), read.data(), tokens, past, 1), 0);
      past += tokens;
      int seek = -1;
      for (int last = row + 1; !attention_of(reader.get(), last, &seek).empty(); ++last) row = last;
      const whisper_token_data token = whisper_full_get_token_data_from_state(state_.get(), 0, i);
      EXPECT_THAT(attention_of(state_.get(), static_cast<int>(token.t_dtw), &seek),
                  testing::Pointwise(testing::FloatNear(1e-4F), attention_of(reader.get(), row, &seek)))
          << "token " << i;
      read = {token.id};
    }
  }

  std::vector<whisper_token> beginning() {
    return {whisper_token_sot(context_.get()), whisper_token_lang(context_.get(), 0),
            whisper_token_transcribe(context_.get()), whisper_token_not(context_.get())};
  }

  const TemporaryDirectory directory_ = TemporaryDirectory::create().value();
  WhisperContext context_;
  WhisperState state_;
};

TEST_F(NotedAttentionTest, EachTokenHasItsOwn) {
  expect_each_tokens_own(params(WHISPER_SAMPLING_GREEDY), beginning());
}

TEST_F(NotedAttentionTest, EachTokenHasItsOwnOfSeveralBeams) {
  auto beams = params(WHISPER_SAMPLING_BEAM_SEARCH);
  beams.beam_search.beam_size = 5;
  expect_each_tokens_own(beams, beginning());
}

TEST_F(NotedAttentionTest, OfWhatLostNothingIsKept) {
  auto beams = params(WHISPER_SAMPLING_BEAM_SEARCH);
  beams.beam_search.beam_size = 5;
  const std::vector<float> silence(kRecognitionRate * 5);
  ASSERT_EQ(whisper_full_with_state(context_.get(), state_.get(), beams, silence.data(),
                                    static_cast<int>(silence.size())),
            0);
  const auto tokens = static_cast<std::size_t>(whisper_full_n_tokens_from_state(state_.get(), 0));
  ASSERT_GT(tokens, 20U);
  EXPECT_GE(known_rows().size(), tokens);
  EXPECT_LT(known_rows().size(), 3 * tokens);  // of five beams
}

TEST_F(NotedAttentionTest, EachTokenHasItsOwnOfSeveralCandidates) {
  auto candidates = params(WHISPER_SAMPLING_GREEDY);
  candidates.temperature = 0.8F;
  candidates.greedy.best_of = 3;
  expect_each_tokens_own(candidates, beginning());
}

TEST_F(NotedAttentionTest, EachTokenHasItsOwnAfterAPrompt) {
  auto prompted = params(WHISPER_SAMPLING_GREEDY);
  // Longer than the tokens of one batch whose attention is kept.
  std::vector<whisper_token> read{whisper_token_prev(context_.get())};
  for (whisper_token token = 300; token < 330; ++token) read.push_back(token);
  prompted.prompt_tokens = read.data() + 1;
  prompted.prompt_n_tokens = static_cast<int>(read.size()) - 1;
  std::vector<whisper_token> all = read;
  for (const whisper_token token : beginning()) all.push_back(token);
  expect_each_tokens_own(prompted, all);
}

TEST_F(NotedAttentionTest, AttemptsThatFailedLeaveNothing) {
  auto attempts = params(WHISPER_SAMPLING_GREEDY);
  attempts.temperature_inc = 0.2F;
  attempts.logprob_thold = 0;  // which no text reaches, so that there are six
  attempts.greedy.best_of = 2;
  const std::vector<float> silence(kRecognitionRate * 5);
  ASSERT_EQ(whisper_full_with_state(context_.get(), state_.get(), attempts, silence.data(),
                                    static_cast<int>(silence.size())),
            0);
  const std::vector<int> rows = known_rows();
  ASSERT_FALSE(rows.empty());
  int seek = 0;
  for (const int row : rows) {
    const Attention attention = attention_of(state_.get(), row, &seek);
    EXPECT_NEAR(std::accumulate(attention.begin(), attention.end(), 0.0F), kHeads, 1e-2F) << row;
  }
  const int most = 8 + 2 * whisper_n_text_ctx(context_.get()) / 2;
  EXPECT_LT(rows.back(), most);
  EXPECT_TRUE(attention_of(state_.get(), -1, &seek).empty());
}

TEST_F(NotedAttentionTest, ALaterWindowSaysWhereItBegins) {
  auto timed = params(WHISPER_SAMPLING_GREEDY);
  timed.no_timestamps = false;
  const std::vector<float> silence(kRecognitionRate * 40);
  ASSERT_EQ(whisper_full_with_state(context_.get(), state_.get(), timed, silence.data(),
                                    static_cast<int>(silence.size())),
            0);
  const int segments = whisper_full_n_segments_from_state(state_.get());
  ASSERT_GT(segments, 1);
  const auto seek_of = [&](int segment) {
    int seek = -1;
    const whisper_token_data token = whisper_full_get_token_data_from_state(state_.get(), segment, 0);
    EXPECT_FALSE(attention_of(state_.get(), static_cast<int>(token.t_dtw), &seek).empty());
    return seek;
  };
  EXPECT_EQ(seek_of(0), 0);
  EXPECT_GT(seek_of(segments - 1), 0);
  EXPECT_LE(seek_of(segments - 1), whisper_full_get_segment_t0_from_state(state_.get(), segments - 1));

  // Each window's tokens have times in it, up to the next one.
  const WhisperTokenTimes times(state_.get(), {}, silence.size());
  for (int segment = 0; segment < segments; ++segment) {
    const int last = whisper_full_n_tokens_from_state(state_.get(), segment) - 1;
    const Millis begin = from_frames(seek_of(segment));
    EXPECT_GE(times.of(segment, {.first = 0, .last = 0}).start, begin) << segment;
    const bool later = segment + 1 < segments && seek_of(segment + 1) > seek_of(segment);
    const Millis end = later ? from_frames(seek_of(segment + 1)) : begin + Millis(30'000);
    EXPECT_LE(times.of(segment, {.first = last, .last = last}).end, std::min(end, Millis(40'000))) << segment;
  }
}
#endif

}  // namespace
}  // namespace vat::asr
