// Which number formats of a model's weights this CPU computes with fastest.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "modelfile/weight_type.h"

namespace vat::asr {

struct WeightSpeed {
  modelfile::WeightTypes types;
  double seconds = 0;  ///< CPU time of one thread for the same work in each type: a smaller one is faster.
};

/// Whether models whose decoder has weights of another type than the encoder can be loaded: not by a
/// whisper.cpp of the system, which lacks this project's patch.
[[nodiscard]] bool runs_two_weight_types();

/// Times the matrix products of an encoder window and of the tokens decoded from it, on the kernels that
/// whisper.cpp will use, and adds them up for modelfile::kConvertibleTo, in its order, as far as
/// runs_two_weight_types(). The weights of the tokens come from memory, not from a cache, as those of a model
/// do. Takes half a second of CPU time and 64 MB for as long. Empty when ggml's CPU cannot be used.
[[nodiscard]] std::vector<WeightSpeed> measure_weight_types();

/// Of types in this order, each of which has to take at most 0.9 of the time of the best before it: the more
/// exact ones stay where others are about as fast. f16 where nothing was measured.
[[nodiscard]] modelfile::WeightTypes clearly_fastest(std::span<const WeightSpeed> speeds);

/// Names this CPU and this build of the kernels: a measurement holds as long as it stays the same.
[[nodiscard]] std::string weight_speed_key();

}  // namespace vat::asr
