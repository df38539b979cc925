// Recognition by the models of sherpa-onnx: Parakeet TDT, SenseVoice and others
// (modelfile/recogniser_folder.h).
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>

#include "base/helper_process.h"
#include "base/result.h"
#include "domain/recognizer.h"

namespace vat::asr {

struct SherpaOptions {
  std::string name;               ///< "parakeet-tdt-0.6b-v3".
  std::filesystem::path library;  ///< sherpa-onnx's C API, with ONNX Runtime beside it.
  /// A process of this program that calls host_sherpa(); the library and the folder are its last arguments.
  HelperLaunch helper;
  std::chrono::milliseconds load_timeout{300'000};
  std::chrono::milliseconds chunk_timeout{300'000};
  std::stop_token stop;  ///< Ends the loading.
};

/// Loads the model of the folder into a process of its own, from which each recogniser gets a fork. So the
/// weights are in memory once, and what a library from elsewhere does to its process is an error here. A
/// recogniser computes on one thread. A fork that ended while it was idle is replaced once. Errors:
/// kNotFound and kBadData for the folder; kUnavailable for the library and for processes that end or are too
/// slow; kCancelled. recognize() and detect_language() have the last two, too.
///
/// SenseVoice knows which of its languages it hears; the others cannot tell, so detect_language() returns an
/// empty code, with probability 0 for "not measured" in either case.
[[nodiscard]] Result<std::shared_ptr<const RecognitionModel>> load_sherpa(const std::filesystem::path& folder,
                                                                          const SherpaOptions& options);

}  // namespace vat::asr
