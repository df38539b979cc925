#include "modelfile/number_formats.h"

#include <ggml.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "modelfile/testing/random.h"

namespace vat::modelfile {
namespace {

std::vector<float> samples() {
  Random random(5);
  std::vector<float> values{0.0F,  -0.0F,    1.0F,     65504.0F, 65519.9F, 65520.0F,
                            1e30F, 5.96e-8F, 2.98e-8F, 6.1e-5F,  1e-30F};
  for (int i = 0; i < 100'000; ++i) values.push_back(random.normal());
  // Every exponent, with random mantissas.
  for (int i = 0; i < 100'000; ++i) {
    const float value = std::bit_cast<float>(static_cast<std::uint32_t>(random.next()));
    if (std::isfinite(value)) values.push_back(value);
  }
  return values;
}

TEST(NumberFormatsTest, EveryHalfIsReadAndWrittenAsGgmlDoes) {
  for (std::uint32_t bits = 0; bits <= 0xffff; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = from_half(half);
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(ggml_fp16_to_fp32(half)));
      EXPECT_TRUE(std::isnan(from_half(to_half(value))));
    } else {
      EXPECT_EQ(value, ggml_fp16_to_fp32(half));
      EXPECT_EQ(to_half(value), half);
    }
  }
}

TEST(NumberFormatsTest, FloatsRoundToHalvesAsGgmlDoes) {
  for (const float value : samples()) EXPECT_EQ(to_half(value), ggml_fp32_to_fp16(value)) << value;
}

TEST(NumberFormatsTest, FloatsRoundToTheUpperHalfAsGgmlDoes) {
  for (const float value : samples()) EXPECT_EQ(to_bfloat(value), ggml_fp32_to_bf16(value).bits) << value;
  EXPECT_EQ(to_bfloat(std::bit_cast<float>(0x3f808000U)), 0x3f80);  // a tie goes to even
  EXPECT_EQ(to_bfloat(std::bit_cast<float>(0x3f818000U)), 0x3f82);
  EXPECT_TRUE(std::isnan(from_bfloat(to_bfloat(std::bit_cast<float>(0x7f800001U)))));
}

TEST(NumberFormatsTest, BlocksAreQuantisedAsGgmlDoes) {
  Random random(6);
  std::vector<float> values(kQ8BlockWeights);
  std::vector<char> block(kQ8BlockBytes);
  std::vector<char> expected(kQ8BlockBytes);
  for (int i = 0; i < 1000; ++i) {
    random.fill_normal(values, std::ldexp(1.0F, i % 20 - 15));
    if (i == 0) values.assign(kQ8BlockWeights, 0.0F);
    to_q8_block(std::span<const float, kQ8BlockWeights>(values), std::span<char, kQ8BlockBytes>(block));
    ggml_quantize_chunk(GGML_TYPE_Q8_0, values.data(), expected.data(), 0, 1, kQ8BlockWeights, nullptr);
    EXPECT_EQ(block, expected);
  }
}

TEST(NumberFormatsTest, BrokenWeightsDoNotBreakTheConversion) {
  std::vector<float> values(kQ8BlockWeights, std::numeric_limits<float>::quiet_NaN());
  values[3] = std::numeric_limits<float>::infinity();
  std::vector<char> block(kQ8BlockBytes);
  to_q8_block(std::span<const float, kQ8BlockWeights>(values), std::span<char, kQ8BlockBytes>(block));
  for (std::size_t i = 2; i < block.size(); ++i) EXPECT_EQ(block[i], 0);
}

}  // namespace
}  // namespace vat::modelfile
