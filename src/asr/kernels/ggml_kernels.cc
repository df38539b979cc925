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

/// Where a float lies first whose address is a multiple of 64.
char* aligned(void* work) {
  constexpr std::uintptr_t kAlignment = 64;
  return reinterpret_cast<char*>((reinterpret_cast<std::uintptr_t>(work) + kAlignment - 1) / kAlignment *
                                 kAlignment);
}

#ifdef VAT_KERNEL_BYTE_PRODUCTS
/// The many columns of an encoder's window, with weights in bytes.
class ByteTileKernel : public tensor_traits {
 public:
  static bool fits(const ggml_tensor* op) {
    const ggml_tensor* const w = op->src[0];
    const ggml_tensor* const x = op->src[1];
    const bool in_memory = w->buffer == nullptr || ggml_backend_buffer_is_host(w->buffer);
    return in_memory && w->type == GGML_TYPE_Q8_0 && x->type == GGML_TYPE_F32 && op->type == GGML_TYPE_F32 &&
           x->ne[1] >= kManyByteColumns && w->ne[2] == 1 && w->ne[3] == 1 && x->ne[2] == 1 && x->ne[3] == 1 &&
           op->op_params[1] == 0 /* no hint */ && ggml_is_contiguous(w) && x->nb[0] == sizeof(float) &&
           op->nb[0] == sizeof(float) && op->nb[1] % sizeof(float) == 0;
  }

  bool work_size(int threads, const ggml_tensor* op, std::size_t& size) override {
    size = kAlignment + static_cast<std::size_t>(threads) * byte_tile_scratch() + column_bytes(op);
    return true;
  }

  bool compute_forward(ggml_compute_params* params, ggml_tensor* op) override {
    const ggml_tensor* const w = op->src[0];
    const ggml_tensor* const x = op->src[1];
    char* const scratch =
        aligned(params->wdata) + static_cast<std::size_t>(params->ith) * byte_tile_scratch();
    auto* const columns = reinterpret_cast<ColumnBlock*>(
        aligned(params->wdata) + static_cast<std::size_t>(params->nth) * byte_tile_scratch());
    const std::int64_t blocks = w->ne[0] / kByteBlock;
    for (std::int64_t c = x->ne[1] * params->ith / params->nth;
         c < x->ne[1] * (params->ith + 1) / params->nth; ++c)
      to_column_blocks(at<const float>(x, c * x->nb[1]), blocks, columns + c * blocks);
    const std::int64_t rows = w->ne[1];
    share_chunks(params, static_cast<int>((rows + kTileWeightRows - 1) / kTileWeightRows), [&](int chunk) {
      const std::int64_t first = chunk * kTileWeightRows;
      const ByteTiles tiles{at<const ByteBlock>(w, first * w->nb[1]),
                            columns,
                            blocks,
                            x->ne[1],
                            at<float>(op) + first,
                            static_cast<std::int64_t>(op->nb[1] / sizeof(float))};
      multiply_byte_tiles(tiles, static_cast<int>(std::min(kTileWeightRows, rows - first)), scratch);
    });
    return true;
  }

 private:
  static constexpr std::size_t kAlignment = 64;
  static std::size_t column_bytes(const ggml_tensor* op) {
    return static_cast<std::size_t>(op->src[1]->ne[0] / kByteBlock * op->src[1]->ne[1]) * sizeof(ColumnBlock);
  }
};
#endif

/// One column, most of greedy decoding, or the few columns of a beam search: such a product runs as fast as
/// the weights come from memory, so they are asked for before they are needed, because one core does not
/// fetch them as fast as the memory could give them.
class ProductKernel : public tensor_traits {
 public:
  static bool fits(const ggml_tensor* op) {
    const ggml_tensor* const w = op->src[0];
    const ggml_tensor* const x = op->src[1];
    const ggml_type_traits_cpu* const traits = ggml_get_type_traits_cpu(w->type);
    const bool in_memory = w->buffer == nullptr || ggml_backend_buffer_is_host(w->buffer);
    return in_memory && x->ne[1] <= max_columns(w->type) && w->ne[2] == 1 && w->ne[3] == 1 && x->ne[2] == 1 &&
           x->ne[3] == 1 && x->type == GGML_TYPE_F32 && op->type == GGML_TYPE_F32 &&
           op->op_params[1] == 0 /* no hint */ && w->nb[0] == ggml_type_size(w->type) &&
           x->nb[0] == sizeof(float) && op->nb[0] == sizeof(float) && traits->vec_dot != nullptr;
  }

