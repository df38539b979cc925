// Models of a few kilobytes with everything in them, for tests of what is accepted. Not run by whisper.cpp.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "modelfile/model_layout.h"
#include "modelfile/model_writer.h"
#include "modelfile/number_formats.h"
#include "modelfile/testing/synthetic_model.h"

namespace vat::modelfile {

// Dimensions that whisper.cpp would not run, for a file of a few kilobytes with everything in it.
inline HyperParameters small_parameters(WeightType weights) {
  HyperParameters p;
  p.vocabulary = 300;
  p.audio_context = 4;
  p.text_context = 16;
  p.mels = 2;
  p.audio_state = p.text_state = 32;
  p.audio_heads = p.text_heads = 2;
  p.audio_layers = p.text_layers = 1;
  p.file_type = file_type_field(weights);
  return p;
}
inline constexpr std::int32_t kSmallVocabulary = 256;
inline constexpr std::size_t kFileType = 44;  // offset in the file
inline constexpr LayoutLimits kSmallLimits{300, 256, 0};

class SmallModelTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path path() const { return dir_.path() / "x.bin"; }
  void write(std::string_view bytes) const {
    ASSERT_TRUE(write_file_atomically(path(), bytes, Overwrite::kReplace));
  }
  [[nodiscard]] std::string small_model(WeightType weights = WeightType::kF16) const {
    SyntheticSpec spec;
    spec.trained_chain = false;
    spec.weights = weights;
    EXPECT_TRUE(write_synthetic_model(path(), small_parameters(weights), kSmallVocabulary, spec));
    return read_file(path(), 1 << 20).value();
  }
  /// The small model with the decoder's matrices in q8_0.
  [[nodiscard]] std::string mixed_model() const {
    const std::string half = small_model();
    const ModelLayout from = layout(half).value();
    constexpr WeightTypes kTypes{WeightType::kF16, WeightType::kQ8_0};
    ModelWriter writer = ModelWriter::create(path()).value();
    writer.put_bytes(
        with(half.substr(0, static_cast<std::size_t>(from.table_begin)), kFileType, file_type_field(kTypes)));
    for (const TensorEntry& tensor : from.tensors) {
      const bool decoder = tensor.role == TensorRole::kDecoderMatrix;
      writer.begin_tensor(tensor.name, tensor.extents,
                          decoder ? tensor_type(WeightType::kQ8_0).id : tensor.type->id);
      const std::string bytes = half.substr(static_cast<std::size_t>(tensor.data_begin),
                                            static_cast<std::size_t>(tensor.data_bytes));
      std::vector<float> values;
      if (decoder) {
        decode_weights(bytes, WeightType::kF16, values);
        writer.put_weights(values, WeightType::kQ8_0);
      } else {
        writer.put_bytes(bytes);
      }
    }
    EXPECT_TRUE(writer.commit());
    return read_file(path(), 1 << 20).value();
  }
  static Result<ModelLayout> layout(const std::string& bytes) {
    MemorySource source(bytes);
    return read_layout(source, "x.bin", kSmallLimits);
  }
  static std::string refusal(const std::string& bytes) {
    const auto result = layout(bytes);
    if (result) return "accepted";
    EXPECT_EQ(result.error().code, ErrorCode::kBadData);
    return result.error().message;
  }
  template <class T>
  static std::string with(std::string bytes, std::size_t offset, T value) {
    std::memcpy(bytes.data() + offset, &value, sizeof value);
    return bytes;
  }
  TemporaryDirectory dir_ = TemporaryDirectory::create().value();
};

}  // namespace vat::modelfile
