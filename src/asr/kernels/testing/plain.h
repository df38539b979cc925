// Plain computations of what the kernels compute, and numbers to compute with. For tests.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <random>
#include <vector>

namespace vat::asr::kernels {

constexpr std::int64_t kHead = 64;  // channels of a head, in every published shape
constexpr std::int64_t kHeads = 3;

struct Shape {
  std::int64_t rows;
  std::int64_t positions;
  bool masked;
  std::int64_t heads = kHeads;
};

/// Whether the mask of a causal decoder hides the position: row r sees those up to `positions - rows + r`.
inline bool hidden(const Shape& shape, std::int64_t row, std::int64_t position) {
  return shape.masked && position > shape.positions - shape.rows + row;
}

/// Numbers in [-2, 2) that f16 represents exactly, so that the conversion adds no error.
inline std::vector<float> numbers(std::int64_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) value = static_cast<float>(static_cast<int>(random() % 4096) - 2048) / 1024.0F;
  return values;
}

struct AttentionInputs {
  std::vector<float> q;  // [head][row][channel]
  std::vector<float> k;  // [position][head][channel], as whisper.cpp's caches have it
  std::vector<float> v;
};

inline AttentionInputs attention_inputs(const Shape& shape) {
  return {numbers(shape.rows * shape.heads * kHead, 1), numbers(shape.positions * shape.heads * kHead, 2),
          numbers(shape.positions * shape.heads * kHead, 3)};
}

/// Which rows are compared: all if there are few; otherwise every seventh and the last, because the plain
/// computation is slow.
inline bool compared(const Shape& shape, std::int64_t row) {
  return shape.rows <= 40 || row % 7 == 0 || row == shape.rows - 1;
}

/// softmax(scale * q k^T + mask) v, as [row][head][channel]; nothing in the rows that are not compared.
inline std::vector<double> plain_attention(const Shape& shape, const AttentionInputs& in, double scale) {
  std::vector<double> out(static_cast<std::size_t>(shape.rows * shape.heads * kHead));
  const auto cached = [&](const std::vector<float>& cache, std::int64_t position, std::int64_t head) {
    return cache.data() + (position * shape.heads + head) * kHead;
  };
  std::vector<double> weights(static_cast<std::size_t>(shape.positions));
  for (std::int64_t head = 0; head < shape.heads; ++head) {
    for (std::int64_t row = 0; row < shape.rows; ++row) {
      if (!compared(shape, row)) continue;
      const float* const q = in.q.data() + (head * shape.rows + row) * kHead;
      double sum = 0;
      for (std::int64_t p = 0; p < shape.positions; ++p) {
        double product = 0;
        for (std::int64_t c = 0; c < kHead; ++c)
          product += static_cast<double>(q[c]) * cached(in.k, p, head)[c];
        weights[static_cast<std::size_t>(p)] = hidden(shape, row, p) ? 0 : std::exp(scale * product);
        sum += weights[static_cast<std::size_t>(p)];
      }
      double* const result = out.data() + (row * shape.heads + head) * kHead;
      for (std::int64_t p = 0; p < shape.positions; ++p) {
        for (std::int64_t c = 0; c < kHead; ++c)
          result[c] += weights[static_cast<std::size_t>(p)] / sum * cached(in.v, p, head)[c];
      }
    }
  }
  return out;
}

/// The larger one; NaN counts as the largest, although std::max() would ignore it.
inline double worse(double a, double b) { return std::isnan(b) || b > a ? b : a; }

/// The largest difference of the compared rows; infinite if there are too few numbers.
inline double largest_difference(const Shape& shape, const std::vector<double>& expected,
                                 const std::vector<float>& actual) {
  if (expected.size() != actual.size()) return std::numeric_limits<double>::infinity();
  double worst = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (compared(shape, static_cast<std::int64_t>(i) / (shape.heads * kHead)))
      worst = worse(worst, std::abs(expected[i] - static_cast<double>(actual[i])));
  }
  return worst;
}

/// GELU as OpenAI's and whisper.cpp's models compute it: the approximation with tanh.
inline double plain_gelu(double x) {
  return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * x * (1 + 0.044715 * x * x)));
}

/// From -16 to 16, and numbers where an exponential overflows.
inline std::vector<float> gelu_inputs() {
  std::vector<float> in{-1e30F, 1e30F, -100.0F, 100.0F, 0.0F, -0.0F};
  constexpr int kSteps = 2003;  // no multiple of a vector
  constexpr int kMiddle = kSteps / 2;
  for (int i = 0; i < kSteps; ++i) in.push_back(static_cast<float>(i - kMiddle) / 64.0F);
  return in;
}

}  // namespace vat::asr::kernels
