#include "asr/kernels/byte_tiles.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <memory>
#include <vector>

#include "asr/kernels/testing/blocks.h"

namespace vat::asr::kernels {
namespace {

struct Free {
  void operator()(char* memory) const { std::free(memory); }
};

/// As long as it has to be, so that AddressSanitizer sees a kernel that needs more.
std::unique_ptr<char, Free> scratch() {
  constexpr std::size_t kAlignment = 64;
  return std::unique_ptr<char, Free>(
      static_cast<char*>(std::aligned_alloc(kAlignment, byte_tile_scratch() / kAlignment * kAlignment)));
}

/// The products of all rows with all columns as [column][row], with a gap behind each column.
std::vector<float> products(const std::vector<ByteBlock>& weights, const std::vector<ColumnBlock>& columns,
                            std::int64_t blocks, std::int64_t stride) {
  const auto rows = static_cast<std::int64_t>(weights.size()) / blocks;
  const auto count = static_cast<std::int64_t>(columns.size()) / blocks;
  std::vector<float> out(static_cast<std::size_t>(count * stride), std::numeric_limits<float>::quiet_NaN());
  for (std::int64_t row = 0; row < rows; row += kTileWeightRows) {
    const auto memory = scratch();
    multiply_byte_tiles({&weights[static_cast<std::size_t>(row * blocks)], columns.data(), blocks, count,
                         &out[static_cast<std::size_t>(row)], stride},
                        static_cast<int>(std::min(kTileWeightRows, rows - row)), memory.get());
  }
  return out;
}

TEST(ByteTilesTest, AnyShapeIsRight) {
  for (const std::int64_t blocks : {1, 3, 16, 17, 40}) {
    for (const std::int64_t rows : {1, 7, 32, 33, 70}) {
      for (const std::int64_t count : {9, 24, 31}) {
        const std::vector<ByteBlock> weights = byte_blocks(blocks * rows, 1);
        const std::vector<ColumnBlock> columns = column_blocks(blocks * count, 2);
        const std::int64_t stride = rows + 1;
        const std::vector<float> out = products(weights, columns, blocks, stride);
        for (std::int64_t c = 0; c < count; ++c) {
          for (std::int64_t row = 0; row < rows; ++row) {
            const PlainProduct expected =
                plain_product(&weights[static_cast<std::size_t>(row * blocks)],
                              &columns[static_cast<std::size_t>(c * blocks)], blocks);
            ASSERT_NEAR(out[static_cast<std::size_t>(c * stride + row)], expected.sum, 1e-6 * expected.size)
                << rows << " rows of " << blocks << " blocks, " << count << " columns";
          }
          ASSERT_TRUE(std::isnan(out[static_cast<std::size_t>(c * stride + rows)]))
              << "written behind the rows";
        }
      }
    }
  }
}

TEST(ByteTilesTest, TheLargestNumbersDoNotOverflow) {
  for (const int column : {-kColumnLimit, kColumnLimit}) {
    for (const int weight : {-128, 127}) {
      const std::vector<ByteBlock> weights(2, filled_byte_block(weight));
      const std::vector<ColumnBlock> columns(2, filled_column_block(column));
      const PlainProduct expected = plain_product(weights.data(), columns.data(), 2);
      EXPECT_NEAR(products(weights, columns, 2, 1)[0], expected.sum, 1e-6 * expected.size);
    }
  }
}

}  // namespace
}  // namespace vat::asr::kernels
