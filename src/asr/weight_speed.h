// Which number format of a model's weights this CPU computes with fastest. Used by pipeline to decide whether
// a model is worth converting.
#pragma once

#include <string>
#include <vector>

#include "modelfile/weight_type.h"

namespace vat::asr {

struct WeightSpeed {
  modelfile::WeightType type;
  double seconds = 0;  ///< CPU time of one thread for the same work in each type: a smaller one is faster.
};

/// Times the matrix products of an encoder window and of the tokens decoded from it, in f16, bf16 and q8_0,
/// on the kernels that whisper.cpp will use. Takes a few tenths of a second of CPU time. Empty when ggml's
/// CPU cannot be used.
[[nodiscard]] std::vector<WeightSpeed> measure_weight_types();

/// Names this CPU and this build of the kernels: a measurement holds as long as it stays the same.
[[nodiscard]] std::string weight_speed_key();

}  // namespace vat::asr
