#include "modelfile/weight_type.h"

namespace vat::modelfile {

std::string_view weight_type_name(WeightType type) {
  switch (type) {
    case WeightType::kF32:
      return "f32";
    case WeightType::kF16:
      return "f16";
    case WeightType::kBf16:
      return "bf16";
    case WeightType::kQ8_0:
      return "q8_0";
  }
  return "";
}

std::string weight_types_name(const WeightTypes& types) {
  const std::string encoder(weight_type_name(types.encoder));
  if (types.encoder == types.decoder) return encoder;
  return encoder + "+" + std::string(weight_type_name(types.decoder));
}

std::optional<WeightTypes> parse_weight_types(std::string_view name) {
  for (const WeightTypes& types : kConvertibleTo) {
    if (weight_types_name(types) == name) return types;
  }
  return std::nullopt;
}

}  // namespace vat::modelfile
