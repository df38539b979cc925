#include "asr/kernels/byte_products.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "asr/kernels/testing/blocks.h"

namespace vat::asr::kernels {
namespace {

TEST(ColumnBlocksTest, TheLargestNumberIsTheLimit) {
  std::vector<float> numbers(kByteBlock, 0.0F);
  numbers[3] = -0.02F * kColumnLimit;
  numbers[7] = 0.02F * 31.5F;
  numbers[31] = 0.011F;
  ColumnBlock block{};
  to_column_blocks(numbers.data(), 1, &block);
  EXPECT_FLOAT_EQ(block.scale, 0.02F);
  EXPECT_EQ(block.numbers[3], -kColumnLimit);
  EXPECT_EQ(block.numbers[7], 32);  // 31.5, to the even one
  EXPECT_EQ(block.numbers[31], 1);
  EXPECT_EQ(block.correction, -kByteOffset * (-kColumnLimit + 32 + 1));
}

TEST(ColumnBlocksTest, SilenceStaysSilent) {
  const std::vector<float> numbers(kByteBlock, 0.0F);
  ColumnBlock block{.scale = 1, .correction = 1, .numbers = {1}};
  to_column_blocks(numbers.data(), 1, &block);
  EXPECT_EQ(block.scale, 0.0F);
  EXPECT_EQ(block.correction, 0);
  EXPECT_TRUE(std::all_of(std::begin(block.numbers), std::end(block.numbers), [](int x) { return x == 0; }));
}

TEST(ByteProductsTest, AnyNumberOfColumnsIsRight) {
  for (const std::int64_t width : {1, 2, 7, 40}) {
    const std::vector<ByteBlock> weights = byte_blocks(width, 1);
    for (int columns = 1; columns <= kMaxByteColumns; ++columns) {
      const std::vector<ColumnBlock> in = column_blocks(width * columns, 2);
      std::array<float, kMaxByteColumns> sums{};
      multiply_bytes(width, columns, weights.data(), in.data(), sums.data());
      for (int c = 0; c < kMaxByteColumns; ++c) {
        const PlainProduct expected =
            c < columns ? plain_product(weights.data(), &in[static_cast<std::size_t>(c * width)], width)
                        : PlainProduct{};
        EXPECT_NEAR(sums[static_cast<std::size_t>(c)], expected.sum, 1e-6 * expected.size)
            << width << " blocks, column " << c << " of " << columns;
      }
    }
  }
}

TEST(ByteProductsTest, TheLargestNumbersDoNotOverflow) {
  for (const int column : {-kColumnLimit, kColumnLimit}) {
    for (const int weight : {-128, 127}) {
      const std::vector<ByteBlock> weights(2, filled_byte_block(weight));
      const std::vector<ColumnBlock> in(2, filled_column_block(column));
      const PlainProduct expected = plain_product(weights.data(), in.data(), 2);
      float sum = 0;
      multiply_bytes(2, 1, weights.data(), in.data(), &sum);
      EXPECT_NEAR(sum, expected.sum, 1e-6 * expected.size);
    }
  }
}

}  // namespace
}  // namespace vat::asr::kernels
