// RAII owners of whisper.cpp's handles. Private to asr.
#pragma once

#include <whisper.h>

#include <memory>

namespace vat::asr {

struct WhisperContextDeleter {
  void operator()(whisper_context* context) const { whisper_free(context); }
};
struct WhisperStateDeleter {
  void operator()(whisper_state* state) const { whisper_free_state(state); }
};
using WhisperContext = std::unique_ptr<whisper_context, WhisperContextDeleter>;
using WhisperState = std::unique_ptr<whisper_state, WhisperStateDeleter>;

/// To be called before the first use of ggml: redirects the output of whisper.cpp and ggml to the program's
/// log, and loads a portable build's kernel modules. Harmless to call often, from any thread.
void prepare_ggml();

}  // namespace vat::asr
