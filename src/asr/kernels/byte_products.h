// Products of weights in bytes (ggml's q8_0) with the few columns of a beam search.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__AVX2__) && defined(__FMA__) && defined(__F16C__)
#define VAT_KERNEL_BYTE_PRODUCTS

namespace vat::asr::kernels {

constexpr std::int64_t kByteBlock = 32;

/// As ggml stores q8_0: 32 numbers with a common scale in binary16.
struct ByteBlock {
  std::uint16_t scale;
  std::int8_t numbers[kByteBlock];
};
static_assert(sizeof(ByteBlock) == 34);

constexpr int kMaxByteColumns = 8;

/// sums[c] = the product of a row of weights with column c, which lies c * column_bytes behind `columns`.
/// Both have `blocks` blocks; there are from 1 to kMaxByteColumns columns. The weights are read once for all
/// of them, where ggml reads them for each pair of columns. Any thread.
void multiply_bytes(std::int64_t blocks, int count, const ByteBlock* weights, const char* columns,
                    std::size_t column_bytes, float* sums);

}  // namespace vat::asr::kernels
#endif
