// Vectors of floats, as wide as this file is compiled for. Private to the kernels.
#pragma once

#include <cstddef>
#include <cstdint>

#include "asr/kernels/instructions.h"

#ifdef VAT_KERNEL_VECTORS
#include <immintrin.h>
#include <vec.h>  // ggml's: the exponential function of a vector

namespace vat::asr::kernels {

constexpr int kLanes = VAT_KERNEL_VECTORS;

/// The sum of the eight numbers, rounded as ggml does.
inline float sum_of(__m256 x) {
  __m128 half = _mm_add_ps(_mm256_extractf128_ps(x, 1), _mm256_castps256_ps128(x));
  half = _mm_add_ps(half, _mm_movehl_ps(half, half));
  half = _mm_add_ss(half, _mm_movehdup_ps(half));
  return _mm_cvtss_f32(half);
}

/// The sums of the numbers of four vectors.
inline __m128 sums_of(__m256 a, __m256 b, __m256 c, __m256 d) {
  const __m256 pairs = _mm256_hadd_ps(_mm256_hadd_ps(a, b), _mm256_hadd_ps(c, d));
  return _mm_add_ps(_mm256_castps256_ps128(pairs), _mm256_extractf128_ps(pairs, 1));
}

#if VAT_KERNEL_VECTORS == 16
using Vector = __m512;
inline Vector load(const float* from) { return _mm512_loadu_ps(from); }
inline Vector load_half(const std::uint16_t* from) {
  return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
}
inline Vector load_bytes(const std::int8_t* from) {
  return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))));
}
inline void store(float* to, Vector x) { _mm512_storeu_ps(to, x); }
inline Vector all(float x) { return _mm512_set1_ps(x); }
inline Vector add(Vector a, Vector b) { return _mm512_add_ps(a, b); }
inline Vector subtract(Vector a, Vector b) { return _mm512_sub_ps(a, b); }
inline Vector multiply(Vector a, Vector b) { return _mm512_mul_ps(a, b); }
inline Vector divide(Vector a, Vector b) { return _mm512_div_ps(a, b); }
inline Vector larger(Vector a, Vector b) { return _mm512_max_ps(a, b); }
inline bool any_larger(Vector a, Vector b) { return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ) != 0; }
/// a * b + c
inline Vector multiply_add(Vector a, Vector b, Vector c) { return _mm512_fmadd_ps(a, b, c); }
inline float sum_of(Vector x) { return _mm512_reduce_add_ps(x); }
inline __m256 halves_of(Vector x) {
  return _mm256_add_ps(_mm512_castps512_ps256(x), _mm512_extractf32x8_ps(x, 1));
}
inline __m128 sums_of(Vector a, Vector b, Vector c, Vector d) {
  return sums_of(halves_of(a), halves_of(b), halves_of(c), halves_of(d));
}
#else
using Vector = __m256;
inline Vector load(const float* from) { return _mm256_loadu_ps(from); }
inline Vector load_half(const std::uint16_t* from) {
  return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}
inline Vector load_bytes(const std::int8_t* from) {
  return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from))));
}
inline void store(float* to, Vector x) { _mm256_storeu_ps(to, x); }
inline Vector all(float x) { return _mm256_set1_ps(x); }
inline Vector add(Vector a, Vector b) { return _mm256_add_ps(a, b); }
inline Vector subtract(Vector a, Vector b) { return _mm256_sub_ps(a, b); }
inline Vector multiply(Vector a, Vector b) { return _mm256_mul_ps(a, b); }
inline Vector divide(Vector a, Vector b) { return _mm256_div_ps(a, b); }
inline Vector larger(Vector a, Vector b) { return _mm256_max_ps(a, b); }
inline bool any_larger(Vector a, Vector b) {
  return _mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_GT_OQ)) != 0;
}
/// a * b + c
inline Vector multiply_add(Vector a, Vector b, Vector c) { return _mm256_fmadd_ps(a, b, c); }
#endif

inline Vector zeros() { return all(0.0F); }
inline Vector exponential(Vector x) { return ggml_v_expf(x); }
inline float from_half(std::uint16_t x) { return _cvtsh_ss(x); }

/// Asks for memory that is read soon and in an order that the hardware does not foresee.
inline void prefetch(const char* begin, std::size_t bytes) {
  constexpr std::size_t kCacheLine = 64;
  for (std::size_t i = 0; i < bytes; i += kCacheLine) __builtin_prefetch(begin + i);
}

}  // namespace vat::asr::kernels
#endif
