// Compares whisper.cpp's kernels that this project patches with plain computations.
#include <ggml-alloc.h>
#include <ggml-backend.h>
#include <ggml.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <numbers>
#include <random>
#include <utility>
#include <vector>

#include "asr/whisper_handles.h"

namespace vat::asr {
namespace {

constexpr std::int64_t kHead = 64;  // channels of a head, in every published shape
constexpr std::int64_t kHeads = 3;

struct Shape {
  std::int64_t rows;
  std::int64_t positions;
  bool masked;
};

/// Masks the positions that a causal decoder must not see: row r sees the positions up to `positions - rows +
/// r`.
bool hidden(const Shape& shape, std::int64_t row, std::int64_t position) {
  return shape.masked && position > shape.positions - shape.rows + row;
}

/// Numbers that f16 represents exactly, so that the conversion adds no error.
std::vector<float> numbers(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(static_cast<int>(random() % 4096) - 2048) / 1024.0F;
  return values;
}

struct Inputs {
  std::vector<float> q;  // [head][row][channel]
  std::vector<float> k;  // [position][head][channel], as whisper.cpp's caches have it
  std::vector<float> v;
};

/// Which rows are compared: all if there are few; otherwise every seventh and the last, because the plain
/// computation is slow.
bool compared(const Shape& shape, std::int64_t row) {
  return shape.rows <= 40 || row % 7 == 0 || row == shape.rows - 1;
}

/// softmax(scale * q k^T + mask) v, as [row][head][channel]; nothing in the rows that are not compared.
std::vector<double> plain(const Shape& shape, const Inputs& in, double scale) {
  std::vector<double> out(static_cast<std::size_t>(shape.rows * kHeads * kHead));
  const auto cached = [&](const std::vector<float>& cache, std::int64_t position, std::int64_t head) {
    return cache.data() + (position * kHeads + head) * kHead;
  };
  std::vector<double> weights(static_cast<std::size_t>(shape.positions));
  for (std::int64_t head = 0; head < kHeads; ++head) {
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
      double* const result = out.data() + (row * kHeads + head) * kHead;
      for (std::int64_t p = 0; p < shape.positions; ++p) {
        for (std::int64_t c = 0; c < kHead; ++c)
          result[c] += weights[static_cast<std::size_t>(p)] / sum * cached(in.v, p, head)[c];
      }
    }
  }
  return out;
}

struct GgmlDeleter {
  void operator()(ggml_context* context) const { ggml_free(context); }
  void operator()(ggml_backend* backend) const { ggml_backend_free(backend); }
  void operator()(ggml_backend_buffer* buffer) const { ggml_backend_buffer_free(buffer); }
};

std::vector<std::uint16_t> to_f16(const std::vector<float>& values) {
  std::vector<ggml_fp16_t> half(values.size());
  ggml_fp32_to_fp16_row(values.data(), half.data(), static_cast<std::int64_t>(values.size()));
  return half;
}

std::unique_ptr<ggml_backend, GgmlDeleter> cpu_with(int threads) {
  prepare_ggml();
  ggml_backend_dev_t cpu = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
  std::unique_ptr<ggml_backend, GgmlDeleter> backend(ggml_backend_dev_init(cpu, nullptr));
  const auto set_threads = reinterpret_cast<ggml_backend_set_n_threads_t>(
      ggml_backend_reg_get_proc_address(ggml_backend_dev_backend_reg(cpu), "ggml_backend_set_n_threads"));
  set_threads(backend.get(), threads);
  return backend;
}

/// The same by ggml on the CPU, with this many threads.
std::vector<float> by_ggml(const Shape& shape, const Inputs& in, float scale, int threads) {
  const auto backend = cpu_with(threads);
  const std::unique_ptr<ggml_context, GgmlDeleter> context(
      ggml_init({.mem_size = ggml_tensor_overhead() * 16 + ggml_graph_overhead(), .no_alloc = true}));
  ggml_context* const c = context.get();

  ggml_tensor* const q = ggml_new_tensor_3d(c, GGML_TYPE_F32, kHead, shape.rows, kHeads);
  // Beyond the valid positions, a cache may contain anything.
  constexpr std::int64_t kBehind = 8;
  ggml_tensor* const k = ggml_new_tensor_1d(c, GGML_TYPE_F16, kHead * kHeads * (shape.positions + kBehind));
  ggml_tensor* const v = ggml_new_tensor_1d(c, GGML_TYPE_F16, kHead * kHeads * (shape.positions + kBehind));
  ggml_tensor* const mask =
      shape.masked ? ggml_new_tensor_2d(c, GGML_TYPE_F16, shape.positions, shape.rows) : nullptr;
  const auto view = [&](ggml_tensor* cache) {
    const std::size_t size = ggml_element_size(cache);
    return ggml_view_3d(c, cache, kHead, shape.positions, kHeads, size * kHead * kHeads, size * kHead, 0);
  };
  ggml_tensor* const result = ggml_flash_attn_ext(c, q, view(k), view(v), mask, scale, 0, 0);
  ggml_cgraph* const graph = ggml_new_graph(c);
  ggml_build_forward_expand(graph, result);
  const std::unique_ptr<ggml_backend_buffer, GgmlDeleter> buffer(
      ggml_backend_alloc_ctx_tensors(c, backend.get()));

  ggml_backend_tensor_set(q, in.q.data(), 0, ggml_nbytes(q));
  for (const auto& [cache, values] : {std::pair{k, in.k}, std::pair{v, in.v}}) {
    std::vector<float> all = values;
    all.resize(static_cast<std::size_t>(ggml_nelements(cache)), std::numeric_limits<float>::quiet_NaN());
    ggml_backend_tensor_set(cache, to_f16(all).data(), 0, ggml_nbytes(cache));
  }
  if (mask != nullptr) {
    std::vector<float> values;
    for (std::int64_t row = 0; row < shape.rows; ++row) {
      for (std::int64_t p = 0; p < shape.positions; ++p)
        values.push_back(hidden(shape, row, p) ? -std::numeric_limits<float>::infinity() : 0.0F);
    }
    ggml_backend_tensor_set(mask, to_f16(values).data(), 0, ggml_nbytes(mask));
  }
  ggml_backend_graph_compute(backend.get(), graph);
  std::vector<float> out(static_cast<std::size_t>(ggml_nelements(result)));
  ggml_backend_tensor_get(result, out.data(), 0, ggml_nbytes(result));
  return out;
}

/// The larger one; NaN counts as the largest, although std::max() would ignore it.
double worse(double a, double b) { return std::isnan(b) || b > a ? b : a; }

double largest_error(const Shape& shape, int threads) {
  const auto size = [](std::int64_t count) { return static_cast<std::size_t>(count * kHeads * kHead); };
  const Inputs in{numbers(size(shape.rows), 1), numbers(size(shape.positions), 2),
                  numbers(size(shape.positions), 3)};
  const float scale = 1.0F / std::sqrt(static_cast<float>(kHead));
  const std::vector<double> expected = plain(shape, in, scale);
  const std::vector<float> actual = by_ggml(shape, in, scale, threads);
  double worst = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (compared(shape, static_cast<std::int64_t>(i) / (kHeads * kHead)))
      worst = worse(worst, std::abs(expected[i] - static_cast<double>(actual[i])));
  }
  return expected.size() == actual.size() ? worst : std::numeric_limits<double>::infinity();
}

