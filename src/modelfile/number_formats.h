// Conversions between 32-bit floats and the 16-bit and 8-bit formats of weights, all rounding to nearest,
// ties to even. Any thread.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "modelfile/weight_type.h"

namespace vat::modelfile {

/// IEEE 754 binary16. Overflow gives infinity; a NaN stays a NaN.
[[nodiscard]] inline std::uint16_t to_half(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000U;
  const std::uint32_t magnitude = bits & 0x7fffffffU;
  if (magnitude >= 0x47800000U) {  // 65536 and above
    const bool is_nan = magnitude > 0x7f800000U;
    return static_cast<std::uint16_t>(sign | (is_nan ? 0x7e00U : 0x7c00U));
  }
  if (magnitude < 0x38800000U) {  // below 2^-14 the result is subnormal: let the adder align and round it
    const float aligned = std::bit_cast<float>(magnitude) + 0.5F;
    return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(aligned) - 0x3f000000U));
  }
  const std::uint32_t odd = (magnitude >> 13) & 1U;
  return static_cast<std::uint16_t>(sign | ((magnitude - 0x38000000U + 0xfffU + odd) >> 13));
}

[[nodiscard]] inline float from_half(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000U) << 16;
  const std::uint32_t magnitude = half & 0x7fffU;
  if (magnitude >= 0x7c00U) return std::bit_cast<float>(sign | 0x7f800000U | ((magnitude & 0x3ffU) << 13));
  if (magnitude < 0x400U) {
    const float value = static_cast<float>(magnitude) * 0x1p-24F;
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(value));
  }
  return std::bit_cast<float>(sign | ((magnitude << 13) + 0x38000000U));
}

[[nodiscard]] inline std::uint16_t to_bfloat(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if ((bits & 0x7fffffffU) > 0x7f800000U) return static_cast<std::uint16_t>((bits >> 16) | 0x40U);
  return static_cast<std::uint16_t>((bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16);
}

[[nodiscard]] inline float from_bfloat(std::uint16_t value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value) << 16);
}

/// Weights in one block of ggml's q8_0, and the bytes that it takes: a binary16 scale, then a signed byte
/// each.
inline constexpr std::size_t kQ8BlockWeights = 32;
inline constexpr std::size_t kQ8BlockBytes = 2 + kQ8BlockWeights;
void to_q8_block(std::span<const float, kQ8BlockWeights> values, std::span<char, kQ8BlockBytes> block);

/// The weights that `bytes` hold one after another, as 32-bit floats; none for kQ8_0.
void decode_weights(std::string_view bytes, WeightType type, std::vector<float>& out);

}  // namespace vat::modelfile
