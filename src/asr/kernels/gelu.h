// The activation between the matrices of a layer.
#pragma once

#include <cstdint>

#include "asr/kernels/instructions.h"

#ifdef VAT_KERNEL_VECTORS
namespace vat::asr::kernels {

/// GELU by the approximation with tanh, as exact as float, where ggml's table rounds to binary16. Of the
/// numbers at the beginning that fill vectors; returns how many these are. `y` may be `x`. Any thread.
[[nodiscard]] std::int64_t gelu(std::int64_t count, float* y, const float* x);

}  // namespace vat::asr::kernels
#endif
