#include "asr/kernels/attention.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "asr/kernels/byte_products.h"
#include "asr/kernels/testing/half.h"
#include "asr/kernels/testing/plain.h"

namespace vat::asr::kernels {
namespace {

// What k and v consist of, as AttentionTo knows it.
struct Halves {
  using Cell = std::uint16_t;
  static constexpr std::int64_t kNumbers = 1;
  static std::vector<Cell> cells(const std::vector<float>& values) { return to_half(values); }
};
struct Bytes {
  using Cell = ByteBlock;
  static constexpr std::int64_t kNumbers = kByteBlock;
  /// Of values that round() has left.
  static std::vector<Cell> cells(const std::vector<float>& values) {
    std::vector<Cell> blocks(values.size() / kByteBlock);
    for (std::size_t i = 0; i < values.size(); ++i) {
      ByteBlock& block = blocks[i / kByteBlock];
      block.scale = std::isnan(values[i]) ? to_half(values[i]) : to_half(scale_of(i));
      block.numbers[i % kByteBlock] = std::isnan(values[i]) ? std::int8_t{1} : byte_of(values[i], i);
    }
    return blocks;
  }
  static void round(std::vector<float>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = scale_of(i) * byte_of(values[i], i);
  }

 private:
  /// Which binary16 can represent.
  static float scale_of(std::size_t i) { return static_cast<float>(60 + i / kByteBlock % 7) / 4096.0F; }
  static std::int8_t byte_of(float value, std::size_t i) {
    return static_cast<std::int8_t>(std::clamp(std::round(value / scale_of(i)), -127.0F, 127.0F));
  }
};

/// As [position][head][channel], or with `apart` as [head][position][channel], which no longer lets a kernel
/// convert all heads at once. Behind the valid positions a cache may contain anything.
template <class Numbers>
std::vector<typename Numbers::Cell> cache_of(const std::vector<float>& values, const Shape& shape,
                                             bool apart) {
  constexpr std::int64_t kBehind = 8;
  constexpr std::int64_t kCells = kHead / Numbers::kNumbers;
  const auto cells = Numbers::cells(values);
  const auto none = Numbers::cells(std::vector<float>(kHead, std::numeric_limits<float>::quiet_NaN()));
  std::vector<typename Numbers::Cell> all(
      static_cast<std::size_t>((shape.positions + kBehind) * shape.heads * kCells), none.front());
  for (std::int64_t p = 0; p < shape.positions; ++p) {
    for (std::int64_t h = 0; h < shape.heads; ++h) {
      const std::int64_t row = apart ? h * (shape.positions + kBehind) + p : p * shape.heads + h;
      std::copy_n(cells.data() + (p * shape.heads + h) * kCells, kCells, all.data() + row * kCells);
    }
  }
  return all;
}

std::vector<std::uint16_t> mask_of(const Shape& shape) {
  std::vector<float> values;
  for (std::int64_t row = 0; row < shape.rows; ++row) {
    for (std::int64_t p = 0; p < shape.positions; ++p)
      values.push_back(hidden(shape, row, p) ? -std::numeric_limits<float>::infinity() : 0.0F);
  }
  return to_half(values);
}

/// Which rows and heads are computed: all, in this many calls.
struct Call {
  int parts = 1;
  bool apart = false;  ///< Heads lie apart.
};

/// attend(attention, begin, end, scratch) for the parts of `whole`.
template <class Numbers, class Attend>
double largest_error(const Shape& shape, std::int64_t whole, const Call& call, const AttentionInputs& in,
                     Attend attend) {
  const auto k = cache_of<Numbers>(in.k, shape, call.apart);
  const auto v = cache_of<Numbers>(in.v, shape, call.apart);
  const auto mask = mask_of(shape);
  std::vector<float> out(static_cast<std::size_t>(shape.rows * shape.heads * kHead));
  constexpr std::size_t kRowBytes = kHead / Numbers::kNumbers * sizeof k[0];
  const std::size_t position_bytes = call.apart ? kRowBytes : shape.heads * kRowBytes;
  const std::size_t head_bytes = call.apart ? k.size() / shape.heads * sizeof k[0] : kRowBytes;

  AttentionTo<typename Numbers::Cell> a;
  a.q = {in.q.data(), kHead * sizeof(float), static_cast<std::size_t>(shape.rows * kHead) * sizeof(float)};
  a.k = {k.data(), position_bytes, head_bytes};
  a.v = {v.data(), position_bytes, head_bytes};
  a.mask = shape.masked ? mask.data() : nullptr;
  a.mask_row_bytes = static_cast<std::size_t>(shape.positions) * sizeof mask[0];
  a.out = {out.data(), shape.heads * kHead * sizeof(float), kHead * sizeof(float)};
  a.heads = shape.heads;
  a.rows = shape.rows;
  a.positions = shape.positions;
  a.key_width = a.value_width = kHead;
  a.scale = 1.0F / std::sqrt(static_cast<float>(kHead));

  for (int part = 0; part < call.parts; ++part) {
    // No longer than a caller has it, so that AddressSanitizer sees a kernel that needs more.
    std::vector<float> scratch(static_cast<std::size_t>(attention_scratch(kHead, kHead)),
                               std::numeric_limits<float>::quiet_NaN());
    attend(a, whole * part / call.parts, whole * (part + 1) / call.parts, scratch.data());
  }
  return largest_difference(shape, plain_attention(shape, in, a.scale), out);
}

double error_of_many(const Shape& shape, const AttentionInputs& in, const Call& call = {}) {
  return largest_error<Halves>(shape, shape.rows * shape.heads, call, in, attend_many);
}
double error_of_many(const Shape& shape, const Call& call = {}) {
  return error_of_many(shape, attention_inputs(shape), call);
}
double error_of_few(const Shape& shape, const Call& call = {}) {
  return largest_error<Halves>(shape, shape.heads, call, attention_inputs(shape),
                               [](const Attention& a, std::int64_t begin, std::int64_t end, float* scratch) {
                                 attend_few(a, begin, end, scratch);
                               });
}
/// As q is rounded to be multiplied with bytes. Rounded again, it stays what it is.
void round_columns(std::vector<float>& numbers) {
  for (std::size_t i = 0; i < numbers.size(); i += kByteBlock) {
    ColumnBlock block{};
    to_column_blocks(&numbers[i], 1, &block);
    for (std::size_t j = 0; j < kByteBlock; ++j)
      numbers[i + j] = block.scale * static_cast<float>(block.numbers[j]);
  }
}

double error_of_few_in_bytes(const Shape& shape, const Call& call = {}) {
  AttentionInputs in = attention_inputs(shape);
  round_columns(in.q);
  Bytes::round(in.k);
  Bytes::round(in.v);
  return largest_error<Bytes>(shape, shape.heads, call, in,
                              [](const ByteAttention& a, std::int64_t begin, std::int64_t end,
                                 float* scratch) { attend_few(a, begin, end, scratch); });
}

// Of values up to 2.
constexpr double kTolerance = 1e-5;
#if VAT_KERNEL_VECTORS == 16 && defined(__AVX512BF16__)
constexpr double kManyTolerance = 1.5e-2;  // three roundings to eight binary digits
#elif VAT_KERNEL_VECTORS == 8 || defined(VAT_KERNEL_VNNI)
constexpr double kManyTolerance = 4e-3;  // to twelve
#else
constexpr double kManyTolerance = kTolerance;
#endif

TEST(AttentionKernelTest, ManyRowsAreRight) {
  for (const std::int64_t rows : {1, 63, 64, 65, 255, 256, 300}) {
    for (const std::int64_t positions : {1, 7, 64, 77, 1500})
      EXPECT_LT(error_of_many({rows, positions, false}), kManyTolerance) << rows << " rows, " << positions;
  }
}

/// Every product is as large as it can be. Where they are integers, their sums must fit.
TEST(AttentionKernelTest, TheLargestSumsOfManyRowsFit) {
  const Shape shape{64, 1500, false};
  AttentionInputs in = attention_inputs(shape);
  for (auto* numbers : {&in.q, &in.k, &in.v}) std::fill(numbers->begin(), numbers->end(), -2.0F);
  EXPECT_LT(error_of_many(shape, in), kManyTolerance);
}

/// Where they are integers, none is measured by what another one has.
TEST(AttentionKernelTest, QueriesKeysAndValuesMayBeOfDifferentSizes) {
  constexpr float kTimes = 32;
  const Shape shape{100, 300, false};
  AttentionInputs in = attention_inputs(shape);
  for (float& number : in.q) number *= kTimes;
  for (float& number : in.k) number /= kTimes;
  for (float& number : in.v) number *= kTimes;
  EXPECT_LT(error_of_many(shape, in), kTimes * kManyTolerance);
}

TEST(AttentionKernelTest, FewRowsAreRight) {
  for (const std::int64_t rows : {1, 2, 5, 16, 17, 40}) {
    for (const std::int64_t positions : {1, 7, 64, 77, 1500})
      EXPECT_LT(error_of_few({rows, positions, false}), kTolerance) << rows << " rows, " << positions;
  }
}

TEST(AttentionKernelTest, FewRowsAreRightWithKeysAndValuesInBytes) {
  for (const std::int64_t rows : {1, 2, 5, 17, 70}) {
    for (const std::int64_t positions : {1, 7, 64, 77, 1500}) {
      for (const bool apart : {false, true})
        EXPECT_LT(error_of_few_in_bytes({rows, positions, false}, {1, apart}), kTolerance)
            << rows << " rows, " << positions << apart;
    }
  }
}

TEST(AttentionKernelTest, ADecoderDoesNotSeeWhatComesAfter) {
  for (const std::int64_t rows : {1, 2, 5, 16, 17, 70})
    EXPECT_LT(error_of_few({rows, 448, true}), kTolerance) << rows << " rows";
}

TEST(AttentionKernelTest, PartsMakeUpTheWhole) {
  for (const int parts : {2, 3, 7}) {
    EXPECT_LT(error_of_many({300, 100, false}, {parts}), kManyTolerance) << parts;
    EXPECT_LT(error_of_few({5, 100, false}, {parts}), kTolerance) << parts;
    EXPECT_LT(error_of_few_in_bytes({5, 100, false}, {parts, true}), kTolerance) << parts;
  }
}

/// As many as are computed at once, and more. AddressSanitizer sees whether the memory is enough.
TEST(AttentionKernelTest, ManyHeadsOfAFewRowsAreRight) {
  for (const std::int64_t heads : {16, 17}) {
    EXPECT_LT(error_of_few({16, 77, false, heads}), kTolerance) << heads;
    EXPECT_LT(error_of_few_in_bytes({16, 77, false, heads}), kTolerance) << heads;
  }
}

TEST(AttentionKernelTest, HeadsMayLieApart) {
  EXPECT_LT(error_of_many({100, 77, false}, {1, true}), kManyTolerance);
  EXPECT_LT(error_of_few({5, 77, true}, {1, true}), kTolerance);
}

}  // namespace
}  // namespace vat::asr::kernels
