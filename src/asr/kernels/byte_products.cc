#include "asr/kernels/byte_products.h"

#ifdef VAT_KERNEL_BYTE_PRODUCTS
#include "asr/kernels/simd.h"

namespace vat::asr::kernels {
namespace {

/// The sums of four adjacent products each: magnitudes times numbers that have taken over the signs.
inline __m256 sums_of_products(__m256i magnitudes, __m256i numbers) {
#if defined(__AVX512VNNI__) && defined(__AVX512VL__)
  return _mm256_cvtepi32_ps(_mm256_dpbusd_epi32(_mm256_setzero_si256(), magnitudes, numbers));
#elif defined(__AVXVNNI__)
  return _mm256_cvtepi32_ps(_mm256_dpbusd_avx_epi32(_mm256_setzero_si256(), magnitudes, numbers));
#else
  const __m256i pairs = _mm256_maddubs_epi16(magnitudes, numbers);
  return _mm256_cvtepi32_ps(_mm256_madd_epi16(_mm256_set1_epi16(1), pairs));
#endif
}

inline __m256i bytes_of(const ByteBlock& block) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(block.numbers));
}
inline __m256 scale_of(const ByteBlock& block) {
  return _mm256_cvtph_ps(_mm_set1_epi16(static_cast<short>(block.scale)));
}

template <int kColumns>
void multiply(std::int64_t blocks, const ByteBlock* weights, const char* columns, std::size_t column_bytes,
              float* sums) {
  __m256 partial[kColumns];
  for (__m256& sum : partial) sum = _mm256_setzero_ps();
  for (std::int64_t i = 0; i < blocks; ++i) {
    const __m256i row = bytes_of(weights[i]);
    const __m256i magnitudes = _mm256_sign_epi8(row, row);
    const __m256 scale = scale_of(weights[i]);
    for (int c = 0; c < kColumns; ++c) {
      const ByteBlock& block =
          reinterpret_cast<const ByteBlock*>(columns + static_cast<std::size_t>(c) * column_bytes)[i];
      const __m256 products = sums_of_products(magnitudes, _mm256_sign_epi8(bytes_of(block), row));
      partial[c] = _mm256_fmadd_ps(_mm256_mul_ps(scale, scale_of(block)), products, partial[c]);
    }
  }
  for (int c = 0; c < kColumns; ++c) sums[c] = sum_of(partial[c]);
}

}  // namespace

void multiply_bytes(std::int64_t blocks, int count, const ByteBlock* weights, const char* columns,
                    std::size_t column_bytes, float* sums) {
  using Multiply = void (*)(std::int64_t, const ByteBlock*, const char*, std::size_t, float*);
  constexpr Multiply kFor[kMaxByteColumns] = {multiply<1>, multiply<2>, multiply<3>, multiply<4>,
                                              multiply<5>, multiply<6>, multiply<7>, multiply<8>};
  kFor[count - 1](blocks, weights, columns, column_bytes, sums);
}

}  // namespace vat::asr::kernels
#endif
