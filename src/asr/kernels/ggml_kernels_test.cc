// Compares what ggml computes, by this project's kernels where it has one, with plain computations.
#include <ggml-alloc.h>
#include <ggml-backend.h>
#include <ggml.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "asr/kernels/testing/plain.h"
#include "asr/whisper_handles.h"

namespace vat::asr::kernels {
namespace {

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

/// Rounds `values` as the type does, and returns its bytes.
std::vector<std::uint8_t> rounded(ggml_type type, std::vector<float>& values, std::int64_t width) {
  const std::int64_t rows = static_cast<std::int64_t>(values.size()) / width;
  std::vector<std::uint8_t> bytes(ggml_row_size(type, width) * static_cast<std::size_t>(rows));
  ggml_quantize_chunk(type, values.data(), bytes.data(), 0, rows, width, nullptr);
  if (type == GGML_TYPE_F32) return bytes;
  ggml_get_type_traits(type)->to_float(bytes.data(), values.data(), rows * width);
  return bytes;
}

/// The same by ggml on the CPU, with this many threads.
std::vector<float> by_ggml(const Shape& shape, const AttentionInputs& in, float scale, int threads) {
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

/// [position][head][channel] as [head][position][channel]: as whisper.cpp's cache of the window has it.
std::vector<float> by_head(const std::vector<float>& values, std::int64_t positions) {
  std::vector<float> result(values.size());
  for (std::int64_t p = 0; p < positions; ++p) {
    for (std::int64_t h = 0; h < kHeads; ++h)
      std::copy_n(values.data() + (p * kHeads + h) * kHead, kHead,
                  result.data() + (h * positions + p) * kHead);
  }
  return result;
}

/// With keys and values in bytes, to which those of `in` are rounded.
std::vector<float> by_ggml_in_bytes(const Shape& shape, AttentionInputs& in, float scale, int threads) {
  const auto backend = cpu_with(threads);
  const std::unique_ptr<ggml_context, GgmlDeleter> context(
      ggml_init({.mem_size = ggml_tensor_overhead() * 16 + ggml_graph_overhead(), .no_alloc = true}));
  ggml_context* const c = context.get();
  ggml_tensor* const q = ggml_new_tensor_3d(c, GGML_TYPE_F32, kHead, shape.rows, kHeads);
  ggml_tensor* const k = ggml_new_tensor_3d(c, GGML_TYPE_Q8_0, kHead, shape.positions, kHeads);
  ggml_tensor* const v = ggml_new_tensor_3d(c, GGML_TYPE_Q8_0, kHead, shape.positions, kHeads);
  ggml_tensor* const result = ggml_flash_attn_ext(c, q, k, v, nullptr, scale, 0, 0);
  ggml_cgraph* const graph = ggml_new_graph(c);
  ggml_build_forward_expand(graph, result);
  const std::unique_ptr<ggml_backend_buffer, GgmlDeleter> buffer(
      ggml_backend_alloc_ctx_tensors(c, backend.get()));

  ggml_backend_tensor_set(q, in.q.data(), 0, ggml_nbytes(q));
  for (const auto& [cache, values] : {std::pair{k, &in.k}, std::pair{v, &in.v}}) {
    rounded(GGML_TYPE_Q8_0, *values, kHead);
    std::vector<float> apart = by_head(*values, shape.positions);
    ggml_backend_tensor_set(cache, rounded(GGML_TYPE_Q8_0, apart, kHead).data(), 0, ggml_nbytes(cache));
  }
  ggml_backend_graph_compute(backend.get(), graph);
  std::vector<float> out(static_cast<std::size_t>(ggml_nelements(result)));
  ggml_backend_tensor_get(result, out.data(), 0, ggml_nbytes(result));
  return out;
}

double largest_error_in_bytes(const Shape& shape, int threads) {
  AttentionInputs in = attention_inputs(shape);
  const float scale = 1.0F / std::sqrt(static_cast<float>(kHead));
  const std::vector<float> out = by_ggml_in_bytes(shape, in, scale, threads);
  return largest_difference(shape, plain_attention(shape, in, scale), out);
}

double largest_error(const Shape& shape, int threads) {
  const AttentionInputs in = attention_inputs(shape);
  const float scale = 1.0F / std::sqrt(static_cast<float>(kHead));
  return largest_difference(shape, plain_attention(shape, in, scale), by_ggml(shape, in, scale, threads));
}

/// The instructions that ggml uses, by its names; none if it runs without this project's kernels.
std::set<std::string> instructions_of_kernels() {
  std::set<std::string> names;
#ifdef VAT_WHISPER_PATCHED
  prepare_ggml();
  const auto registry = ggml_backend_dev_backend_reg(ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU));
  const auto features = reinterpret_cast<ggml_backend_get_features_t>(
      ggml_backend_reg_get_proc_address(registry, "ggml_backend_get_features"));
  for (const ggml_backend_feature* feature = features(registry); feature->name != nullptr; ++feature)
    names.insert(feature->name);
#endif
  return names;
}

/// Whether ggml runs on vectors that this project has kernels for.
bool has_kernels_for_vectors() {
  const auto names = instructions_of_kernels();
  return names.contains("AVX512") ||
         (names.contains("AVX2") && names.contains("FMA") && names.contains("F16C"));
}

/// Of values up to 2. ggml's own kernels accumulate in f16.
constexpr std::int64_t kManyRows = 64;  // as attention.h says
constexpr double kGgmlsTolerance = 5e-3;
constexpr double kBfloat16Tolerance = 1.5e-2;
constexpr double kIntegersTolerance = 4e-3;
double tolerance(std::int64_t rows) {
  if (!has_kernels_for_vectors()) return kGgmlsTolerance;
  if (rows < kManyRows) return 1e-5;
  return instructions_of_kernels().contains("AVX512_BF16") ? kBfloat16Tolerance : kIntegersTolerance;
}

#ifdef VAT_WHISPER_PATCHED
TEST(KernelsTest, GgmlAsksThem) {
  prepare_ggml();
  ggml_backend_dev_t cpu = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
  const auto extra = reinterpret_cast<ggml_backend_dev_get_extra_bufts_t>(ggml_backend_reg_get_proc_address(
      ggml_backend_dev_backend_reg(cpu), "ggml_backend_dev_get_extra_bufts"));
  std::vector<std::string> names;
  for (ggml_backend_buffer_type_t* type = extra(cpu); *type != nullptr; ++type)
    names.emplace_back(ggml_backend_buft_name(*type));
  EXPECT_EQ(std::count(names.begin(), names.end(), "VAT"), 1);
}
#endif

TEST(AttentionTest, OneRowAFewAndManyAreRight) {
  for (const std::int64_t rows : {1, 2, 5, 8, 16, 17, 40, 255, 256, 300}) {
    for (const std::int64_t positions : {1, 7, 64, 77, 448, 1500})
      EXPECT_LT(largest_error({rows, positions, false}, 1), tolerance(rows))
          << rows << " rows, " << positions;
  }
}

TEST(AttentionTest, KeysAndValuesMayBeInBytes) {
  // q is rounded to bytes as well, and in ggml's own kernel something else, too.
  constexpr double kGgmls = 3e-2;
  constexpr double kOurs = 1e-2;
  for (const std::int64_t rows : {1, 5, 40, 70}) {
    for (const int threads : {1, 2, 3, 7}) {
      const double limit = threads > kHeads || !has_kernels_for_vectors() ? kGgmls : kOurs;
      EXPECT_LT(largest_error_in_bytes({rows, 1500, false}, threads), limit) << rows << " rows, " << threads;
    }
  }
}

TEST(AttentionTest, ADecoderDoesNotSeeWhatComesAfter) {
  for (const std::int64_t rows : {1, 2, 5, 16, 17, 70, 300})
    EXPECT_LT(largest_error({rows, 448, true}, 1), tolerance(1)) << rows << " rows";
}

TEST(AttentionTest, ThreadsShareTheRows) {
  for (const std::int64_t rows : {1, 5, 33, 300}) {
    for (const int threads : {2, 3, 7}) {
      // ggml's own kernel shares few rows among more threads than heads.
      const double limit = rows < 64 && threads > kHeads ? kGgmlsTolerance : tolerance(rows);
      EXPECT_LT(largest_error({rows, 1500, false}, threads), limit) << rows << " rows, " << threads;
    }
  }
}

/// The largest difference of ggml's product of `rows` of weights with `columns` from a plain one of the same
/// weights, by the size of its numbers.
double product_error(ggml_type type, std::int64_t rows, std::int64_t columns, int threads) {
  constexpr std::int64_t kWidth = 96;
  const auto backend = cpu_with(threads);
  const std::unique_ptr<ggml_context, GgmlDeleter> context(
      ggml_init({.mem_size = ggml_tensor_overhead() * 4 + ggml_graph_overhead(), .no_alloc = true}));
  ggml_tensor* const w = ggml_new_tensor_2d(context.get(), type, kWidth, rows);
  ggml_tensor* const x = ggml_new_tensor_2d(context.get(), GGML_TYPE_F32, kWidth, columns);
  ggml_tensor* const y = ggml_mul_mat(context.get(), w, x);
  ggml_cgraph* const graph = ggml_new_graph(context.get());
  ggml_build_forward_expand(graph, y);
  const std::unique_ptr<ggml_backend_buffer, GgmlDeleter> buffer(
      ggml_backend_alloc_ctx_tensors(context.get(), backend.get()));

  std::vector<float> weights = numbers(kWidth * rows, 4);
  std::vector<float> in = numbers(kWidth * columns, 5);
  const auto bytes = rounded(type, weights, kWidth);
  ggml_backend_tensor_set(w, bytes.data(), 0, bytes.size());
  ggml_backend_tensor_set(x, in.data(), 0, ggml_nbytes(x));
  if (type != GGML_TYPE_Q8_0) (void)rounded(type, in, kWidth);  // as ggml does before it multiplies
  ggml_backend_graph_compute(backend.get(), graph);
  std::vector<float> out(static_cast<std::size_t>(rows * columns));
  ggml_backend_tensor_get(y, out.data(), 0, ggml_nbytes(y));

  double worst = 0;
  double largest = 0;
  for (std::int64_t i = 0; i < rows * columns; ++i) {
    const double expected =
        std::inner_product(weights.begin() + i % rows * kWidth, weights.begin() + (i % rows + 1) * kWidth,
                           in.begin() + i / rows * kWidth, 0.0);
    worst = worse(worst, std::abs(expected - static_cast<double>(out[static_cast<std::size_t>(i)])));
    largest = std::max(largest, std::abs(expected));
  }
  return worst / largest;
}

/// Columns are rounded to a byte, or to a bit less where products of bytes would not fit into the
/// instructions.
constexpr double kBytesTolerance = 1.5e-2;

TEST(ProductTest, ByteWeightsWithAnyNumberOfColumnsAreRight) {
  for (std::int64_t columns = 1; columns <= 20; ++columns) {
    for (const std::int64_t rows : {70, 3, 1100}) {  // a share for each thread, less than that, many chunks
      for (const int threads : {1, 3})
        EXPECT_LT(product_error(GGML_TYPE_Q8_0, rows, columns, threads), kBytesTolerance)
            << rows << " rows, " << columns << " columns";
    }
  }
}

TEST(ProductTest, OneColumnIsRightInEveryType) {
  for (const ggml_type type : {GGML_TYPE_F32, GGML_TYPE_F16, GGML_TYPE_BF16, GGML_TYPE_Q8_0}) {
    for (const std::int64_t rows : {1, 70, 1100}) {
      for (const int threads : {1, 3})
        EXPECT_LT(product_error(type, rows, 1, threads), type == GGML_TYPE_Q8_0 ? kBytesTolerance : 1e-3)
            << ggml_type_name(type) << ", " << rows;
    }
  }
}

TEST(ActivationTest, GeluIsRightFromEndToEnd) {
  std::vector<float> in = gelu_inputs();
  const auto columns = static_cast<std::int64_t>(in.size());
  in.resize(2 * in.size(), 0.5F);
  const auto backend = cpu_with(2);
  const std::unique_ptr<ggml_context, GgmlDeleter> context(
      ggml_init({.mem_size = ggml_tensor_overhead() * 4 + ggml_graph_overhead(), .no_alloc = true}));
  ggml_tensor* const x = ggml_new_tensor_2d(context.get(), GGML_TYPE_F32, columns, 2);
  ggml_tensor* const y = ggml_gelu(context.get(), x);
  ggml_cgraph* const graph = ggml_new_graph(context.get());
  ggml_build_forward_expand(graph, y);
  const std::unique_ptr<ggml_backend_buffer, GgmlDeleter> buffer(
      ggml_backend_alloc_ctx_tensors(context.get(), backend.get()));
  ggml_backend_tensor_set(x, in.data(), 0, ggml_nbytes(x));
  ggml_backend_graph_compute(backend.get(), graph);
  std::vector<float> out(in.size());
  ggml_backend_tensor_get(y, out.data(), 0, ggml_nbytes(y));
  for (std::size_t i = 0; i < in.size(); ++i) {
    const double expected = plain_gelu(in[i]);
    // ggml's own, which also computes the last few numbers of a row, comes from a table in f16.
    const bool last = static_cast<std::int64_t>(i) % columns > columns - 16;
    const double relative = has_kernels_for_vectors() && !last ? 1e-5 : 1e-3;
    EXPECT_NEAR(out[i], expected, 1e-6 + relative * std::abs(expected)) << in[i];
  }
}

}  // namespace
}  // namespace vat::asr::kernels
