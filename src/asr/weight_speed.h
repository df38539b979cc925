// Measures with which weight formats this CPU computes fastest.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "modelfile/weight_type.h"

namespace vat::asr {

struct WeightSpeed {
  modelfile::WeightTypes types;
  double seconds = 0;  ///< CPU time of one thread for the same work in each type; smaller is faster.
};

/// Whether models whose decoder and encoder have different weight types can be loaded: not by the system's
/// whisper.cpp, which lacks this project's patch.
[[nodiscard]] bool runs_two_weight_types();

/// Times the matrix products of an encoder window and of the tokens decoded from it, on the kernels that
/// whisper.cpp will use, and sums them for modelfile::kConvertibleTo, in its order, as far as
/// runs_two_weight_types() allows. Each type has several turns, the least of which counts. The weights of the
/// tokens come from memory, not from a cache, like a model's. Takes half a second of CPU time and, meanwhile,
/// 64 MB. Empty when ggml's CPU backend cannot be used.
[[nodiscard]] std::vector<WeightSpeed> measure_weight_types();

/// The fastest of the types in this order, each of which must take at most 0.9 of the time of the best before
/// it: more precise types win if others are about as fast. f16 if not a measurement.
[[nodiscard]] modelfile::WeightTypes clearly_fastest(std::span<const WeightSpeed> speeds);

/// Identifies this CPU and this build of the kernels: a measurement is valid as long as it stays the same.
[[nodiscard]] std::string weight_speed_key();

}  // namespace vat::asr