/// Values are up to 2, sums of them around 0.1; the single row accumulates in f16.
constexpr double kTolerance = 5e-3;

TEST(AttentionTest, OneRowAFewAndManyAreRight) {
  for (const std::int64_t rows : {1, 2, 5, 8, 16, 17, 40, 255, 256, 300}) {
    for (const std::int64_t positions : {1, 7, 64, 77, 448, 1500})
      EXPECT_LT(largest_error({rows, positions, false}, 1), kTolerance) << rows << " rows, " << positions;
  }
}

TEST(AttentionTest, ADecoderDoesNotSeeWhatComesAfter) {
  for (const std::int64_t rows : {1, 2, 5, 16, 17, 70, 300})
    EXPECT_LT(largest_error({rows, 448, true}, 1), kTolerance) << rows << " rows";
}

TEST(AttentionTest, ThreadsShareTheRows) {
  for (const std::int64_t rows : {1, 5, 33, 300}) {
    for (const int threads : {2, 3, 7})
      EXPECT_LT(largest_error({rows, 1500, false}, threads), kTolerance) << rows << " rows, " << threads;
  }
}

/// The largest difference of ggml's product of `rows` of q8_0 weights with `columns` from a plain one of the
/// same bytes, by the size of its numbers.
double product_error(std::int64_t rows, std::int64_t columns, int threads) {
  constexpr std::int64_t kWidth = 96;
  const auto backend = cpu_with(threads);
  const std::unique_ptr<ggml_context, GgmlDeleter> context(
      ggml_init({.mem_size = ggml_tensor_overhead() * 4 + ggml_graph_overhead(), .no_alloc = true}));
  ggml_tensor* const w = ggml_new_tensor_2d(context.get(), GGML_TYPE_Q8_0, kWidth, rows);
  ggml_tensor* const x = ggml_new_tensor_2d(context.get(), GGML_TYPE_F32, kWidth, columns);
  ggml_tensor* const y = ggml_mul_mat(context.get(), w, x);
  ggml_cgraph* const graph = ggml_new_graph(context.get());
  ggml_build_forward_expand(graph, y);
  const std::unique_ptr<ggml_backend_buffer, GgmlDeleter> buffer(
      ggml_backend_alloc_ctx_tensors(context.get(), backend.get()));

  const auto quantised = [](std::vector<float>& values, std::int64_t count) {
    std::vector<std::uint8_t> bytes(ggml_row_size(GGML_TYPE_Q8_0, kWidth) * static_cast<std::size_t>(count));
    ggml_quantize_chunk(GGML_TYPE_Q8_0, values.data(), bytes.data(), 0, count, kWidth, nullptr);
    ggml_get_type_traits(GGML_TYPE_Q8_0)->to_float(bytes.data(), values.data(), count * kWidth);
    return bytes;
  };
  std::vector<float> weights = numbers(static_cast<std::size_t>(kWidth * rows), 4);
  std::vector<float> in = numbers(static_cast<std::size_t>(kWidth * columns), 5);
  const auto bytes = quantised(weights, rows);
  ggml_backend_tensor_set(x, in.data(), 0, ggml_nbytes(x));
  (void)quantised(in, columns);  // as ggml does before it multiplies
  ggml_backend_tensor_set(w, bytes.data(), 0, bytes.size());
  ggml_backend_graph_compute(backend.get(), graph);
  std::vector<float> out(static_cast<std::size_t>(rows * columns));
  ggml_backend_tensor_get(y, out.data(), 0, ggml_nbytes(y));

  double worst = 0;
  double largest = 0;
  for (std::int64_t c = 0; c < columns; ++c) {
    for (std::int64_t r = 0; r < rows; ++r) {
      double expected = 0;
      for (std::int64_t i = 0; i < kWidth; ++i)
        expected += static_cast<double>(weights[static_cast<std::size_t>(r * kWidth + i)]) *
                    static_cast<double>(in[static_cast<std::size_t>(c * kWidth + i)]);
      worst =
          worse(worst, std::abs(expected - static_cast<double>(out[static_cast<std::size_t>(c * rows + r)])));
      largest = std::max(largest, std::abs(expected));
    }
  }
  return worst / largest;
}

