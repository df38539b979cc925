// The fixed parts of whisper.cpp's model files: magic number, hyperparameters, tensor types. All numbers in
// the files are little-endian, and so must this machine be.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "modelfile/weight_type.h"

namespace vat::modelfile {

static_assert(std::endian::native == std::endian::little);

inline constexpr std::uint32_t kMagic = 0x67676d6c;  // "ggml"
/// The field `ftype` of quantised models is the version of ggml's quantisation times this, plus the type.
inline constexpr std::int32_t kQuantizationVersionFactor = 1000;
inline constexpr std::int32_t kQuantizationVersion = 2;

/// In the order of the file, right after the magic number.
struct HyperParameters {
  std::int32_t vocabulary = 0;
  std::int32_t audio_context = 0;
  std::int32_t audio_state = 0;
  std::int32_t audio_heads = 0;
  std::int32_t audio_layers = 0;
  std::int32_t text_context = 0;
  std::int32_t text_state = 0;
  std::int32_t text_heads = 0;
  std::int32_t text_layers = 0;
  std::int32_t mels = 0;
  std::int32_t file_type = 0;
};
static_assert(sizeof(HyperParameters) == 44);

/// The type of Silero's voice activity detector, a text in place of the parameters, and its shape, which
/// stands behind its version: samples in a window and before it, layers with their channels and widths, LSTM,
/// last convolution. The graph that whisper.cpp builds works for these numbers only.
inline constexpr std::string_view kSileroType = "silero-16k";
inline constexpr std::array<std::int32_t, 19> kSileroShape{512, 64, 4,  129, 128, 3,   128, 64,  3, 64,
                                                           64,  3,  64, 128, 3,   128, 128, 128, 1};

/// One of ggml's tensor types (enum ggml_type), and the file type of models whose large weights have it.
struct TensorType {
  std::int32_t id;
  std::int32_t file_type;
  std::string_view name;
  std::uint32_t block_weights;  ///< Weights in the smallest unit of storage.
  std::uint32_t block_bytes;    ///< Bytes of that unit.
};

inline constexpr std::int32_t kTensorF32 = 0;
inline constexpr std::int32_t kTensorF16 = 1;

/// Null for an unknown or unsupported number.
[[nodiscard]] const TensorType* tensor_type(std::int32_t id);
[[nodiscard]] const TensorType& tensor_type(WeightType type);

/// The type that a header's `ftype` stands for: that of the encoder's matrices, and in most models of all.
/// Null for an unknown or unsupported number.
[[nodiscard]] const TensorType* matrix_type(std::int32_t file_type_field);

struct MatrixTypes {
  const TensorType* encoder;  ///< Never null.
  const TensorType* decoder;  ///< Never null.
};
/// "f16", "bf16+q8_0".
[[nodiscard]] std::string matrix_types_name(const MatrixTypes& types);
/// The header's `ftype` for these weights: the encoder's type, with the quantisation version if any matrix is
/// quantised.
[[nodiscard]] std::int32_t file_type_field(const WeightTypes& types);

}  // namespace vat::modelfile
