// The activation between the matrices of a layer.
#pragma once

#include <cstdint>

#include "asr/kernels/simd.h"

#ifdef VAT_KERNEL_VECTORS
namespace vat::asr::kernels {

/// GELU by the approximation with tanh, as exact as float, where ggml's table rounds to binary16. `y` may be
/// `x`. Any thread.
void gelu(std::int64_t count, float* y, const float* x);

}  // namespace vat::asr::kernels
#endif
