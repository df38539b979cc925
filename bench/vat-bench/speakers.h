// Who speaks when in recordings, as RTTM, without recognition.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"

namespace vat::bench {

struct SpeakersOptions {
  std::vector<std::string> files;  ///< "FILE", or "FILE=COUNT" where the number of speakers is told.
  std::string vat;                 ///< The program that runs the models.
  std::string models;              ///< Folder of segmentation-3.0.onnx and campplus-zh-en.onnx.
  std::string library;             ///< ONNX Runtime.
  int threads = 1;
  float same = 0.45F;      ///< See speakers::Likeness.
  float certainly = 0.6F;  ///< Likewise.
  int repeats = 1;         ///< How often each recording is heard on end, for the cost of a long one.
};

/// RTTM on standard output; the pace and the peak memory on standard error.
[[nodiscard]] Result<> label_speakers(const SpeakersOptions& options);

}  // namespace vat::bench
