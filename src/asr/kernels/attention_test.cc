#include "asr/kernels/attention.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "asr/kernels/testing/half.h"
#include "asr/kernels/testing/plain.h"

namespace vat::asr::kernels {
namespace {

/// As [position][head][channel], or with `apart` as [head][position][channel], which no longer lets a kernel
/// convert all heads at once. Behind the valid positions a cache may contain anything.
std::vector<std::uint16_t> cache_of(const std::vector<float>& values, std::int64_t positions, bool apart) {
  constexpr std::int64_t kBehind = 8;
  std::vector<float> all(static_cast<std::size_t>((positions + kBehind) * kHeads * kHead),
                         std::numeric_limits<float>::quiet_NaN());
  for (std::int64_t p = 0; p < positions; ++p) {
    for (std::int64_t h = 0; h < kHeads; ++h) {
      const std::int64_t row = apart ? h * (positions + kBehind) + p : p * kHeads + h;
      std::copy_n(values.data() + (p * kHeads + h) * kHead, kHead, all.data() + row * kHead);
    }
  }
  return to_half(all);
}

std::vector<std::uint16_t> mask_of(const Shape& shape) {
  std::vector<float> values;
  for (std::int64_t row = 0; row < shape.rows; ++row) {
    for (std::int64_t p = 0; p < shape.positions; ++p)
      values.push_back(hidden(shape, row, p) ? -std::numeric_limits<float>::infinity() : 0.0F);
  }
  return to_half(values);
}

enum class Kernel { kMany, kFew };

double largest_error(Kernel kernel, const Shape& shape, int parts = 1, bool apart = false) {
  const AttentionInputs in = attention_inputs(shape);
  const auto k = cache_of(in.k, shape.positions, apart);
  const auto v = cache_of(in.v, shape.positions, apart);
  const auto mask = mask_of(shape);
  std::vector<float> out(static_cast<std::size_t>(shape.rows * kHeads * kHead));
  constexpr std::size_t kRowBytes = kHead * sizeof(std::uint16_t);
  const std::size_t position_bytes = apart ? kRowBytes : kHeads * kRowBytes;
  const std::size_t head_bytes = apart ? k.size() / kHeads * sizeof k[0] : kRowBytes;

  Attention a;
  a.q = {in.q.data(), kHead * sizeof(float), static_cast<std::size_t>(shape.rows * kHead) * sizeof(float)};
  a.k = {k.data(), position_bytes, head_bytes};
  a.v = {v.data(), position_bytes, head_bytes};
  a.mask = shape.masked ? mask.data() : nullptr;
  a.mask_row_bytes = static_cast<std::size_t>(shape.positions) * sizeof mask[0];
  a.out = {out.data(), kHeads * kHead * sizeof(float), kHead * sizeof(float)};
  a.heads = kHeads;
  a.rows = shape.rows;
  a.positions = shape.positions;
  a.key_width = a.value_width = kHead;
  a.scale = 1.0F / std::sqrt(static_cast<float>(kHead));

  const std::int64_t whole = kernel == Kernel::kMany ? shape.rows * kHeads : kHeads;
  for (int part = 0; part < parts; ++part) {
    // As long as it has to be, so that AddressSanitizer sees a kernel that needs more.
    std::vector<float> scratch(static_cast<std::size_t>(attention_scratch(kHead, kHead)),
                               std::numeric_limits<float>::quiet_NaN());
    (kernel == Kernel::kMany ? attend_many : attend_few)(a, whole * part / parts, whole * (part + 1) / parts,
                                                         scratch.data());
  }
  return largest_difference(shape, plain_attention(shape, in, a.scale), out);
}

// Of values up to 2.
constexpr double kTolerance = 1e-5;
#ifdef __AVX512BF16__
constexpr double kManyTolerance = 1.5e-2;  // three roundings to eight binary digits
#else
constexpr double kManyTolerance = kTolerance;
#endif

TEST(AttentionKernelTest, ManyRowsAreRight) {
  for (const std::int64_t rows : {1, 63, 64, 65, 255, 256, 300}) {
    for (const std::int64_t positions : {1, 7, 64, 77, 1500})
      EXPECT_LT(largest_error(Kernel::kMany, {rows, positions, false}), kManyTolerance)
          << rows << " rows, " << positions;
  }
}

TEST(AttentionKernelTest, FewRowsAreRight) {
  for (const std::int64_t rows : {1, 2, 5, 16, 17, 40}) {
    for (const std::int64_t positions : {1, 7, 64, 77, 1500})
      EXPECT_LT(largest_error(Kernel::kFew, {rows, positions, false}), kTolerance)
          << rows << " rows, " << positions;
  }
}

TEST(AttentionKernelTest, ADecoderDoesNotSeeWhatComesAfter) {
  for (const std::int64_t rows : {1, 2, 5, 16, 17, 70})
    EXPECT_LT(largest_error(Kernel::kFew, {rows, 448, true}), kTolerance) << rows << " rows";
}

TEST(AttentionKernelTest, PartsMakeUpTheWhole) {
  for (const int parts : {2, 3, 7}) {
    EXPECT_LT(largest_error(Kernel::kMany, {300, 100, false}, parts), kManyTolerance) << parts;
    EXPECT_LT(largest_error(Kernel::kFew, {5, 100, false}, parts), kTolerance) << parts;
  }
}

TEST(AttentionKernelTest, HeadsMayLieApart) {
  EXPECT_LT(largest_error(Kernel::kMany, {100, 77, false}, 1, true), kManyTolerance);
  EXPECT_LT(largest_error(Kernel::kFew, {5, 77, true}, 1, true), kTolerance);
}

}  // namespace
}  // namespace vat::asr::kernels
