// The tensors that a model of given dimensions consists of.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "modelfile/file_format.h"
#include "modelfile/model_layout.h"

namespace vat::modelfile {

struct ExpectedTensor {
  std::array<std::int32_t, 3> extents;  ///< Fastest first, filled up with ones.
  TensorRole role;
};
using ExpectedTensors = std::map<std::string, ExpectedTensor, std::less<>>;

/// Names and shapes as whisper.cpp's whisper_model_load() creates them. The dimensions are within sane
/// bounds.
[[nodiscard]] ExpectedTensors whisper_tensors(const HyperParameters& parameters);

/// Those of Silero's voice activity detector at 16 kHz, versions 5 and 6, as whisper_vad_init_with_params()
/// does.
[[nodiscard]] ExpectedTensors silero_tensors();

}  // namespace vat::modelfile
