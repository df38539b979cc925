// Rows of weights lie in the lanes of the vectors, so that nothing is summed across lanes for each block: a
// lane has four of a row's numbers, the next one the next four, and both are added at the end. The eight
// numbers of a column that they are multiplied with come from memory into all lanes.
#include "asr/kernels/byte_panels.h"

#ifdef VAT_KERNEL_VECTORS
#include <algorithm>

#include "asr/kernels/byte_vectors.h"

namespace vat::asr::kernels {
namespace {

constexpr int kParts = 4;  // of a block, each of eight numbers
constexpr int kVectorRows = kLanes / 2;
#if VAT_KERNEL_VECTORS == 16
constexpr int kAtOnce =
    2;  // vectors of rows: with their parts and scales, 16 sums and a few more in 32 registers
#else
constexpr int kAtOnce = 1;
#endif
constexpr int kRowsAtOnce = kAtOnce * kVectorRows;
static_assert(kPanelRows % kRowsAtOnce == 0, "whole vectors");

/// Adjacent rows' blocks of weights, `stride` blocks apart.
struct Weights {
  [[nodiscard]] Weights from(int row) const { return {first + row * stride, stride}; }
  [[nodiscard]] __m256i numbers(int row) const {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(first[row * stride].numbers));
  }
  [[nodiscard]] __m128i four_scales() const {
    std::uint64_t bits = 0;
    for (int i = 0; i < 4; ++i) bits |= static_cast<std::uint64_t>(first[i * stride].scale) << (16 * i);
    return _mm_cvtsi64_si128(static_cast<long long>(bits));
  }

  const ByteBlock* first;
  std::int64_t stride;
};

// Steps of a transposition: of each row's four parts to the same part of all rows, which stay in their order.
#if VAT_KERNEL_VECTORS == 16
inline Ints quarter_of_rows(const Weights& weights, int quarter) {
  const int row = quarter % 2 + quarter / 2 * 4;
  return _mm512_inserti64x4(_mm512_castsi256_si512(weights.numbers(row)), weights.numbers(row + 2), 1);
}
inline Ints with_offset(Ints numbers) { return _mm512_xor_si512(numbers, _mm512_set1_epi8(-kByteOffset)); }
inline Ints even_parts(Ints a, Ints b) { return _mm512_unpacklo_epi64(a, b); }
inline Ints odd_parts(Ints a, Ints b) { return _mm512_unpackhi_epi64(a, b); }
inline Ints first_parts(Ints a, Ints b) { return _mm512_shuffle_i64x2(a, b, 0x88); }
inline Ints last_parts(Ints a, Ints b) { return _mm512_shuffle_i64x2(a, b, 0xDD); }
inline Vector scales_of(const Weights& weights) {
  const __m128i halves = _mm_unpacklo_epi64(weights.four_scales(), weights.from(4).four_scales());
  return _mm512_permutexvar_ps(_mm512_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7),
                               _mm512_castps256_ps512(_mm256_cvtph_ps(halves)));
}
inline Ints in_even_lanes(std::int32_t x) { return _mm512_maskz_set1_epi32(0x5555, x); }
inline __m256 sums_of_pairs(Vector x) {
  return _mm512_castps512_ps256(
      _mm512_permutexvar_ps(_mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 0, 0, 0, 0, 0, 0, 0, 0),
                            _mm512_add_ps(x, _mm512_movehdup_ps(x))));
}
inline void store_rows(float* to, Vector sums) { _mm256_storeu_ps(to, sums_of_pairs(sums)); }
#else
inline Ints quarter_of_rows(const Weights& weights, int quarter) { return weights.numbers(quarter); }
inline Ints with_offset(Ints numbers) { return _mm256_xor_si256(numbers, _mm256_set1_epi8(-kByteOffset)); }
inline Ints even_parts(Ints a, Ints b) { return _mm256_unpacklo_epi64(a, b); }
inline Ints odd_parts(Ints a, Ints b) { return _mm256_unpackhi_epi64(a, b); }
inline Ints first_parts(Ints a, Ints b) { return _mm256_permute2x128_si256(a, b, 0x20); }
inline Ints last_parts(Ints a, Ints b) { return _mm256_permute2x128_si256(a, b, 0x31); }
inline Vector scales_of(const Weights& weights) {
  return _mm256_permutevar8x32_ps(_mm256_castps128_ps256(_mm_cvtph_ps(weights.four_scales())),
                                  _mm256_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3));
}
inline Ints in_even_lanes(std::int32_t x) { return _mm256_and_si256(all(x), _mm256_set1_epi64x(0xFFFFFFFF)); }
inline void store_rows(float* to, Vector sums) {
  _mm_storeu_ps(to, _mm_hadd_ps(_mm256_castps256_ps128(sums), _mm256_extractf128_ps(sums, 1)));
}
#endif

