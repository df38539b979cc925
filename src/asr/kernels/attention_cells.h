// What attend_many() multiplies at once: a float, or two numbers in 16 bits, which takes less time. These are
// bfloat16 with AVX512-BF16, and integers with VNNI and in AVX2. Private to the kernel.
//
// An integer's 1 stands for a unit: the one of a row of q, of the rows of k or v that are multiplied at once,
// or that of weights. All other cells have the unit 1.
#pragma once

#include <algorithm>

#include "asr/kernels/attention_tiles.h"
#include "asr/kernels/byte_vectors.h"
#include "asr/kernels/simd.h"

#ifdef VAT_KERNEL_VECTORS
namespace vat::asr::kernels {

inline Vector load_numbers(const float* from) { return load(from); }
inline Vector load_numbers(const std::uint16_t* from) { return load_half(from); }

#if VAT_KERNEL_VECTORS == 16 && defined(__AVX512BF16__)
#define VAT_KERNEL_BFLOAT16
#elif VAT_KERNEL_VECTORS == 8 || defined(VAT_KERNEL_VNNI)
#define VAT_KERNEL_INTEGERS
#endif

#if defined(VAT_KERNEL_BFLOAT16) || defined(VAT_KERNEL_INTEGERS)
using Cell = std::uint32_t;
constexpr int kCellNumbers = 2;

#if VAT_KERNEL_VECTORS == 16
inline Vector whole_of(Vector x) {
  return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
inline Vector times_two_to(Vector x, Vector power) { return _mm512_scalef_ps(x, power); }
#else
inline Vector whole_of(Vector x) { return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
inline Vector times_two_to(Vector x, Vector power) {
  const __m256i exponent = _mm256_slli_epi32(_mm256_cvtps_epi32(power), 23);
  return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(x), exponent));
}
#endif

/// e^x of numbers up to 0, as exact as a cell can tell.
inline Vector weights_of(Vector x) {
  const Vector power = multiply(larger(x, all(-87.0F)), all(1.44269504F));
  const Vector whole = whole_of(power);
  const Vector rest = subtract(power, whole);
  Vector result = multiply_add(all(0.00967604F), rest, all(0.05592204F));
  result = multiply_add(result, rest, all(0.24022107F));
  result = multiply_add(result, rest, all(0.69312103F));
  return times_two_to(multiply_add(result, rest, all(1.0F)), whole);
}
#else
using Cell = float;
constexpr int kCellNumbers = 1;

inline Vector weights_of(Vector x) { return exponential(x); }
#endif

#ifdef VAT_KERNEL_INTEGERS
constexpr float kLimit = 4095;  // of a number's magnitude
constexpr float kWeightUnit = 1.0F / 8191;
static_assert(kMaxKeyWidth * kLimit * kLimit <= 0x1p31F, "a row of q and one of k");
static_assert(kManyPositions * kLimit / kWeightUnit <= 0x1p31F, "weights and a column of v");

using Sums = Ints;
#if VAT_KERNEL_VECTORS == 16
inline Ints integers_of(Vector x) { return _mm512_cvtps_epi32(x); }
inline Vector magnitudes_of(Vector x) { return _mm512_abs_ps(x); }
inline Sums add_products(Vector cells, Cell cell, Sums sums) {
  return _mm512_dpwssd_epi32(sums, _mm512_castps_si512(cells), all(static_cast<std::int32_t>(cell)));
}
inline Vector cells_of(Vector first, Vector second) {
  return _mm512_castsi512_ps(
      _mm512_mask_blend_epi16(0xAAAAAAAA, integers_of(first), _mm512_slli_epi32(integers_of(second), 16)));
}
inline void store_cells(Cell* to, Vector x) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm512_cvtsepi32_epi16(integers_of(x)));
}
#else
inline Ints integers_of(Vector x) { return _mm256_cvtps_epi32(x); }
inline Vector magnitudes_of(Vector x) { return _mm256_andnot_ps(all(-0.0F), x); }
inline Sums add_products(Vector cells, Cell cell, Sums sums) {
  const __m256i numbers = _mm256_castps_si256(cells);
  const __m256i others = all(static_cast<std::int32_t>(cell));
#if defined(__AVX512VNNI__)
  return _mm256_dpwssd_epi32(sums, numbers, others);
#elif defined(__AVXVNNI__)
  return _mm256_dpwssd_avx_epi32(sums, numbers, others);
#else
  return _mm256_add_epi32(sums, _mm256_madd_epi16(numbers, others));
#endif
}
inline Vector cells_of(Vector first, Vector second) {
  return _mm256_castsi256_ps(
      _mm256_blend_epi16(integers_of(first), _mm256_slli_epi32(integers_of(second), 16), 0xAA));
}
inline void store_cells(Cell* to, Vector x) {
  const __m256i numbers = integers_of(x);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to),
                   _mm_packs_epi32(_mm256_castsi256_si128(numbers), _mm256_extracti128_si256(numbers, 1)));
}
#endif
inline Vector weight_cells_of(Vector first, Vector second) {
  return cells_of(multiply(first, all(1 / kWeightUnit)), multiply(second, all(1 / kWeightUnit)));
}

