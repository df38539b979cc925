// Vectors of bytes, as wide as this file is compiled for, and of their products. Private to the kernels.
#pragma once

#include <cstring>

#include "asr/kernels/byte_products.h"
#include "asr/kernels/simd.h"

#ifdef VAT_KERNEL_VECTORS
namespace vat::asr::kernels {

#ifndef VAT_KERNEL_VNNI
static_assert(2 * 255 * kColumnLimit <= 32767, "the sums of two products pass through 16 bits");
#endif

/// Keeps the compiler from adding what follows to something else first, for which registers are too few.
template <class Int>
inline Int in_this_order(Int sums) {
  asm("" : "+v"(sums));
  return sums;
}

/// In each lane, `sums` and the products of four unsigned numbers of `weights` with as many signed ones of
/// `column`.
inline __m256i add_products(__m256i sums, __m256i weights, __m256i column) {
#if defined(__AVX512VNNI__)
  return _mm256_dpbusd_epi32(sums, weights, column);
#elif defined(__AVXVNNI__)
  return _mm256_dpbusd_avx_epi32(sums, weights, column);
#else
  const __m256i pairs = _mm256_maddubs_epi16(weights, column);
  return in_this_order(_mm256_add_epi32(sums, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1))));
#endif
}

#if VAT_KERNEL_VECTORS == 16
using Ints = __m512i;
inline Ints add_products(Ints sums, Ints weights, Ints column) {
#ifdef __AVX512VNNI__
  return _mm512_dpbusd_epi32(sums, weights, column);
#else
  const Ints pairs = _mm512_maddubs_epi16(weights, column);
  return in_this_order(_mm512_add_epi32(sums, _mm512_madd_epi16(pairs, _mm512_set1_epi16(1))));
#endif
}
inline Ints all(std::int32_t x) { return _mm512_set1_epi32(x); }
inline Ints all(std::int64_t x) { return _mm512_set1_epi64(x); }
inline Ints load_ints(const void* from) { return _mm512_load_si512(from); }
inline Vector to_floats(Ints x) { return _mm512_cvtepi32_ps(x); }
#else
using Ints = __m256i;
inline Ints all(std::int32_t x) { return _mm256_set1_epi32(x); }
inline Ints all(std::int64_t x) { return _mm256_set1_epi64x(x); }
inline Ints load_ints(const void* from) { return _mm256_load_si256(static_cast<const __m256i*>(from)); }
inline Vector to_floats(Ints x) { return _mm256_cvtepi32_ps(x); }
#endif

/// A few adjacent numbers of a column, as many as an Int has bytes, over and over again.
template <class Int>
inline Ints all_of(const std::int8_t* numbers) {
  Int together = 0;
  std::memcpy(&together, numbers, sizeof together);
  return all(together);
}

inline Vector add_scaled(Ints sums, Vector a, Vector b, Vector to) {
  return multiply_add(to_floats(sums), multiply(a, b), to);
}

}  // namespace vat::asr::kernels
#endif
