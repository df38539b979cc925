#include "modelfile/testing/whisper_for_test.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <string_view>

#include "base/file.h"
#include "modelfile/tensor_types.h"

namespace vat::modelfile {
namespace {

std::string& log_text() {
  static std::string text;
  return text;
}

whisper_full_params parameters(whisper_sampling_strategy strategy) {
  whisper_full_params params = whisper_full_default_params(strategy);
  params.n_threads = 1;
  params.language = "en";
  params.print_progress = params.print_realtime = params.print_timestamps = params.print_special = false;
  params.no_context = true;
  return params;
}

// whisper.cpp tells how many decodes failed in its log alone: "fallbacks = 0 p / 0 h".
bool fell_back(whisper_context* context) {
  log_text().clear();
  whisper_print_timings(context);
  const std::size_t at = log_text().find("fallbacks");
  EXPECT_NE(at, std::string::npos) << log_text();
  int by_probability = -1;
  int by_entropy = -1;
  std::sscanf(log_text().c_str() + at, "fallbacks = %d p / %d h", &by_probability, &by_entropy);
  return by_probability != 0 || by_entropy != 0;
}

struct Source {
  std::string bytes;
  std::size_t position = 0;
  bool past_end = false;
  TensorTypes types;
};

std::size_t read(void* from, void* output, std::size_t size) {
  auto& source = *static_cast<Source*>(from);
  const std::size_t count = source.bytes.copy(static_cast<char*>(output), size, source.position);
  source.position += count;
  source.past_end = source.past_end || count < size;
  return count;
}

#ifdef VAT_WHISPER_PATCHED
ggml_type tensor_type(void* from, const char* name) {
  return static_cast<ggml_type>(static_cast<Source*>(from)->types.at(name));
}
#endif

}  // namespace

Context load_model(const std::filesystem::path& path) {
  whisper_log_set([](ggml_log_level, const char* text, void*) { log_text() += text; }, nullptr);
  whisper_context_params params = whisper_context_default_params();
  params.use_gpu = false;
  constexpr std::size_t kMaxBytes = std::size_t{1} << 30U;
  auto bytes = read_file(path, kMaxBytes);
  auto types = read_tensor_types(path);
  if (!bytes || !types) return nullptr;
  Source source{.bytes = std::move(*bytes), .types = std::move(*types)};
  whisper_model_loader loader{};
  loader.context = &source;
  loader.read = read;
  loader.eof = [](void* from) { return static_cast<Source*>(from)->past_end; };
  loader.close = [](void*) {};
#ifdef VAT_WHISPER_PATCHED
  loader.tensor_type = tensor_type;
#endif
  return Context(whisper_init_with_params(&loader, params));
}

std::vector<float> noise(double seconds) {
  std::vector<float> samples(static_cast<std::size_t>(seconds * WHISPER_SAMPLE_RATE));
  std::uint32_t state = 1;
  for (float& sample : samples) {
    state = state * 1664525U + 1013904223U;
    sample = (static_cast<float>(state >> 8) / 8388608.0F - 1.0F) * 0.1F;
  }
  return samples;
}

whisper_full_params greedy_parameters() {
  whisper_full_params params = parameters(WHISPER_SAMPLING_GREEDY);
  params.greedy.best_of = 1;
  return params;
}

whisper_full_params beam_parameters() {
  whisper_full_params params = parameters(WHISPER_SAMPLING_BEAM_SEARCH);
  params.beam_search.beam_size = 5;
  return params;
}

Recognition recognise(whisper_context* context, const whisper_full_params& parameters, double seconds) {
  Recognition recognised;
  const std::vector<float> samples = noise(seconds);
  if (whisper_full(context, parameters, samples.data(), static_cast<int>(samples.size())) != 0) {
    ADD_FAILURE() << "whisper_full failed";
    return recognised;
  }
  recognised.segments = whisper_full_n_segments(context);
  for (int i = 0; i < recognised.segments; ++i) recognised.text += whisper_full_get_segment_text(context, i);
  if (recognised.segments > 0) recognised.begin = whisper_full_get_segment_t0(context, 0);
  if (recognised.segments > 0) recognised.end = whisper_full_get_segment_t1(context, recognised.segments - 1);
  recognised.language = whisper_lang_str(whisper_full_lang_id(context));
  recognised.fell_back = fell_back(context);
  return recognised;
}

std::vector<float> logits_after(whisper_context* context, const std::vector<whisper_token>& tokens) {
  const std::vector<float> samples = noise(5);
  if (whisper_pcm_to_mel(context, samples.data(), static_cast<int>(samples.size()), 1) != 0 ||
      whisper_encode(context, 0, 1) != 0 ||
      whisper_decode(context, tokens.data(), static_cast<int>(tokens.size()), 0, 1) != 0) {
    ADD_FAILURE() << "whisper.cpp failed";
    return {};
  }
  const auto count = static_cast<std::size_t>(whisper_n_vocab(context));
  const float* logits = whisper_get_logits(context);
  return {logits, logits + count};
}

}  // namespace vat::modelfile