TEST(ProductTest, ByteWeightsWithAnyNumberOfColumnsAreRight) {
  for (std::int64_t columns = 1; columns <= 10; ++columns) {
    for (const std::int64_t rows : {70, 3}) {  // with more columns than rows, threads share the columns
      for (const int threads : {1, 3})
        EXPECT_LT(product_error(rows, columns, threads), 1e-3) << rows << " rows, " << columns << " columns";
    }
  }
}

/// GELU as OpenAI's and whisper.cpp's models compute it: the approximation with tanh.
double plain_gelu(double x) {
  return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * x * (1 + 0.044715 * x * x)));
}

TEST(ActivationTest, GeluIsRightFromEndToEnd) {
  constexpr std::int64_t kColumns = 2003;  // no multiple of a vector
  const auto backend = cpu_with(2);
  const std::unique_ptr<ggml_context, GgmlDeleter> context(
      ggml_init({.mem_size = ggml_tensor_overhead() * 4 + ggml_graph_overhead(), .no_alloc = true}));
  ggml_tensor* const x = ggml_new_tensor_2d(context.get(), GGML_TYPE_F32, kColumns, 2);
  ggml_tensor* const y = ggml_gelu(context.get(), x);
  ggml_cgraph* const graph = ggml_new_graph(context.get());
  ggml_build_forward_expand(graph, y);
  const std::unique_ptr<ggml_backend_buffer, GgmlDeleter> buffer(
      ggml_backend_alloc_ctx_tensors(context.get(), backend.get()));
  std::vector<float> in;
  for (std::int64_t i = 0; i < kColumns; ++i) in.push_back(static_cast<float>(i - kColumns / 2) / 64.0F);
  for (const float extreme : {-1e30F, 1e30F, -100.0F, 100.0F, 0.0F, -0.0F}) in.push_back(extreme);
  in.resize(2 * kColumns, 0.5F);
  ggml_backend_tensor_set(x, in.data(), 0, ggml_nbytes(x));
  ggml_backend_graph_compute(backend.get(), graph);
  std::vector<float> out(in.size());
  ggml_backend_tensor_get(y, out.data(), 0, ggml_nbytes(y));
  for (std::size_t i = 0; i < in.size(); ++i) {
    const double expected = plain_gelu(in[i]);
    // The last numbers of a row, too few for a vector, come from a table in f16.
    EXPECT_NEAR(out[i], expected, 1e-6 + 1e-3 * std::abs(expected)) << in[i];
  }
}

}  // namespace
}  // namespace vat::asr
