// Silero's network in whisper.cpp's format, for tests.
#pragma once

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include "modelfile/number_formats.h"

namespace vat::asr {

/// Writes the file's fields and tensors.
class SileroModelWriter {
 public:
  explicit SileroModelWriter(float scale) : scale_(scale) {}

  void put(std::initializer_list<std::int32_t> values) {
    for (const std::int32_t value : values) append(value);
  }
  void put(std::string_view text) { bytes_ += text; }
  void put_tensor(std::string_view name, std::int32_t type, std::initializer_list<std::int32_t> extents,
                  std::int32_t inputs) {
    put({static_cast<std::int32_t>(extents.size()), static_cast<std::int32_t>(name.size()), type});
    put(extents);
    put(name);
    std::size_t count = 1;
    for (const std::int32_t extent : extents) count *= static_cast<std::size_t>(extent);
    for (; count > 0; --count) {
      const float weight = normal_(random_) * scale_ / std::sqrt(static_cast<float>(inputs));
      if (type == 1)
        append(modelfile::to_half(weight));
      else
        append(weight);
    }
  }
  [[nodiscard]] std::string bytes() && { return std::move(bytes_); }

 private:
  template <class T>
  void append(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }

  float scale_;
  std::string bytes_;
  std::mt19937 random_{5};
  std::normal_distribution<float> normal_;
};

/// The network with weights at random, such that what a layer gives is about `scale` times as large as what
/// it is given. With a scale of 0, each frame's probability is sigmoid(0).
inline std::string silero_model(float scale) {
  SileroModelWriter model(scale);
  model.put({0x67676d6c, 10});
  model.put("silero-16k");
  model.put({6, 2, 0, 512, 64, 4, 129, 128, 3, 128, 64, 3, 64, 64, 3, 64, 128, 3, 128, 128, 128, 1});
  model.put_tensor("_model.encoder.0.reparam_conv.weight", 1, {3, 129, 128}, 3 * 129);
  model.put_tensor("_model.encoder.0.reparam_conv.bias", 0, {128}, 16);
  model.put_tensor("_model.encoder.1.reparam_conv.weight", 1, {3, 128, 64}, 3 * 128);
  model.put_tensor("_model.encoder.1.reparam_conv.bias", 0, {64}, 16);
  model.put_tensor("_model.encoder.2.reparam_conv.weight", 1, {3, 64, 64}, 3 * 64);
  model.put_tensor("_model.encoder.2.reparam_conv.bias", 0, {64}, 16);
  model.put_tensor("_model.encoder.3.reparam_conv.weight", 1, {3, 64, 128}, 3 * 64);
  model.put_tensor("_model.encoder.3.reparam_conv.bias", 0, {128}, 16);
  model.put_tensor("_model.decoder.rnn.weight_ih", 0, {128, 512}, 128);
  model.put_tensor("_model.decoder.rnn.weight_hh", 0, {128, 512}, 128);
  model.put_tensor("_model.decoder.rnn.bias_ih", 0, {512}, 4);
  model.put_tensor("_model.decoder.rnn.bias_hh", 0, {512}, 4);
  model.put_tensor("_model.decoder.decoder.2.weight", 1, {128}, 1);
  model.put_tensor("_model.decoder.decoder.2.bias", 0, {}, 4);
  model.put_tensor("_model.stft.forward_basis_buffer", 1, {256, 1, 258}, 16);
  return std::move(model).bytes();
}

}  // namespace vat::asr
