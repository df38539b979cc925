#include "asr/weight_speed.h"

#include <ggml-backend.h>
#include <ggml-cpu.h>
#include <ggml.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>
#include <map>
#include <memory>

#include "asr/whisper_handles.h"
#include "asr/whisper_model.h"

namespace vat::asr {
namespace {

constexpr std::int64_t kWidth = 1024;  // rows and columns of a weight matrix
/// Of a window. With fewer, kernels that first rearrange weights would seem slower than they are.
constexpr std::int64_t kColumns = 1500;
/// Rows and columns of the part of a matrix that is multiplied with a window, to save time.
constexpr std::int64_t kPart = 512;
constexpr double kTokensPerWindow = 100;  // ordinary speech
/// Each type's turn comes several times, so that what disturbs one of them for a while does not decide.
constexpr int kTurns = 3;
constexpr int kRounds = 2;     // in each turn
constexpr int kMatrices = 32;  // multiplied with one token: more than a CPU's cache holds

struct ContextDeleter {
  void operator()(ggml_context* context) const { ggml_free(context); }
};
struct BufferDeleter {
  void operator()(ggml_backend_buffer* buffer) const { ggml_backend_buffer_free(buffer); }
};
struct BackendDeleter {
  void operator()(ggml_backend* backend) const { ggml_backend_free(backend); }
};
using Context = std::unique_ptr<ggml_context, ContextDeleter>;
using Buffer = std::unique_ptr<ggml_backend_buffer, BufferDeleter>;
using Backend = std::unique_ptr<ggml_backend, BackendDeleter>;

ggml_type to_ggml(modelfile::WeightType type) {
  switch (type) {
    case modelfile::WeightType::kF32:
      return GGML_TYPE_F32;
    case modelfile::WeightType::kF16:
      return GGML_TYPE_F16;
    case modelfile::WeightType::kBf16:
      return GGML_TYPE_BF16;
    case modelfile::WeightType::kQ8_0:
      return GGML_TYPE_Q8_0;
  }
  return GGML_TYPE_F32;
}

Context make_context() {
  return Context(
      ggml_init({.mem_size = ggml_tensor_overhead() * 128 + 2 * ggml_graph_overhead(), .no_alloc = true}));
}

double thread_cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// The buffer that whisper.cpp would use for weights of this type: the first of the CPU's special buffers
/// whose kernels support them.
ggml_backend_buffer_type_t weight_buffer(ggml_backend_dev_t cpu, ggml_type type) {
  const auto extra = reinterpret_cast<ggml_backend_dev_get_extra_bufts_t>(ggml_backend_reg_get_proc_address(
      ggml_backend_dev_backend_reg(cpu), "ggml_backend_dev_get_extra_bufts"));
  if (extra != nullptr) {
    for (ggml_backend_buffer_type_t* candidate = extra(cpu); candidate != nullptr && *candidate != nullptr;
         ++candidate) {
      const Context context = make_context();
      ggml_tensor* const weights = ggml_new_tensor_2d(context.get(), type, kWidth, kWidth);
      ggml_tensor* const sound = ggml_new_tensor_2d(context.get(), GGML_TYPE_F32, kWidth, kColumns);
      const Buffer empty(ggml_backend_buft_alloc_buffer(*candidate, 0));
      weights->buffer = empty.get();
      if (ggml_backend_dev_supports_op(cpu, ggml_mul_mat(context.get(), weights, sound))) return *candidate;
    }
  }
  return ggml_backend_dev_buffer_type(cpu);
}

/// Matrices of weights, the product of a part of one with many columns, and the products of all with one.
class Product {
 public:
  Product(ggml_backend_dev_t cpu, ggml_backend_t backend, ggml_type type)
      : backend_(backend), weight_context_(make_context()), context_(make_context()) {
    for (ggml_tensor*& matrix : weights_)
      matrix = ggml_new_tensor_2d(weight_context_.get(), type, kWidth, kWidth);
    part_ = ggml_new_tensor_2d(weight_context_.get(), type, kPart, kPart);
    weight_buffer_.reset(
        ggml_backend_alloc_ctx_tensors_from_buft(weight_context_.get(), weight_buffer(cpu, type)));
    many_ = ggml_new_tensor_2d(context_.get(), GGML_TYPE_F32, kPart, kColumns);
    one_ = ggml_new_tensor_2d(context_.get(), GGML_TYPE_F32, kWidth, 1);
    many_graph_ = ggml_new_graph_custom(context_.get(), 4, false);
    ggml_build_forward_expand(many_graph_, ggml_mul_mat(context_.get(), part_, many_));
    one_graph_ = ggml_new_graph_custom(context_.get(), 4 * kMatrices, false);
    for (ggml_tensor* const matrix : weights_)
      ggml_build_forward_expand(one_graph_, ggml_mul_mat(context_.get(), matrix, one_));
    buffer_.reset(ggml_backend_alloc_ctx_tensors(context_.get(), backend));
    if (!ready()) return;
    fill(type);
  }

