// What attend_many() multiplies at once: a float, or with AVX512-BF16 two adjacent numbers as bfloat16, which
// takes half as long. Private to the kernel.
#pragma once

#include "asr/kernels/simd.h"

#ifdef VAT_KERNEL_VECTORS
namespace vat::asr::kernels {

#if VAT_KERNEL_VECTORS == 16 && defined(__AVX512BF16__)
using Cell = std::uint32_t;
constexpr int kCellNumbers = 2;

/// A cell of each lane.
inline Vector cells_of(Vector first, Vector second) {
  const __m512i half = _mm512_set1_epi32(0x8000);  // of what is cut off, for rounding
  const __m512i low = _mm512_srli_epi32(_mm512_add_epi32(_mm512_castps_si512(first), half), 16);
  const __m512i high =
      _mm512_andnot_si512(_mm512_set1_epi32(0xFFFF), _mm512_add_epi32(_mm512_castps_si512(second), half));
  return _mm512_castsi512_ps(_mm512_or_si512(low, high));
}
/// sums + the products of the lanes' cells with one cell.
inline Vector add_products(Vector cells, Cell cell, Vector sums) {
  return _mm512_dpbf16_ps(sums, reinterpret_cast<__m512bh>(cells),
                          reinterpret_cast<__m512bh>(_mm512_set1_epi32(static_cast<int>(cell))));
}
/// e^x of numbers up to 0, as exact as a cell can tell.
inline Vector weights_of(Vector x) {
  const Vector power = multiply(larger(x, all(-200.0F)), all(1.44269504F));
  const Vector whole = _mm512_roundscale_ps(power, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  const Vector rest = subtract(power, whole);
  Vector result = multiply_add(all(0.00967604F), rest, all(0.05592204F));
  result = multiply_add(result, rest, all(0.24022107F));
  result = multiply_add(result, rest, all(0.69312103F));
  return _mm512_scalef_ps(multiply_add(result, rest, all(1.0F)), whole);
}
/// Adjacent numbers, a multiple of kLanes, times `scale`.
inline void to_cells(const float* from, Cell* to, std::int64_t count, float scale) {
  for (std::int64_t i = 0; i < count; i += kLanes)
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + i / kCellNumbers),
                        reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(multiply(load(from + i), all(scale)))));
}
inline void to_cells(const std::uint16_t* from, Cell* to, std::int64_t count) {
  for (std::int64_t i = 0; i < count; i += kLanes)
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + i / kCellNumbers),
                        reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(load_half(from + i))));
}
#else
using Cell = float;
constexpr int kCellNumbers = 1;

inline Vector cells_of(Vector first, Vector /*none*/) { return first; }
inline Vector weights_of(Vector x) { return exponential(x); }
inline Vector add_products(Vector cells, Cell cell, Vector sums) {
  return multiply_add(cells, all(cell), sums);
}
inline void to_cells(const float* from, Cell* to, std::int64_t count, float scale) {
  for (std::int64_t i = 0; i < count; i += kLanes) store(to + i, multiply(load(from + i), all(scale)));
}
inline void to_cells(const std::uint16_t* from, Cell* to, std::int64_t count) {
  convert_halves(from, to, count);
}
#endif

/// The cells of adjacent rows: each has a number of `first`, and where a cell has two, of `second`, which is
/// null if there is none.
inline void to_cells_of_rows(const std::uint16_t* first, const std::uint16_t* second, Cell* to,
                             std::int64_t count) {
  for (std::int64_t i = 0; i < count; i += kLanes)
    store(reinterpret_cast<float*>(to + i),
          cells_of(load_half(first + i), second == nullptr ? zeros() : load_half(second + i)));
}

}  // namespace vat::asr::kernels
#endif
