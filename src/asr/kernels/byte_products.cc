#include "asr/kernels/byte_products.h"

#ifdef VAT_KERNEL_VECTORS
#include "asr/kernels/byte_vectors.h"
#include "asr/kernels/simd.h"

namespace vat::asr::kernels {
namespace {

inline __m256i bytes_of(const std::int8_t* numbers) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(numbers));
}

/// A block of weights, ready to be multiplied.
struct Row {
  explicit Row(const ByteBlock& block)
      : scale(_mm256_cvtph_ps(_mm_set1_epi16(static_cast<short>(block.scale)))),
        numbers(_mm256_xor_si256(bytes_of(block.numbers), _mm256_set1_epi8(-kByteOffset))) {}

  /// The sums of four adjacent products each.
  [[nodiscard]] __m256 sums_of_products(const ColumnBlock& column) const {
    return _mm256_cvtepi32_ps(add_products(start(column), numbers, bytes_of(column.numbers)));
  }
  static __m256i start(const ColumnBlock& column) {
    return _mm256_zextsi128_si256(_mm_cvtsi32_si128(column.correction));
  }

  __m256 scale;
  __m256i numbers;
};

template <int kColumns>
void multiply(std::int64_t blocks, const ByteBlock* weights, const ColumnBlock* columns, float* sums) {
  __m256 partial[kColumns];
  for (__m256& sum : partial) sum = _mm256_setzero_ps();
  for (std::int64_t i = 0; i < blocks; ++i) {
    const Row row(weights[i]);
    for (int c = 0; c < kColumns; ++c) {
      const ColumnBlock& column = columns[c * blocks + i];
      partial[c] = _mm256_fmadd_ps(_mm256_mul_ps(row.scale, _mm256_set1_ps(column.scale)),
                                   row.sums_of_products(column), partial[c]);
    }
  }
  for (int c = 0; c < kColumns; ++c) sums[c] = sum_of(partial[c]);
}

inline float largest_magnitude(const float* numbers) {
  __m256 largest = _mm256_setzero_ps();
  const __m256 sign = _mm256_set1_ps(-0.0F);
  for (int i = 0; i < kByteBlock; i += 8)
    largest = _mm256_max_ps(largest, _mm256_andnot_ps(sign, _mm256_loadu_ps(numbers + i)));
  __m128 half = _mm_max_ps(_mm256_castps256_ps128(largest), _mm256_extractf128_ps(largest, 1));
  half = _mm_max_ps(half, _mm_movehl_ps(half, half));
  return _mm_cvtss_f32(_mm_max_ss(half, _mm_movehdup_ps(half)));
}

}  // namespace

void to_column_blocks(const float* from, std::int64_t blocks, ColumnBlock* to) {
  constexpr float kLimit = kColumnLimit;
  for (std::int64_t b = 0; b < blocks; ++b, from += kByteBlock, ++to) {
    const float largest = largest_magnitude(from);
    const __m256 factor = _mm256_set1_ps(largest == 0 ? 0.0F : kLimit / largest);
    __m256i sums = _mm256_setzero_si256();
    for (int i = 0; i < kByteBlock; i += 8) {
      const __m256i numbers = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(from + i), factor));
      sums = _mm256_add_epi32(sums, numbers);
      const __m128i words =
          _mm_packs_epi32(_mm256_castsi256_si128(numbers), _mm256_extracti128_si256(numbers, 1));
      _mm_storel_epi64(reinterpret_cast<__m128i*>(to->numbers + i), _mm_packs_epi16(words, words));
    }
    __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    sum = _mm_hadd_epi32(sum, sum);
    sum = _mm_hadd_epi32(sum, sum);
    to->scale = largest / kLimit;
    to->correction = _mm_cvtsi128_si32(_mm_mullo_epi32(sum, _mm_set1_epi32(-kByteOffset)));
  }
}

void multiply_bytes(std::int64_t blocks, int count, const ByteBlock* weights, const ColumnBlock* columns,
                    float* sums) {
  using Multiply = void (*)(std::int64_t, const ByteBlock*, const ColumnBlock*, float*);
  constexpr Multiply kFor[kMaxByteColumns] = {multiply<1>, multiply<2>, multiply<3>, multiply<4>,
                                              multiply<5>, multiply<6>, multiply<7>, multiply<8>};
  kFor[count - 1](blocks, weights, columns, sums);
}

}  // namespace vat::asr::kernels
#endif
