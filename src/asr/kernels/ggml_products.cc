// Products of weights with a decoder's few columns and an encoder's many, as operators of ggml.
#include "asr/kernels/ggml_products.h"

#include <ggml-backend-impl.h>
#include <ggml-cpu.h>

#include <algorithm>

#include "asr/kernels/byte_panels.h"
#include "asr/kernels/byte_products.h"
#include "asr/kernels/byte_tiles.h"
#include "asr/kernels/ggml_operator.h"

namespace vat::asr::kernels {
namespace {

/// What a kernel's products have in common: matrices in memory, without a batch.
bool is_plain_product(const ggml_tensor* op) {
  const ggml_tensor* const w = op->src[0];
  const ggml_tensor* const x = op->src[1];
  const bool in_memory = w->buffer == nullptr || ggml_backend_buffer_is_host(w->buffer);
  return in_memory && w->ne[2] == 1 && w->ne[3] == 1 && x->ne[2] == 1 && x->ne[3] == 1 &&
         x->type == GGML_TYPE_F32 && op->type == GGML_TYPE_F32 && op->op_params[1] == 0 /* no hint */ &&
         w->nb[0] == ggml_type_size(w->type) && x->nb[0] == sizeof(float) && op->nb[0] == sizeof(float);
}

/// The product with a decoder's few columns runs as fast as the weights come from memory, so they are asked
/// for before they are needed, because one core does not fetch them as fast as the memory could give them.
void ask_for_weights(const char* row, std::size_t bytes) {
  constexpr std::size_t kAhead = 2048;
  constexpr std::size_t kCacheLine = 64;
  for (std::size_t i = 0; i < bytes; i += kCacheLine) __builtin_prefetch(row + kAhead + i);
}

/// Calls use(begin, end) for rows of weights, as threads become free. All but the last have whole panels, so
/// that a row's sum does not depend on the number of threads.
template <class Use>
void share_rows(const ggml_compute_params* params, std::int64_t rows, Use use) {
  constexpr std::int64_t kChunk = 64;
  constexpr std::int64_t kRowsTogether = 16;
  std::int64_t chunks = (rows + kChunk - 1) / kChunk;
  if (chunks < 4 * params->nth) chunks = params->nth;
  std::int64_t share = (rows + chunks - 1) / chunks;
  share = (share + kRowsTogether - 1) / kRowsTogether * kRowsTogether;
  share_chunks(params, static_cast<int>(chunks),
               [&](int chunk) { use(std::min(rows, share * chunk), std::min(rows, share * (chunk + 1))); });
}

/// One column, most of greedy decoding, in the type of ggml's own products.
class OneColumnKernel : public tensor_traits {
 public:
  static bool fits(const ggml_tensor* op) {
    return is_plain_product(op) && op->src[1]->ne[1] == 1 &&
           ggml_get_type_traits_cpu(op->src[0]->type)->vec_dot != nullptr;
  }

  /// As much as for ggml's own product.
  bool work_size(int /*threads*/, const ggml_tensor* /*op*/, std::size_t& /*size*/) override { return false; }

  bool compute_forward(ggml_compute_params* params, ggml_tensor* op) override {
    const ggml_tensor* const w = op->src[0];
    const ggml_tensor* const x = op->src[1];
    const ggml_type_traits_cpu* const traits = ggml_get_type_traits_cpu(w->type);
    if (x->type != traits->vec_dot_type) convert_column(params, *x, traits->vec_dot_type);
    const void* const column = x->type != traits->vec_dot_type ? params->wdata : x->data;
    share_rows(params, w->ne[1], [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        const char* const row = at<const char>(w, i * w->nb[1]);
        ask_for_weights(row, w->nb[1]);
        traits->vec_dot(static_cast<int>(w->ne[0]), at<float>(op) + i, 0, row, 0, column, 0, 1);
      }
    });
    return true;
  }

 private:
  /// This thread's share of the column, in the type that the weights are multiplied with.
  static void convert_column(const ggml_compute_params* params, const ggml_tensor& x, ggml_type type) {
    const std::int64_t block = ggml_blck_size(type);
    const std::int64_t begin = x.ne[0] / block * params->ith / params->nth;
    const std::int64_t end = x.ne[0] / block * (params->ith + 1) / params->nth;
    ggml_get_type_traits_cpu(type)->from_float(
        at<const float>(&x) + begin * block,
        static_cast<char*>(params->wdata) + ggml_row_size(type, begin * block), (end - begin) * block);
  }
};

#ifdef VAT_KERNEL_VECTORS
/// Weights in bytes, with any number of columns.
class ByteKernel : public tensor_traits {
 public:
  static bool fits(const ggml_tensor* op) {
    return is_plain_product(op) && op->src[0]->type == GGML_TYPE_Q8_0 && ggml_is_contiguous(op->src[0]);
  }

