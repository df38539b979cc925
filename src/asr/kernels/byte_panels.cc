// Rows lie in the lanes of the vectors, four adjacent numbers of a row in each, so that nothing is summed
// across lanes for each block. Only two steps of a transposition are made: a quarter of a vector has the
// numbers from 4 * quad on of four rows, the next quarter those from 16 + 4 * quad on of the same rows, and a
// column's numbers are laid out to match. A row's sum is therefore in two lanes until the end.
#include "asr/kernels/byte_panels.h"

#ifdef VAT_KERNEL_BYTE_PANELS
#include <immintrin.h>

namespace vat::asr::kernels {
namespace {

constexpr int kHalves = 2;  // rows 0-3 and 8-11, and rows 4-7 and 12-15
constexpr int kQuads = 4;

/// A block of kPanelRows rows, ready to be multiplied.
struct Panel {
  Panel(const ByteBlock* weights, std::int64_t stride) {
    for (int half = 0; half < kHalves; ++half) {
      const ByteBlock* const low = weights + half * 4 * stride;
      const ByteBlock* const high = low + 8 * stride;
      __m512i rows[4];
      for (int i = 0; i < 4; ++i) rows[i] = two_rows(low[i * stride], high[i * stride]);
      transpose(rows, half);
      scales[half] = eight_scales(low, high, stride);
    }
  }

  __m512i numbers[kQuads][kHalves];
  __m512 scales[kHalves];

 private:
  static __m512i two_rows(const ByteBlock& low, const ByteBlock& high) {
    const auto load = [](const ByteBlock& block) {
      return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(block.numbers));
    };
    const __m512i rows = _mm512_inserti64x4(_mm512_castsi256_si512(load(low)), load(high), 1);
    return _mm512_xor_si512(rows, _mm512_set1_epi8(-kByteOffset));
  }

  void transpose(const __m512i (&rows)[4], int half) {
    const __m512i low_01 = _mm512_unpacklo_epi32(rows[0], rows[1]);
    const __m512i high_01 = _mm512_unpackhi_epi32(rows[0], rows[1]);
    const __m512i low_23 = _mm512_unpacklo_epi32(rows[2], rows[3]);
    const __m512i high_23 = _mm512_unpackhi_epi32(rows[2], rows[3]);
    numbers[0][half] = _mm512_unpacklo_epi64(low_01, low_23);
    numbers[1][half] = _mm512_unpackhi_epi64(low_01, low_23);
    numbers[2][half] = _mm512_unpacklo_epi64(high_01, high_23);
    numbers[3][half] = _mm512_unpackhi_epi64(high_01, high_23);
  }

  static __m512 eight_scales(const ByteBlock* low, const ByteBlock* high, std::int64_t stride) {
    const auto four = [stride](const ByteBlock* row) {
      std::uint64_t bits = 0;
      for (int i = 0; i < 4; ++i) bits |= static_cast<std::uint64_t>(row[i * stride].scale) << (16 * i);
      return static_cast<long long>(bits);
    };
    const __m256 eight = _mm256_cvtph_ps(_mm_set_epi64x(four(high), four(low)));
    return _mm512_permutexvar_ps(_mm512_setr_epi32(0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 7, 4, 5, 6, 7),
                                 _mm512_castps256_ps512(eight));
  }
};

struct Sums {
  __m512 half[kHalves] = {_mm512_setzero_ps(), _mm512_setzero_ps()};

  void add_products(const Panel& panel, const ColumnBlock& column) {
    const __m512i numbers =
        _mm512_broadcast_i64x4(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(column.numbers)));
    const __m512i quads[kQuads] = {
        _mm512_shuffle_epi32(numbers, _MM_PERM_AAAA), _mm512_shuffle_epi32(numbers, _MM_PERM_BBBB),
        _mm512_shuffle_epi32(numbers, _MM_PERM_CCCC), _mm512_shuffle_epi32(numbers, _MM_PERM_DDDD)};
    const __m512i start = _mm512_maskz_set1_epi32(0x0F0F, column.correction);  // in one of a row's two lanes
    __m512i products[kHalves] = {start, start};
    for (int quad = 0; quad < kQuads; ++quad) {
      for (int i = 0; i < kHalves; ++i)
        products[i] = _mm512_dpbusd_epi32(products[i], panel.numbers[quad][i], quads[quad]);
    }
    const __m512 scale = _mm512_set1_ps(column.scale);
    for (int i = 0; i < kHalves; ++i)
      half[i] =
          _mm512_fmadd_ps(_mm512_mul_ps(panel.scales[i], scale), _mm512_cvtepi32_ps(products[i]), half[i]);
  }

  void store(float* to) const {
    for (int i = 0; i < kHalves; ++i) {
      alignas(64) float lanes[kPanelRows];
      _mm512_store_ps(lanes, half[i]);
      _mm_storeu_ps(to + i * 4, _mm_add_ps(_mm_load_ps(lanes), _mm_load_ps(lanes + 4)));
      _mm_storeu_ps(to + 8 + i * 4, _mm_add_ps(_mm_load_ps(lanes + 8), _mm_load_ps(lanes + 12)));
    }
  }
};

/// Loads would wait for memory here. What lies behind the last row is not read.
inline void ask_for_memory(const char* begin) {
  constexpr std::size_t kCacheLine = 64;
  for (std::size_t i = 0; i < kPanelRows * sizeof(ByteBlock); i += kCacheLine) __builtin_prefetch(begin + i);
}

template <int kColumns>
void multiply(std::int64_t blocks, const ByteBlock* weights, const ColumnBlock* columns, float* sums,
              std::int64_t stride) {
  Sums all[kColumns];
  const char* next = reinterpret_cast<const char*>(weights + kPanelRows * blocks);
  for (std::int64_t i = 0; i < blocks; ++i, next += kPanelRows * sizeof(ByteBlock)) {
    ask_for_memory(next);
    const Panel panel(weights + i, blocks);
    for (int c = 0; c < kColumns; ++c) all[c].add_products(panel, columns[c * blocks + i]);
  }
  for (int c = 0; c < kColumns; ++c) all[c].store(sums + c * stride);
}

}  // namespace

void multiply_byte_panel(std::int64_t blocks, int count, const ByteBlock* weights, const ColumnBlock* columns,
                         float* sums, std::int64_t stride) {
  using Multiply = void (*)(std::int64_t, const ByteBlock*, const ColumnBlock*, float*, std::int64_t);
  constexpr Multiply kFor[kMaxByteColumns] = {multiply<1>, multiply<2>, multiply<3>, multiply<4>,
                                              multiply<5>, multiply<6>, multiply<7>, multiply<8>};
  kFor[count - 1](blocks, weights, columns, sums, stride);
}

}  // namespace vat::asr::kernels
#endif
