// Blocks of bytes for tests, and what their products are.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "asr/kernels/byte_products.h"
#include "asr/kernels/testing/half.h"

namespace vat::asr::kernels {

inline std::int8_t random_byte(int limit, std::mt19937& random) {
  return static_cast<std::int8_t>(static_cast<int>(random() % static_cast<unsigned>(2 * limit + 1)) - limit);
}
inline float random_scale(std::mt19937& random) { return static_cast<float>(random() % 1000 + 1) / 1024.0F; }

inline std::vector<ByteBlock> byte_blocks(std::int64_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<ByteBlock> all(static_cast<std::size_t>(count));
  for (ByteBlock& block : all) {
    block.scale = to_half(random_scale(random));
    for (std::int8_t& number : block.numbers) number = random_byte(127 /* as ggml scales */, random);
  }
  return all;
}

/// As to_column_blocks() corrects them.
inline void correct(ColumnBlock& block) {
  block.correction = 0;
  for (const std::int8_t number : block.numbers) block.correction -= kByteOffset * number;
}

inline std::vector<ColumnBlock> column_blocks(std::int64_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<ColumnBlock> all(static_cast<std::size_t>(count));
  for (ColumnBlock& block : all) {
    block.scale = random_scale(random);
    for (std::int8_t& number : block.numbers) number = random_byte(kColumnLimit, random);
    correct(block);
  }
  return all;
}

inline ByteBlock filled_byte_block(int number) {
  ByteBlock block{.scale = to_half(0.5F), .numbers = {}};
  std::fill(std::begin(block.numbers), std::end(block.numbers), static_cast<std::int8_t>(number));
  return block;
}

inline ColumnBlock filled_column_block(int number) {
  ColumnBlock block{.scale = 0.25F, .correction = 0, .numbers = {}};
  std::fill(std::begin(block.numbers), std::end(block.numbers), static_cast<std::int8_t>(number));
  correct(block);
  return block;
}

struct PlainProduct {
  double sum = 0;
  double size = 0;  ///< The sum of the products' magnitudes.
};

inline PlainProduct plain_product(const ByteBlock* weights, const ColumnBlock* column, std::int64_t blocks) {
  PlainProduct product;
  for (std::int64_t i = 0; i < blocks; ++i) {
    const double scale = half_value(weights[i].scale) * static_cast<double>(column[i].scale);
    for (std::int64_t j = 0; j < kByteBlock; ++j) {
      const double next = scale * weights[i].numbers[j] * column[i].numbers[j];
      product.sum += next;
      product.size += std::abs(next);
    }
  }
  return product;
}

}  // namespace vat::asr::kernels
