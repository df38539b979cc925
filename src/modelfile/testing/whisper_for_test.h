// whisper.cpp as modelfile's tests use it: a model is loaded and run on noise. Not thread-safe.
#pragma once

#include <whisper.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace vat::modelfile {

struct FreeContext {
  void operator()(whisper_context* context) const { whisper_free(context); }
};
using Context = std::unique_ptr<whisper_context, FreeContext>;

/// Null when whisper.cpp refuses the file.
[[nodiscard]] Context load_model(const std::filesystem::path& path);

/// White noise at a tenth of full scale, 16 kHz; the same on every call.
[[nodiscard]] std::vector<float> noise(double seconds);

struct Recognition {
  std::string text;
  std::int64_t begin = -1;  ///< Of the first segment, hundredths of a second.
  std::int64_t end = -1;    ///< Of the last.
  int segments = 0;
  std::string language;
  bool fell_back = false;  ///< A decode failed and was tried again at a higher temperature.
};

/// One thread: with more, ggml's workers spin, and a test on a busy machine takes minutes.
[[nodiscard]] whisper_full_params greedy_parameters();
[[nodiscard]] whisper_full_params beam_parameters();
[[nodiscard]] Recognition recognise(whisper_context* context, const whisper_full_params& parameters,
                                    double seconds);

/// Logits over the vocabulary after the start of a transcript of noise. `tokens`: what the decoder is given.
[[nodiscard]] std::vector<float> logits_after(whisper_context* context,
                                              const std::vector<whisper_token>& tokens);

}  // namespace vat::modelfile
