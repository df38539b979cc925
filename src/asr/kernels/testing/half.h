// Numbers of binary16 for tests that are compiled for F16C.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <vector>

namespace vat::asr::kernels {

inline std::uint16_t to_half(float value) {
  const __m128i half = _mm_cvtps_ph(_mm_set_ss(value), _MM_FROUND_TO_NEAREST_INT);
  return static_cast<std::uint16_t>(_mm_extract_epi16(half, 0));
}

inline std::vector<std::uint16_t> to_half(const std::vector<float>& values) {
  std::vector<std::uint16_t> halves;
  for (const float value : values) halves.push_back(to_half(value));
  return halves;
}

inline double half_value(std::uint16_t half) {
  return static_cast<double>(_mm_cvtss_f32(_mm_cvtph_ps(_mm_cvtsi32_si128(half))));
}

}  // namespace vat::asr::kernels
