// What Whisper's tensors are called in each format. Internal.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vat::modelfile {

enum class ForeignFormat {
  kCTranslate2,  ///< python/ctranslate2/specs/whisper_spec.py; fuses the projections that have one input.
  kHuggingFace,  ///< transformers' modeling_whisper.py, without the "model." before each name.
};

struct TensorName {
  std::string name;        ///< whisper.cpp's.
  std::string foreign;     ///< Of the tensor that holds it.
  std::uint32_t part = 0;  ///< Which of the equal parts of that tensor, along its slowest dimension.
  std::uint32_t parts = 1;
};

/// Every tensor of a model with so many layers, in the order of the published models' files: that of OpenAI's
/// first checkpoints. Biases of keys are not among them, because they change no result: they add the same
/// number to all of a query's scores.
[[nodiscard]] std::vector<TensorName> whisper_tensor_names(ForeignFormat format, std::int32_t audio_layers,
                                                           std::int32_t text_layers);

/// The name of a tensor that only a model with more than `layer` layers has.
[[nodiscard]] std::string layer_witness(ForeignFormat format, bool decoder, std::int32_t layer);

}  // namespace vat::modelfile
