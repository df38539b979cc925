// The number formats of a model's large weight matrices that this program writes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vat::modelfile {

enum class WeightType : std::uint8_t {
  kF32,   ///< IEEE 754 binary32. whisper.cpp loads it, and aborts the process in its first convolution.
  kF16,   ///< IEEE 754 binary16, as in the published models.
  kBf16,  ///< The upper half of binary32.
  kQ8_0,  ///< Blocks of 32 signed bytes with one binary16 scale (ggml).
};

/// "f32", "f16", "bf16", "q8_0".
[[nodiscard]] std::string_view weight_type_name(WeightType type);

/// The types of a model's matrices; published models have one for all. An encoder's products have the 1500
/// columns of a window and are bound by arithmetic. A decoder's have one column per token and are bound by
/// memory, so smaller types gain more there.
struct WeightTypes {
  WeightType encoder;  ///< Also of the decoder's matrices that compute keys and values of a whole window.
  WeightType decoder;

  // NOLINTNEXTLINE(google-explicit-constructor): one type for all is the ordinary case.
  constexpr WeightTypes(WeightType both) : encoder(both), decoder(both) {}
  constexpr WeightTypes(WeightType of_encoder, WeightType of_decoder)
      : encoder(of_encoder), decoder(of_decoder) {}
  bool operator==(const WeightTypes&) const = default;
};

/// The types that models are converted to, the most precise first. Models with two types say
/// so in their tables of tensors only, which a loader must hand to whisper.cpp (see tensor_types.h).
inline constexpr std::array<WeightTypes, 5> kConvertibleTo{{{WeightType::kF16},
                                                            {WeightType::kBf16},
                                                            {WeightType::kF16, WeightType::kQ8_0},
                                                            {WeightType::kBf16, WeightType::kQ8_0},
                                                            {WeightType::kQ8_0}}};

/// "bf16", or "bf16+q8_0" if the decoder's type differs.
[[nodiscard]] std::string weight_types_name(const WeightTypes& types);
/// A type of kConvertibleTo by name.
[[nodiscard]] std::optional<WeightTypes> parse_weight_types(std::string_view name);

}  // namespace vat::modelfile
