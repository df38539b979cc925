#include "asr/kernels/byte_products.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "asr/kernels/testing/half.h"

namespace vat::asr::kernels {
namespace {

std::vector<ByteBlock> blocks(std::int64_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<ByteBlock> all(static_cast<std::size_t>(count));
  for (ByteBlock& block : all) {
    block.scale = to_half(static_cast<float>(random() % 1000 + 1) / 1024.0F);
    // ggml scales to -127 and 127.
    for (std::int8_t& number : block.numbers)
      number = static_cast<std::int8_t>(static_cast<int>(random() % 255) - 127);
  }
  return all;
}

TEST(ByteProductsTest, AnyNumberOfColumnsIsRight) {
  for (const std::int64_t width : {1, 2, 7, 40}) {
    const std::vector<ByteBlock> weights = blocks(width, 1);
    for (int columns = 1; columns <= kMaxByteColumns; ++columns) {
      const std::vector<ByteBlock> in = blocks(width * columns, 2);
      std::array<float, kMaxByteColumns> sums{};
      multiply_bytes(width, columns, weights.data(), reinterpret_cast<const char*>(in.data()),
                     static_cast<std::size_t>(width) * sizeof(ByteBlock), sums.data());
      for (std::size_t c = 0; c < kMaxByteColumns; ++c) {
        double expected = 0;
        double size = 0;
        for (std::size_t i = 0; c < static_cast<std::size_t>(columns) && i < weights.size(); ++i) {
          const ByteBlock& column = in[c * weights.size() + i];
          const double scale = half_value(weights[i].scale) * half_value(column.scale);
          for (std::size_t j = 0; j < kByteBlock; ++j) {
            expected += scale * weights[i].numbers[j] * column.numbers[j];
            size += scale * std::abs(weights[i].numbers[j] * column.numbers[j]);
          }
        }
        EXPECT_NEAR(sums[c], expected, 1e-6 * size) << width << " blocks, column " << c << " of " << columns;
      }
    }
  }
}

TEST(ByteProductsTest, TheLargestNumbersDoNotOverflow) {
  std::vector<ByteBlock> weights = blocks(2, 1);
  std::vector<ByteBlock> in = blocks(2, 2);
  for (ByteBlock& block : weights)
    std::fill(std::begin(block.numbers), std::end(block.numbers), std::int8_t{127});
  for (ByteBlock& block : in)
    std::fill(std::begin(block.numbers), std::end(block.numbers), std::int8_t{-127});
  float sum = 0;
  multiply_bytes(2, 1, weights.data(), reinterpret_cast<const char*>(in.data()), 0, &sum);
  double expected = 0;
  for (int i = 0; i < 2; ++i)
    expected -= 127.0 * 127 * 32 * half_value(weights[i].scale) * half_value(in[i].scale);
  EXPECT_NEAR(sum, expected, 1e-6 * std::abs(expected));
}

}  // namespace
}  // namespace vat::asr::kernels