/// A block of kVectorRows rows, ready to be multiplied.
struct Rows {
  explicit Rows(const Weights& weights) : scales(scales_of(weights)) {
    Ints rows[4];
    for (int i = 0; i < 4; ++i) rows[i] = with_offset(quarter_of_rows(weights, i));
    const Ints even[2] = {even_parts(rows[0], rows[1]), even_parts(rows[2], rows[3])};
    const Ints odd[2] = {odd_parts(rows[0], rows[1]), odd_parts(rows[2], rows[3])};
    parts[0] = first_parts(even[0], even[1]);
    parts[1] = first_parts(odd[0], odd[1]);
    parts[2] = last_parts(even[0], even[1]);
    parts[3] = last_parts(odd[0], odd[1]);
  }

  Ints parts[kParts];
  Vector scales;  ///< Each row's in both of its lanes.
};

/// Adds the products of kAtOnce vectors of rows with a block of a column.
inline void add_block(const Rows (&rows)[kAtOnce], const ColumnBlock& column, Vector* sums) {
  Ints products[kAtOnce];
  std::fill(products, products + kAtOnce, in_even_lanes(column.correction));
  for (int part = 0; part < kParts; ++part) {
    const Ints numbers = all_of<std::int64_t>(column.numbers + 8 * part);
    for (int v = 0; v < kAtOnce; ++v) products[v] = add_products(products[v], rows[v].parts[part], numbers);
  }
  const Vector scale = all(column.scale);
  for (int v = 0; v < kAtOnce; ++v) sums[v] = add_scaled(products[v], rows[v].scales, scale, sums[v]);
}

template <int kColumns>
void multiply(const BytePanel& panel, const ColumnBlock* columns, float* sums, std::int64_t stride) {
  const char* next = reinterpret_cast<const char*>(panel.first + kPanelRows * panel.stride);
  for (int first = 0; first < kPanelRows; first += kRowsAtOnce) {
    Vector rows[kColumns][kAtOnce];
    for (auto& column : rows) std::fill(column, column + kAtOnce, zeros());
    for (std::int64_t i = 0; i < panel.blocks; ++i, next += kRowsAtOnce * sizeof(ByteBlock)) {
      prefetch(next, kRowsAtOnce * sizeof(ByteBlock));  // loads would wait here
      const Weights weights{panel.first + i + first * panel.stride, panel.stride};
#if VAT_KERNEL_VECTORS == 16
      const Rows now[kAtOnce] = {Rows(weights), Rows(weights.from(kVectorRows))};
#else
      const Rows now[kAtOnce] = {Rows(weights)};
#endif
      for (int c = 0; c < kColumns; ++c) add_block(now, columns[c * panel.blocks + i], rows[c]);
    }
    for (int c = 0; c < kColumns; ++c) {
      for (int v = 0; v < kAtOnce; ++v) store_rows(sums + c * stride + first + v * kVectorRows, rows[c][v]);
    }
  }
}

}  // namespace

void multiply_byte_panel(const BytePanel& panel, const ColumnBlock* columns, int count, float* sums,
                         std::int64_t stride) {
  using Multiply = void (*)(const BytePanel&, const ColumnBlock*, float*, std::int64_t);
  constexpr Multiply kFor[kMaxByteColumns] = {multiply<1>, multiply<2>, multiply<3>, multiply<4>,
                                              multiply<5>, multiply<6>, multiply<7>, multiply<8>};
  kFor[count - 1](panel, columns, sums, stride);
}

}  // namespace vat::asr::kernels
#endif
