// Offers this project's kernels to ggml: a buffer type that holds nothing, but which ggml asks for an
// operator before it computes that by itself. Compiled within ggml, for each CPU that ggml is compiled for.
#include <ggml-backend-impl.h>
#include <ggml-cpu-impl.h>
#include <ggml-cpu.h>
#include <traits.h>
#include <vec.h>

#include <algorithm>
#include <cstring>

#include "asr/kernels/attention.h"
#include "asr/kernels/byte_products.h"
#include "asr/kernels/byte_tiles.h"
#include "asr/kernels/gelu.h"

/// Called by ggml, see cmake/patches.
ggml_backend_buffer_type_t vat_kernels_buffer_type();

namespace vat::asr::kernels {
namespace {

using ggml::cpu::tensor_traits;

template <class Number>
Number* at(const ggml_tensor* tensor, std::size_t offset = 0) {
  return reinterpret_cast<Number*>(static_cast<char*>(tensor->data) + offset);
}

/// Gives the chunks from 0 to `count` to the threads, as they become free. Every thread calls it, and all
/// wait for each other first.
template <class Use>
void share_chunks(const ggml_compute_params* params, int count, Use use) {
  if (params->ith == 0) ggml_threadpool_chunk_set(params->threadpool, params->nth);
  ggml_barrier(params->threadpool);
  int chunk = params->ith;
  while (chunk < count) {
    use(chunk);
    if (params->nth >= count) return;
    chunk = ggml_threadpool_chunk_add(params->threadpool, 1);
  }
}

#ifdef VAT_KERNEL_VECTORS
class GeluKernel : public tensor_traits {
 public:
  static bool fits(const ggml_tensor* op) {
    const ggml_tensor* const x = op->src[0];
    return ggml_get_unary_op(op) == GGML_UNARY_OP_GELU && x->type == GGML_TYPE_F32 &&
           op->type == GGML_TYPE_F32 && ggml_is_contiguous_1(x) && ggml_is_contiguous_1(op) &&
           ggml_are_same_shape(x, op);
  }

  bool work_size(int /*threads*/, const ggml_tensor* /*op*/, std::size_t& /*size*/) override { return false; }

  bool compute_forward(ggml_compute_params* params, ggml_tensor* op) override {
    const ggml_tensor* const x = op->src[0];
    const std::int64_t rows = ggml_nrows(x);
    const std::int64_t share = (rows + params->nth - 1) / params->nth;
    const std::int64_t end = std::min(rows, share * (params->ith + 1));
    for (std::int64_t row = share * params->ith; row < end; ++row) {
      const std::int64_t i1 = row % x->ne[1];
      const std::int64_t i2 = row / x->ne[1] % x->ne[2];
      const std::int64_t i3 = row / x->ne[1] / x->ne[2];
      float* const to = at<float>(op, i1 * op->nb[1] + i2 * op->nb[2] + i3 * op->nb[3]);
      const float* const from = at<const float>(x, i1 * x->nb[1] + i2 * x->nb[2] + i3 * x->nb[3]);
      const std::int64_t done = gelu(x->ne[0], to, from);
      ggml_vec_gelu_f32(static_cast<int>(x->ne[0] - done), to + done, from + done);
    }
    return true;
  }
};

class AttentionKernel : public tensor_traits {
 public:
  static bool fits(const ggml_tensor* op) {
    const ggml_tensor* const q = op->src[0];
    const ggml_tensor* const k = op->src[1];
    const ggml_tensor* const v = op->src[2];
    const ggml_tensor* const mask = op->src[3];
    float bias = 0;
    float cap = 0;
    std::memcpy(&bias, op->op_params + 1, sizeof bias);
    std::memcpy(&cap, op->op_params + 2, sizeof cap);
    return q->type == GGML_TYPE_F32 && k->type == GGML_TYPE_F16 && v->type == GGML_TYPE_F16 &&
           k->ne[0] % VAT_KERNEL_VECTORS == 0 && v->ne[0] % VAT_KERNEL_VECTORS == 0 && q->ne[2] == k->ne[2] &&
           q->ne[2] == v->ne[2] && q->ne[3] == 1 &&
           (mask == nullptr || (mask->ne[2] == 1 && mask->ne[3] == 1)) && op->src[4] == nullptr &&
           bias == 0 && cap == 0;
  }

  bool work_size(int threads, const ggml_tensor* op, std::size_t& size) override {
    if (!has_use_for(threads, op)) return false;
    size = static_cast<std::size_t>(threads) * thread_bytes(op) + kAlignment;
    return true;
  }

  bool compute_forward(ggml_compute_params* params, ggml_tensor* op) override {
    if (!has_use_for(params->nth, op)) return false;
    const std::size_t bytes = thread_bytes(op);
    if (params->wsize < static_cast<std::size_t>(params->nth) * bytes + kAlignment) return false;
    const auto work = reinterpret_cast<std::uintptr_t>(params->wdata) + kAlignment - 1;
    auto* const scratch = reinterpret_cast<float*>(work / kAlignment * kAlignment +
                                                   static_cast<std::size_t>(params->ith) * bytes);
    const Attention attention = attention_of(op);
    if (is_many(op)) {
      many(params, attention, scratch);
    } else {
      attend_few(attention, attention.heads * params->ith / params->nth,
                 attention.heads * (params->ith + 1) / params->nth, scratch);
    }
    return true;
  }

 private:
  static constexpr std::size_t kAlignment = 64;