  [[nodiscard]] bool ready() const { return weight_buffer_ && buffer_; }
  [[nodiscard]] double seconds_for_many() const {
    constexpr double kParts = static_cast<double>(kWidth * kWidth) / (kPart * kPart);
    return kParts * seconds(many_graph_);
  }
  [[nodiscard]] double seconds_for_one() const { return seconds(one_graph_) / kMatrices; }

 private:
  void fill(ggml_type type) {
    std::vector<float> values(kWidth * kWidth);
    static_assert(kPart * kColumns <= kWidth * kWidth && kPart <= kWidth, "enough values");
    std::uint32_t state = 1;
    for (float& value : values) {
      state = state * 1664525U + 1013904223U;
      value = static_cast<float>(state >> 8U) / static_cast<float>(1U << 23U) - 1.0F;
    }
    std::vector<std::uint8_t> bytes(ggml_nbytes(weights_[0]));
    ggml_quantize_chunk(type, values.data(), bytes.data(), 0, kWidth, kWidth, nullptr);
    for (ggml_tensor* const matrix : weights_) ggml_backend_tensor_set(matrix, bytes.data(), 0, bytes.size());
    ggml_backend_tensor_set(part_, bytes.data(), 0, ggml_nbytes(part_));
    ggml_backend_tensor_set(many_, values.data(), 0, ggml_nbytes(many_));
    ggml_backend_tensor_set(one_, values.data(), 0, ggml_nbytes(one_));
  }

  double seconds(ggml_cgraph* graph) const {
    const double begin = thread_cpu_seconds();
    ggml_backend_graph_compute(backend_, graph);
    return thread_cpu_seconds() - begin;
  }

  ggml_backend_t backend_;
  Context weight_context_;
  Context context_;
  Buffer weight_buffer_;
  Buffer buffer_;
  std::array<ggml_tensor*, kMatrices> weights_{};
  ggml_tensor* part_ = nullptr;
  ggml_tensor* many_ = nullptr;
  ggml_tensor* one_ = nullptr;
  ggml_cgraph* many_graph_ = nullptr;
  ggml_cgraph* one_graph_ = nullptr;
};

}  // namespace

bool runs_two_weight_types() {
#ifdef VAT_WHISPER_PATCHED
  return true;
#else
  return false;
#endif
}

std::vector<WeightSpeed> measure_weight_types() {
  prepare_ggml();
  ggml_backend_dev_t cpu = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
  const Backend backend(cpu == nullptr ? nullptr : ggml_backend_dev_init(cpu, nullptr));
  if (!backend) return {};
  const auto set_threads = reinterpret_cast<ggml_backend_set_n_threads_t>(
      ggml_backend_reg_get_proc_address(ggml_backend_dev_backend_reg(cpu), "ggml_backend_set_n_threads"));
  if (set_threads != nullptr) set_threads(backend.get(), 1);

  std::map<modelfile::WeightType, double> window;
  std::map<modelfile::WeightType, double> tokens;
  const auto keep_minimum = [](auto& minimum, modelfile::WeightType type, double seconds) {
    const auto [found, is_first] = minimum.try_emplace(type, seconds);
    if (!is_first) found->second = std::min(found->second, seconds);
  };
  for (int turn = 0; turn < kTurns; ++turn) {
    for (const auto type :
         {modelfile::WeightType::kF16, modelfile::WeightType::kBf16, modelfile::WeightType::kQ8_0}) {
      const Product product(cpu, backend.get(), to_ggml(type));
      if (!product.ready()) return {};
      for (int round = 0; round < kRounds; ++round) {
        keep_minimum(window, type, product.seconds_for_many());
        keep_minimum(tokens, type, kTokensPerWindow * product.seconds_for_one());
      }
    }
  }
  std::vector<WeightSpeed> speeds;
  for (const modelfile::WeightTypes& types : modelfile::kConvertibleTo) {
    if (types.encoder == types.decoder || runs_two_weight_types())
      speeds.push_back({types, window[types.encoder] + tokens[types.decoder]});
  }
  return speeds;
}

modelfile::WeightTypes clearly_fastest(std::span<const WeightSpeed> speeds) {
  constexpr double kWorthIt = 0.9;
  if (speeds.empty()) return modelfile::WeightType::kF16;
  WeightSpeed best = speeds.front();
  for (const WeightSpeed& speed : speeds) {
    if (speed.seconds <= kWorthIt * best.seconds) best = speed;
  }
  return best.types;
}

std::string weight_speed_key() {
  prepare_ggml();
  std::string key = whisper_version_text() + "\n" + cpu_kernels();
#ifdef VAT_WHISPER_PATCHED
  key += std::string("\n") + VAT_WHISPER_PATCHED;
#endif
  for (const modelfile::WeightTypes& types : modelfile::kConvertibleTo)
    key += "\n" + modelfile::weight_types_name(types);
  for (const ComputeDevice& device : compute_devices()) key += "\n" + device.description;
  return key;
}

}  // namespace vat::asr