  /// As much as for ggml's own product.
  bool work_size(int /*threads*/, const ggml_tensor* /*op*/, std::size_t& /*size*/) override { return false; }

  bool compute_forward(ggml_compute_params* params, ggml_tensor* op) override {
    const ggml_tensor* const w = op->src[0];
    const ggml_tensor* const x = op->src[1];
    const ggml_type column_type = ggml_get_type_traits_cpu(w->type)->vec_dot_type;
    if (x->type != column_type) convert_columns(params, *x, column_type);
    const char* const columns = static_cast<const char*>(x->type != column_type ? params->wdata : x->data);
    const std::size_t column_bytes = x->type != column_type ? ggml_row_size(column_type, x->ne[0]) : x->nb[1];
    constexpr std::int64_t kChunk = 64;
    const std::int64_t rows = w->ne[1];
    std::int64_t chunks = (rows + kChunk - 1) / kChunk;
    if (chunks < 4 * params->nth) chunks = params->nth;
    const std::int64_t share = (rows + chunks - 1) / chunks;
    share_chunks(params, static_cast<int>(chunks), [&](int chunk) {
      multiply_rows(op, columns, column_bytes, share * chunk, std::min(rows, share * (chunk + 1)));
    });
    return true;
  }

 private:
  static std::int64_t max_columns([[maybe_unused]] ggml_type type) {
#ifdef VAT_KERNEL_BYTE_PRODUCTS
    if (type == GGML_TYPE_Q8_0) return kMaxByteColumns;
#endif
    return 1;
  }

  /// This thread's share of each column, in the type that the weights are multiplied with.
  static void convert_columns(const ggml_compute_params* params, const ggml_tensor& x, ggml_type type) {
    const std::int64_t block = ggml_blck_size(type);
    const std::int64_t begin = x.ne[0] / block * params->ith / params->nth;
    const std::int64_t end = x.ne[0] / block * (params->ith + 1) / params->nth;
    for (std::int64_t column = 0; column < x.ne[1]; ++column) {
      char* const to = static_cast<char*>(params->wdata) + column * ggml_row_size(type, x.ne[0]);
      ggml_get_type_traits_cpu(type)->from_float(at<const float>(&x, column * x.nb[1]) + begin * block,
                                                 to + ggml_row_size(type, begin * block),
                                                 (end - begin) * block);
    }
  }

  static void ask_for_weights(const char* row, std::size_t bytes) {
    constexpr std::size_t kAhead = 2048;
    constexpr std::size_t kCacheLine = 64;
    for (std::size_t i = 0; i < bytes; i += kCacheLine) __builtin_prefetch(row + kAhead + i);
  }

  static void multiply_rows(ggml_tensor* op, const char* columns, std::size_t column_bytes,
                            std::int64_t begin, std::int64_t end) {
    const ggml_tensor* const w = op->src[0];
    const std::int64_t count = op->ne[1];
    const ggml_vec_dot_t multiply = ggml_get_type_traits_cpu(w->type)->vec_dot;
    for (std::int64_t i = begin; i < end; ++i) {
      const char* const row = at<const char>(w, i * w->nb[1]);
      ask_for_weights(row, w->nb[1]);
      if (count == 1) {
        multiply(static_cast<int>(w->ne[0]), at<float>(op) + i, 0, row, 0, columns, 0, 1);
        continue;
      }
#ifdef VAT_KERNEL_BYTE_PRODUCTS
      float sums[kMaxByteColumns];
      multiply_bytes(w->ne[0] / kByteBlock, static_cast<int>(count), reinterpret_cast<const ByteBlock*>(row),
                     columns, column_bytes, sums);
      for (std::int64_t c = 0; c < count; ++c) at<float>(op, c * op->nb[1])[i] = sums[c];
#endif
    }
  }
};

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
        if (ByteTileKernel::fits(op)) return &byte_tiles_;
#endif
        return ProductKernel::fits(op) ? &product_ : nullptr;
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
  ByteTileKernel byte_tiles_;
#endif
  ProductKernel product_;
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
