// Who speaks when, by neural models that run on this machine: pyannote's segmentation 3.0 hears who is active
// within ten seconds, CAM++ (3D-Speaker) tells voices apart, and clustering joins them over the recording.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/helper_process.h"
#include "base/result.h"
#include "domain/diarizer.h"

namespace vat::speakers {

/// How alike voices are, 1 being the same: their mean similarity.
struct Likeness {
  float same = 0.45F;      ///< Two groups of samples are one speaker's from here on.
  float certainly = 0.6F;  ///< And here, even if more speakers are expected.
};

struct EngineConfig {
  std::filesystem::path segmentation;  ///< The model "segmentation-3.0.onnx".
  std::filesystem::path embedding;     ///< The model "campplus-zh-en.onnx".
  std::filesystem::path library;       ///< ONNX Runtime.
  /// A process of this program that calls onnx::host_model(). There is one for each model, which everybody
  /// who uses the diarizer shares.
  HelperLaunch helper;
  int threads = 1;                                     ///< That compute one run.
  std::uint64_t max_memory = std::uint64_t{4} << 30U;  ///< Address space of a process, bytes.
  std::chrono::milliseconds open_timeout{60'000};
  std::chrono::milliseconds run_timeout{120'000};
  Likeness likeness;  ///< Chosen by bench/speakers.
};

/// Loads nothing yet: start() tries the models the first time. A recording takes some 8 MB an hour while it
/// is heard. Whatever happens to the models' processes is an error of the call that needed them:
/// kUnavailable for one that ends, hangs or cannot be started, kBadData for files that are no such models.
[[nodiscard]] std::shared_ptr<Diarizer> make_diarizer(EngineConfig config);

}  // namespace vat::speakers