  static bool is_many(const ggml_tensor* op) {
    return op->src[3] == nullptr && op->src[0]->ne[1] >= kManyRows;
  }
  /// With more threads than heads ggml's own kernel shares the positions among them.
  static bool has_use_for(int threads, const ggml_tensor* op) {
    return is_many(op) || threads <= op->src[0]->ne[2];
  }
  static std::size_t thread_bytes(const ggml_tensor* op) {
    const auto numbers = static_cast<std::size_t>(attention_scratch(op->src[1]->ne[0], op->src[2]->ne[0]));
    return (numbers * sizeof(float) + kAlignment - 1) / kAlignment * kAlignment;
  }

  static Attention attention_of(const ggml_tensor* op) {
    const ggml_tensor* const q = op->src[0];
    const ggml_tensor* const k = op->src[1];
    const ggml_tensor* const v = op->src[2];
    Attention a;
    a.q = {at<const float>(q), q->nb[1], q->nb[2]};
    a.k = {at<const std::uint16_t>(k), k->nb[1], k->nb[2]};
    a.v = {at<const std::uint16_t>(v), v->nb[1], v->nb[2]};
    if (const ggml_tensor* const mask = op->src[3]) {
      a.mask = at<const std::uint16_t>(mask);
      a.mask_row_bytes = mask->nb[1];
    }
    a.out = {at<float>(op), op->nb[1] * static_cast<std::size_t>(op->ne[1]), op->nb[1]};
    a.heads = q->ne[2];
    a.rows = q->ne[1];
    a.positions = k->ne[1];
    a.key_width = k->ne[0];
    a.value_width = v->ne[0];
    std::memcpy(&a.scale, op->op_params, sizeof a.scale);
    return a;
  }

  static void many(const ggml_compute_params* params, const Attention& attention, float* scratch) {
    constexpr std::int64_t kChunksOfThread = 4;
    const std::int64_t rows = attention.rows * attention.heads;
    std::int64_t chunks = params->nth == 1 ? 1 : std::min(rows, kChunksOfThread * params->nth);
    const std::int64_t share = (rows + chunks - 1) / chunks;
    chunks = (rows + share - 1) / share;
    share_chunks(params, static_cast<int>(chunks), [&](int chunk) {
      attend_many(attention, share * chunk, std::min(rows, share * (chunk + 1)), scratch);
    });
  }
};
#endif

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

/// Calls use(begin, end) for rows of weights, as threads become free.
template <class Use>
void share_rows(const ggml_compute_params* params, std::int64_t rows, Use use) {
  constexpr std::int64_t kChunk = 64;
  std::int64_t chunks = (rows + kChunk - 1) / kChunk;
  if (chunks < 4 * params->nth) chunks = params->nth;
  const std::int64_t share = (rows + chunks - 1) / chunks;
  share_chunks(params, static_cast<int>(chunks),
               [&](int chunk) { use(share * chunk, std::min(rows, share * (chunk + 1))); });
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

#ifdef VAT_KERNEL_BYTE_PRODUCTS
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
    share_rows(params, w->ne[1], [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        const char* const row = at<const char>(w, i * w->nb[1]);
        ask_for_weights(row, w->nb[1]);
        float sums[kMaxByteColumns];
        multiply_bytes(w->ne[0] / kByteBlock, count, reinterpret_cast<const ByteBlock*>(row), columns, sums);
        for (int c = 0; c < count; ++c) at<float>(op, c * op->nb[1])[i] = sums[c];
      }
    });
  }
};
#endif

class Kernels : public ggml::cpu::extra_buffer_type {
 public:
  /// No weights may lie in these buffers.
  bool supports_op(ggml_backend_dev_t /*device*/, const ggml_tensor* /*op*/) override { return false; }

  tensor_traits* get_tensor_traits(const ggml_tensor* op) override {
    switch (op->op) {
#ifdef VAT_KERNEL_VECTORS
      case GGML_OP_UNARY:
        return GeluKernel::fits(op) ? &gelu_ : nullptr;
      case GGML_OP_FLASH_ATTN_EXT:
        return AttentionKernel::fits(op) ? &attention_ : nullptr;
#endif
      case GGML_OP_MUL_MAT:
#ifdef VAT_KERNEL_BYTE_PRODUCTS
        if (ByteKernel::fits(op)) return &bytes_;
#endif
        return OneColumnKernel::fits(op) ? &one_column_ : nullptr;
      default:
        return nullptr;
    }
  }

 private:
#ifdef VAT_KERNEL_VECTORS
  GeluKernel gelu_;
  AttentionKernel attention_;
#endif
#ifdef VAT_KERNEL_BYTE_PRODUCTS
  ByteKernel bytes_;
#endif
  OneColumnKernel one_column_;
};

}  // namespace
}  // namespace vat::asr::kernels

ggml_backend_buffer_type_t vat_kernels_buffer_type() {
  // Never destroyed: threads may still compute when the program ends.
  static auto* const kernels = new vat::asr::kernels::Kernels;
  static ggml_backend_buffer_type type = {
      {/*get_name*/ [](ggml_backend_buffer_type_t) { return "VAT"; },
       /*alloc_buffer*/
       [](ggml_backend_buffer_type_t, std::size_t) -> ggml_backend_buffer_t { return nullptr; },
       /*get_alignment*/ [](ggml_backend_buffer_type_t) { return std::size_t{64}; },
       /*get_max_size*/ nullptr, /*get_alloc_size*/ nullptr, /*is_host*/ nullptr},
      ggml_backend_reg_dev_get(ggml_backend_cpu_reg(), 0),
      kernels};
  return &type;
}
