#include "asr/kernels/gelu.h"

#ifdef VAT_KERNEL_VECTORS
#include "asr/kernels/simd.h"

namespace vat::asr::kernels {
namespace {

constexpr float kSqrt2OverPi = 0.79788456080286535587989211986876F;
constexpr float kCubic = 0.044715F;

/// x * sigmoid(2u) is 0.5 * x * (1 + tanh(u)).
Vector gelu_of(Vector x) {
  const Vector u = multiply(
      x, multiply_add(multiply(x, x), all(-2.0F * kSqrt2OverPi * kCubic), all(-2.0F * kSqrt2OverPi)));
  return divide(x, add(all(1.0F), exponential(u)));
}

}  // namespace

std::int64_t gelu(std::int64_t count, float* y, const float* x) {
  std::int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) store(y + i, gelu_of(load(x + i)));
  return i;
}

}  // namespace vat::asr::kernels
#endif
