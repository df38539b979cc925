#include "asr/kernels/byte_panels.h"

#include <gtest/gtest.h>

#include <vector>

#include "asr/kernels/testing/blocks.h"

namespace vat::asr::kernels {
namespace {

TEST(BytePanelsTest, EachRowTimesEachColumnIsInItsPlace) {
  constexpr std::int64_t kStride = kPanelRows + 3;
  for (const std::int64_t width : {1, 2, 7, 40}) {
    for (const std::int64_t apart : {width, width + 1}) {
      const std::vector<ByteBlock> weights = byte_blocks(apart * kPanelRows, 1);
      for (int columns = 1; columns <= kMaxByteColumns; ++columns) {
        const std::vector<ColumnBlock> in = column_blocks(width * columns, 2);
        std::vector<float> sums(static_cast<std::size_t>(kStride * columns), 0.5F);
        multiply_byte_panel({weights.data(), apart, width}, in.data(), columns, sums.data(), kStride);
        for (std::int64_t c = 0; c < columns; ++c) {
          for (std::int64_t r = 0; r < kStride; ++r) {
            const float sum = sums[static_cast<std::size_t>(c * kStride + r)];
            if (r >= kPanelRows) {
              EXPECT_EQ(sum, 0.5F) << "is not a row's";
              continue;
            }
            const PlainProduct expected = plain_product(&weights[static_cast<std::size_t>(r * apart)],
                                                        &in[static_cast<std::size_t>(c * width)], width);
            EXPECT_NEAR(sum, expected.sum, 1e-6 * expected.size)
                << width << " blocks, row " << r << ", column " << c << " of " << columns;
          }
        }
      }
    }
  }
}

TEST(BytePanelsTest, TheLargestNumbersDoNotOverflow) {
  for (const int column : {-kColumnLimit, kColumnLimit}) {
    for (const int weight : {-128, 127}) {
      const std::vector<ByteBlock> weights(2 * kPanelRows, filled_byte_block(weight));
      const std::vector<ColumnBlock> in(2, filled_column_block(column));
      const PlainProduct expected = plain_product(weights.data(), in.data(), 2);
      std::vector<float> sums(kPanelRows);
      multiply_byte_panel({weights.data(), 2, 2}, in.data(), 1, sums.data(), kPanelRows);
      for (const float sum : sums) EXPECT_NEAR(sum, expected.sum, 1e-6 * expected.size);
    }
  }
}

}  // namespace
}  // namespace vat::asr::kernels
