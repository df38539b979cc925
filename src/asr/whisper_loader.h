// Reads a model file into memory that is backed by huge pages where the system has them, each tensor in the
// type that it has in the file. Private to asr.
#pragma once

#include <filesystem>
#include <stop_token>

#include "asr/whisper_handles.h"

namespace vat::asr {

/// The weights of the file, without a recognition state. Empty when the file cannot be opened, whisper.cpp
/// rejects it, or soon after `stop` is requested.
[[nodiscard]] WhisperContext load_whisper_context(const std::filesystem::path& path,
                                                  const whisper_context_params& params, std::stop_token stop);

}  // namespace vat::asr
