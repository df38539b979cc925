// Products of weights in bytes (ggml's q8_0) with the few columns of a decoder.
#pragma once

#include <cstddef>
#include <cstdint>

#include "asr/kernels/byte_block.h"
#include "asr/kernels/instructions.h"

#ifdef VAT_KERNEL_VECTORS
namespace vat::asr::kernels {

/// The instructions multiply unsigned numbers with signed ones: weights have this added, and what is too much
/// is taken off again by ColumnBlock::correction.
constexpr int kByteOffset = 128;

/// The largest magnitude of a column's number. Without VNNI the sum of two products has to fit into 16 bits,
/// and that of the largest weights, 255, with this does.
#ifdef VAT_KERNEL_VNNI
constexpr int kColumnLimit = 127;
#else
constexpr int kColumnLimit = 64;
#endif

/// 32 numbers of a column with a common scale, rounded to -kColumnLimit to kColumnLimit.
struct ColumnBlock {
  float scale;
  std::int32_t correction;  ///< What every sum of products with these numbers starts with.
  std::int8_t numbers[kByteBlock];
};
static_assert(sizeof(ColumnBlock) == 40);

/// Converts the numbers of `blocks` blocks. The products with numbers that are not finite are any. Any
/// thread.
void to_column_blocks(const float* from, std::int64_t blocks, ColumnBlock* to);

constexpr int kMaxByteColumns = 8;

/// sums[c] = the product of a row of weights with column c, which lies c * blocks behind `columns`. All have
/// `blocks` blocks; there are from 1 to kMaxByteColumns columns. The weights are read once for all of them,
/// where ggml reads them for each pair of columns. Any thread.
void multiply_bytes(std::int64_t blocks, int count, const ByteBlock* weights, const ColumnBlock* columns,
                    float* sums);

}  // namespace vat::asr::kernels
#endif