template <bool kAdd>
Sums first_sums(const float* /*to*/) {
  return all(std::int32_t{0});
}
template <bool kAdd>
void store_sums(float* to, Sums sums, const float* units) {
  const Vector products = multiply(to_floats(sums), load(units));
  store(to, kAdd ? add(load(to), products) : products);
}

/// The unit for adjacent rows of a head.
template <class Number>
float unit_of(const Heads<const Number>& rows, std::int64_t head, std::int64_t first, int count,
              std::int64_t width) {
  Vector largest = zeros();
  for (std::int64_t row = first; row < first + count; ++row) {
    const Number* const numbers = rows.row(head, row);
    for (std::int64_t i = 0; i < width; i += kLanes)
      largest = larger(largest, magnitudes_of(load_numbers(numbers + i)));
  }
  float each[kLanes];
  store(each, largest);
  return std::max(*std::max_element(each, each + kLanes), 1e-30F) / kLimit;
}
#else
constexpr float kWeightUnit = 1;

using Sums = Vector;
template <bool kAdd>
Sums first_sums(const float* to) {
  return kAdd ? load(to) : zeros();
}
template <bool kAdd>
void store_sums(float* to, Sums sums, const float* /*units*/) {
  store(to, sums);
}
template <class Number>
float unit_of(const Heads<const Number>& /*rows*/, std::int64_t /*head*/, std::int64_t /*first*/,
              int /*count*/, std::int64_t /*width*/) {
  return 1;
}

#ifdef VAT_KERNEL_BFLOAT16
inline Sums add_products(Vector cells, Cell cell, Sums sums) {
  return _mm512_dpbf16_ps(sums, reinterpret_cast<__m512bh>(cells),
                          reinterpret_cast<__m512bh>(_mm512_set1_epi32(static_cast<int>(cell))));
}
inline Vector cells_of(Vector first, Vector second) {
  const __m512i half = _mm512_set1_epi32(0x8000);  // of what is cut off, for rounding
  const __m512i low = _mm512_srli_epi32(_mm512_add_epi32(_mm512_castps_si512(first), half), 16);
  const __m512i high =
      _mm512_andnot_si512(_mm512_set1_epi32(0xFFFF), _mm512_add_epi32(_mm512_castps_si512(second), half));
  return _mm512_castsi512_ps(_mm512_or_si512(low, high));
}
inline void store_cells(Cell* to, Vector x) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(x)));
}
#else
inline Sums add_products(Vector cells, Cell cell, Sums sums) { return multiply_add(cells, all(cell), sums); }
inline Vector cells_of(Vector first, Vector /*none*/) { return first; }
inline void store_cells(Cell* to, Vector x) { store(to, x); }
#endif
inline Vector weight_cells_of(Vector first, Vector second) { return cells_of(first, second); }
#endif

}  // namespace vat::asr::kernels
#endif
