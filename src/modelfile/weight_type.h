// The number formats of a model's large weight matrices that this program writes. Used by catalog, tests and
// benchmarks.
#pragma once

#include <cstdint>
#include <string_view>

namespace vat::modelfile {

enum class WeightType : std::uint8_t {
  kF32,   ///< IEEE 754 binary32. whisper.cpp loads it, and aborts the process in its first convolution.
  kF16,   ///< IEEE 754 binary16: what the published models hold.
  kBf16,  ///< The upper half of binary32.
  kQ8_0,  ///< ggml's blocks of 32 signed bytes with one binary16 scale.
};

/// "f32", "f16", "bf16", "q8_0".
[[nodiscard]] std::string_view weight_type_name(WeightType type);

}  // namespace vat::modelfile
