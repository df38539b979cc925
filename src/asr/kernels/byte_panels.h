// Products of panels of weights in bytes (ggml's q8_0) with a decoder's few columns, where the CPU multiplies
// bytes in vectors of 512 bits.
#pragma once

#include "asr/kernels/byte_products.h"

#if defined(VAT_KERNEL_BYTE_PRODUCTS) && defined(__AVX512VNNI__)
#define VAT_KERNEL_BYTE_PANELS

namespace vat::asr::kernels {

constexpr std::int64_t kPanelRows = 16;
/// With fewer columns multiply_bytes() takes no longer, as both wait for memory.
constexpr int kMinPanelColumns = 3;

/// sums[c * stride + r] = the product of row r of kPanelRows adjacent rows of weights with column c, which
/// lies c * blocks behind `columns`. All have `blocks` blocks; there are from 1 to kMaxByteColumns columns.
/// Asks for the next rows' memory meanwhile. Any thread.
void multiply_byte_panel(std::int64_t blocks, int count, const ByteBlock* weights, const ColumnBlock* columns,
                         float* sums, std::int64_t stride);

}  // namespace vat::asr::kernels
#endif
