// Whisper through whisper.cpp: one loaded model, one state per recogniser.
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/recognizer.h"

namespace vat::asr {

struct WhisperOptions {
  std::string name;             ///< The model's name in results: "base.en". Empty: from the file's name.
  std::string device = "auto";  ///< "auto" uses a GPU if there is one; "cpu"; "gpu" or "gpu:1" requires one.
  std::stop_token stop;         ///< Ends the reading of the file.
};

/// Loads a model file in ggml's format. kBadData when it is not one, kUnavailable when the device does not
/// exist, kInvalidArgument for an invalid device name, kCancelled soon after the stop is requested. Takes as
/// long as reading the file; safe from any thread.
[[nodiscard]] Result<std::shared_ptr<const RecognitionModel>> load_whisper(const std::filesystem::path& path,
                                                                           const WhisperOptions& options);

/// A device on which whisper.cpp can compute.
struct ComputeDevice {
  std::string name;         ///< "CPU", "CUDA0", "Metal".
  std::string description;  ///< "NVIDIA H200".
  bool gpu = false;
  std::size_t free_bytes = 0;
};
/// Those that this build supports and this machine has, the CPU last.
[[nodiscard]] std::vector<ComputeDevice> compute_devices();
/// The instruction sets that the CPU kernels use: "AVX2 AVX512 AMX_INT8 ...".
[[nodiscard]] std::string cpu_kernels();

struct WhisperLanguage {
  std::string code;  ///< ISO 639-1, or 639-2 if there is none: "de", "haw".
  std::string name;  ///< English, lower case: "german".
};
[[nodiscard]] std::vector<WhisperLanguage> whisper_languages();

[[nodiscard]] std::string whisper_version_text();

}  // namespace vat::asr
