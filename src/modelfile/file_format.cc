#include "modelfile/file_format.h"

#include <algorithm>
#include <array>

namespace vat::modelfile {
namespace {

// ggml.h (enum ggml_type, enum ggml_ftype) and ggml-common.h (the block structures).
constexpr std::array kTypes{
    TensorType{0, 0, "f32", 1, 4},        TensorType{1, 1, "f16", 1, 2},
    TensorType{2, 2, "q4_0", 32, 18},     TensorType{3, 3, "q4_1", 32, 20},
    TensorType{6, 8, "q5_0", 32, 22},     TensorType{7, 9, "q5_1", 32, 24},
    TensorType{8, 7, "q8_0", 32, 34},     TensorType{10, 10, "q2_k", 256, 84},
    TensorType{11, 11, "q3_k", 256, 110}, TensorType{12, 12, "q4_k", 256, 144},
    TensorType{13, 13, "q5_k", 256, 176}, TensorType{14, 14, "q6_k", 256, 210},
    TensorType{30, 24, "bf16", 1, 2},
};

const TensorType* find_type(std::int32_t TensorType::*field, std::int32_t value) {
  const auto* found = std::find_if(kTypes.begin(), kTypes.end(),
                                   [&](const TensorType& type) { return type.*field == value; });
  return found == kTypes.end() ? nullptr : found;
}

}  // namespace

const TensorType* tensor_type(std::int32_t id) { return find_type(&TensorType::id, id); }

const TensorType* matrix_type(std::int32_t file_type_field) {
  if (file_type_field < 0) return nullptr;
  return find_type(&TensorType::file_type, file_type_field % kQuantizationVersionFactor);
}

std::string matrix_types_name(const MatrixTypes& types) {
  const std::string encoder(types.encoder->name);
  return types.encoder == types.decoder ? encoder : encoder + "+" + std::string(types.decoder->name);
}

const TensorType& tensor_type(WeightType type) {
  constexpr std::int32_t kQ8 = 8;
  constexpr std::int32_t kBf16 = 30;
  switch (type) {
    case WeightType::kF32:
      return *tensor_type(kTensorF32);
    case WeightType::kF16:
      break;
    case WeightType::kBf16:
      return *tensor_type(kBf16);
    case WeightType::kQ8_0:
      return *tensor_type(kQ8);
  }
  return *tensor_type(kTensorF16);
}

std::int32_t file_type_field(const WeightTypes& types) {
  const bool quantised = types.decoder == WeightType::kQ8_0;
  const std::int32_t version = quantised ? kQuantizationVersion * kQuantizationVersionFactor : 0;
  return version + tensor_type(types.encoder).file_type;
}

}  // namespace vat::modelfile
