#include "asr/kernels/gelu.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "asr/kernels/testing/plain.h"

namespace vat::asr::kernels {
namespace {

/// Of the first `done` numbers.
void expect_gelu(const std::vector<float>& in, const std::vector<float>& out, std::int64_t done) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(done); ++i) {
    const double expected = plain_gelu(in[i]);
    EXPECT_NEAR(out[i], expected, 1e-6 + 1e-5 * std::abs(expected)) << in[i];
  }
}

TEST(GeluKernelTest, IsRightFromEndToEnd) {
  const std::vector<float> in = gelu_inputs();
  std::vector<float> out(in.size());
  const std::int64_t done = gelu(static_cast<std::int64_t>(in.size()), out.data(), in.data());
  EXPECT_GT(done, static_cast<std::int64_t>(in.size()) - VAT_KERNEL_VECTORS);
  expect_gelu(in, out, done);
}

TEST(GeluKernelTest, WholeVectorsAreDoneInPlaceAndTheRestIsLeft) {
  for (std::int64_t count = 0; count <= 40; ++count) {
    const std::vector<float> in = numbers(count, 1);
    std::vector<float> out = in;
    const std::int64_t done = gelu(count, out.data(), out.data());
    EXPECT_EQ(done, count / VAT_KERNEL_VECTORS * VAT_KERNEL_VECTORS);
    expect_gelu(in, out, done);
    EXPECT_TRUE(std::equal(in.begin() + done, in.end(), out.begin() + done)) << count;
  }
}

}  // namespace
}  // namespace vat::asr::kernels
