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
#include "asr/kernels/gelu.h"
#include "asr/kernels/ggml_operator.h"
#include "asr/kernels/ggml_products.h"

/// Called by ggml, see cmake/patches.
ggml_backend_buffer_type_t vat_kernels_buffer_type();

namespace vat::asr::kernels {
namespace {

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
    return q->type == GGML_TYPE_F32 && k->type == v->type && (k->type == GGML_TYPE_F16 || whole_blocks(op)) &&
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
    if (is_many(op)) {
      many(params, attention_of<std::uint16_t>(op), scratch);
    } else if (in_bytes(op)) {
      few(params, attention_of<ByteBlock>(op), scratch);
    } else {
      few(params, attention_of<std::uint16_t>(op), scratch);
    }
    return true;
  }

 private:
  static constexpr std::size_t kAlignment = 64;

  /// Rows are in bytes and whole blocks apart.
  static bool whole_blocks(const ggml_tensor* op) {
    return in_bytes(op) && op->src[1]->nb[1] % sizeof(ByteBlock) == 0;
  }
  static bool in_bytes(const ggml_tensor* op) { return op->src[1]->type == GGML_TYPE_Q8_0; }
  static bool is_many(const ggml_tensor* op) {
    return op->src[3] == nullptr && op->src[0]->ne[1] >= kManyRows && !in_bytes(op) &&
           op->src[1]->ne[0] <= kMaxKeyWidth;
  }
  /// With more threads than heads ggml's own kernel shares the positions among them.
  static bool has_use_for(int threads, const ggml_tensor* op) {
    return is_many(op) || threads <= op->src[0]->ne[2];
  }
  static std::size_t thread_bytes(const ggml_tensor* op) {
    const auto numbers = static_cast<std::size_t>(attention_scratch(op->src[1]->ne[0], op->src[2]->ne[0]));
    return (numbers * sizeof(float) + kAlignment - 1) / kAlignment * kAlignment;
  }

  template <class Cell>
  static AttentionTo<Cell> attention_of(const ggml_tensor* op) {
    const ggml_tensor* const q = op->src[0];
    const ggml_tensor* const k = op->src[1];
    const ggml_tensor* const v = op->src[2];
    AttentionTo<Cell> a;
    a.q = {at<const float>(q), q->nb[1], q->nb[2]};
    a.k = {at<const Cell>(k), k->nb[1], k->nb[2]};
    a.v = {at<const Cell>(v), v->nb[1], v->nb[2]};
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

  template <class Cell>
  static void few(const ggml_compute_params* params, const AttentionTo<Cell>& attention, float* scratch) {
    attend_few(attention, attention.heads * params->ith / params->nth,
               attention.heads * (params->ith + 1) / params->nth, scratch);
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
        return product_kernel(op);
      default:
        return nullptr;
    }
  }

 private:
#ifdef VAT_KERNEL_VECTORS
  GeluKernel gelu_;
  AttentionKernel attention_;
#endif
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
