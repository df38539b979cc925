// Products of panels of weights in bytes (ggml's q8_0) with a decoder's few columns.
#pragma once

#include "asr/kernels/byte_products.h"

#ifdef VAT_KERNEL_VECTORS
namespace vat::asr::kernels {

constexpr std::int64_t kPanelRows = 16;
/// With fewer columns multiply_bytes() takes no longer, as both wait for memory. Without VNNI it does.
#ifdef VAT_KERNEL_VNNI
constexpr int kMinPanelColumns = 3;
#else
constexpr int kMinPanelColumns = 1;
#endif

/// kPanelRows rows of weights, each of `blocks` blocks, `stride` blocks apart.
struct BytePanel {
  const ByteBlock* first = nullptr;
  std::int64_t stride = 0;
  std::int64_t blocks = 0;
};

/// sums[c * stride + r] = the product of row r of the panel with column c, which lies c * blocks behind
/// `columns`; there are from 1 to kMaxByteColumns columns. Asks meanwhile for the memory behind the panel,
/// where the next rows are unless they are apart. Any thread.
void multiply_byte_panel(const BytePanel& panel, const ColumnBlock* columns, int count, float* sums,
                         std::int64_t stride);

}  // namespace vat::asr::kernels
#endif