  bool work_size(int threads, const ggml_tensor* op, std::size_t& size) override {
    const ggml_tensor* const x = op->src[1];
    size = kAlignment + (is_many(op) ? static_cast<std::size_t>(threads) * byte_tile_scratch() : 0) +
           static_cast<std::size_t>(x->ne[0] / kByteBlock * x->ne[1]) * sizeof(ColumnBlock);
    return true;
  }

  bool compute_forward(ggml_compute_params* params, ggml_tensor* op) override {
    const ggml_tensor* const x = op->src[1];
    const auto work = reinterpret_cast<std::uintptr_t>(params->wdata) + kAlignment - 1;
    char* const scratch = reinterpret_cast<char*>(work / kAlignment * kAlignment);
    const std::size_t scratch_bytes = is_many(op) ? byte_tile_scratch() : 0;
    auto* const columns =
        reinterpret_cast<ColumnBlock*>(scratch + static_cast<std::size_t>(params->nth) * scratch_bytes);
    // Each thread converts its share of the blocks of all columns.
    const std::int64_t blocks = x->ne[0] / kByteBlock;
    const std::int64_t end = blocks * x->ne[1] * (params->ith + 1) / params->nth;
    for (std::int64_t b = blocks * x->ne[1] * params->ith / params->nth; b < end;) {
      const std::int64_t count = std::min(blocks - b % blocks, end - b);
      to_column_blocks(at<const float>(x, b / blocks * x->nb[1]) + b % blocks * kByteBlock, count,
                       columns + b);
      b += count;
    }
    if (is_many(op)) {
      multiply_many(params, op, columns, scratch + static_cast<std::size_t>(params->ith) * scratch_bytes);
    } else {
      multiply_few(params, op, columns);
    }
    return true;
  }

 private:
  static constexpr std::size_t kAlignment = 64;

  static bool is_many(const ggml_tensor* op) { return op->src[1]->ne[1] > kMaxByteColumns; }

  static void multiply_many(const ggml_compute_params* params, ggml_tensor* op, const ColumnBlock* columns,
                            char* scratch) {
    const ggml_tensor* const w = op->src[0];
    const std::int64_t rows = w->ne[1];
    share_chunks(params, static_cast<int>((rows + kTileWeightRows - 1) / kTileWeightRows), [&](int chunk) {
      const std::int64_t first = chunk * kTileWeightRows;
      const ByteTiles tiles{at<const ByteBlock>(w, first * w->nb[1]),
                            columns,
                            w->ne[0] / kByteBlock,
                            op->ne[1],
                            at<float>(op) + first,
                            static_cast<std::int64_t>(op->nb[1] / sizeof(float))};
      multiply_byte_tiles(tiles, static_cast<int>(std::min(kTileWeightRows, rows - first)), scratch);
    });
  }

  static void multiply_few(const ggml_compute_params* params, ggml_tensor* op, const ColumnBlock* columns) {
    const ggml_tensor* const w = op->src[0];
    const int count = static_cast<int>(op->ne[1]);
    const std::int64_t blocks = w->ne[0] / kByteBlock;
    share_rows(params, w->ne[1], [&](std::int64_t begin, std::int64_t end) {
      std::int64_t i = begin;
      for (; count >= kMinPanelColumns && i + kPanelRows <= end; i += kPanelRows)
        multiply_byte_panel({at<const ByteBlock>(w, i * w->nb[1]), blocks, blocks}, columns, count,
                            at<float>(op) + i, static_cast<std::int64_t>(op->nb[1] / sizeof(float)));
      for (; i < end; ++i) {
        const char* const row = at<const char>(w, i * w->nb[1]);
        ask_for_weights(row, w->nb[1]);
        float sums[kMaxByteColumns];
        multiply_bytes(blocks, count, reinterpret_cast<const ByteBlock*>(row), columns, sums);
        for (int c = 0; c < count; ++c) at<float>(op, c * op->nb[1])[i] = sums[c];
      }
    });
  }
};
#endif

}  // namespace

tensor_traits* product_kernel(const ggml_tensor* op) {
#ifdef VAT_KERNEL_VECTORS
  // Neither has a state; never destroyed, as threads may still compute when the program ends.
  static auto* const bytes = new ByteKernel;
  if (ByteKernel::fits(op)) return bytes;
#endif
  static auto* const one_column = new OneColumnKernel;
  return OneColumnKernel::fits(op) ? one_column : nullptr;
}

}  // namespace vat::asr::kernels
