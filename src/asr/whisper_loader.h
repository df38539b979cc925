// Reads a model file into memory that is backed by huge pages where the system has them, each tensor in the
// type that it has in the file. Private to asr.
#pragma once

#include <filesystem>

#include "asr/whisper_handles.h"

namespace vat::asr {

/// The weights of the file, without a recognition state. Empty when the file cannot be opened or whisper.cpp
/// rejects it.
[[nodiscard]] WhisperContext load_whisper_context(const std::filesystem::path& path,
                                                  const whisper_context_params& params);

}  // namespace vat::asr
