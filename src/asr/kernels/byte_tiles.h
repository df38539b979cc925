// Products of weights in bytes (ggml's q8_0) with the many columns of an encoder's window.
#pragma once

#include <cstddef>
#include <cstdint>

#include "asr/kernels/byte_products.h"

#ifdef VAT_KERNEL_VECTORS
namespace vat::asr::kernels {

/// Rows of weights that one call multiplies.
constexpr std::int64_t kTileWeightRows = 32;

/// The bytes that each thread needs to multiply, at an address that is a multiple of 64.
[[nodiscard]] std::size_t byte_tile_scratch();

/// Rows of weights and columns, both of `blocks` blocks. The rows lie behind each other, the columns, too.
struct ByteTiles {
  const ByteBlock* weights = nullptr;
  const ColumnBlock* columns = nullptr;
  std::int64_t blocks = 0;
  std::int64_t count = 0;  ///< Columns.
  float* out =
      nullptr;  ///< The product of the first row and the first column; those of a column are adjacent.
  std::int64_t out_stride = 0;  ///< Numbers from one column's products to the next one's.
};

/// Multiplies `rows` rows, from 1 to kTileWeightRows, with all columns. Several threads may do different
/// rows, each with its own scratch.
void multiply_byte_tiles(const ByteTiles& tiles, int rows, char* scratch);

}  // namespace vat::asr::kernels
#endif
