// Private to asr: owners of whisper.cpp's handles.
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

/// Before the first use of ggml: sends what whisper.cpp and ggml print to the program's log, and loads the
/// kernels that a portable build keeps in modules. Harmless to call often, from any thread.
void prepare_ggml();

}  // namespace vat::asr
