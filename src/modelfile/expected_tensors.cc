#include "modelfile/expected_tensors.h"

namespace vat::modelfile {
namespace {

class Collector {
 public:
  void add(const std::string& name, std::int32_t x, std::int32_t y, std::int32_t z, TensorRole role) {
    tensors.emplace(name, ExpectedTensor{{x, y, z}, role});
  }
  void matrix(const std::string& name, std::int32_t columns, std::int32_t rows, TensorRole role) {
    add(name, columns, rows, 1, role);
  }
  void small(const std::string& name, std::int32_t x, std::int32_t y = 1) {
    add(name, x, y, 1, TensorRole::kSmall);
  }
  void norm(const std::string& name, std::int32_t state) {
    small(name + ".weight", state);
    small(name + ".bias", state);
  }
  /// `role` of the expected tensor, `source` of where it is.
  void attention(const std::string& name, std::int32_t state, TensorRole role, TensorRole source) {
    for (const char* part : {".query", ".out"}) matrix(name + part + ".weight", state, state, role);
    for (const char* part : {".key", ".value"}) matrix(name + part + ".weight", state, state, source);
    for (const char* part : {".query", ".value", ".out"}) small(name + part + ".bias", state);
  }
  void block(const std::string& name, std::int32_t state, TensorRole role) {
    norm(name + ".mlp_ln", state);
    matrix(name + ".mlp.0.weight", state, 4 * state, role);
    small(name + ".mlp.0.bias", 4 * state);
    matrix(name + ".mlp.2.weight", 4 * state, state, role);
    small(name + ".mlp.2.bias", state);
    norm(name + ".attn_ln", state);
    attention(name + ".attn", state, role, role);
  }
  void convolution(const std::string& name, std::int32_t inputs, std::int32_t outputs) {
    constexpr std::int32_t kWidth = 3;
    add(name + ".weight", kWidth, inputs, outputs, TensorRole::kConvolution);
  }

  ExpectedTensors tensors;
};

}  // namespace

ExpectedTensors whisper_tensors(const HyperParameters& p) {
  Collector c;
  c.small("encoder.positional_embedding", p.audio_state, p.audio_context);
  c.convolution("encoder.conv1", p.mels, p.audio_state);
  c.small("encoder.conv1.bias", 1, p.audio_state);
  c.convolution("encoder.conv2", p.audio_state, p.audio_state);
  c.small("encoder.conv2.bias", 1, p.audio_state);
  c.norm("encoder.ln_post", p.audio_state);
  for (std::int32_t layer = 0; layer < p.audio_layers; ++layer)
    c.block("encoder.blocks." + std::to_string(layer), p.audio_state, TensorRole::kEncoderMatrix);
  c.small("decoder.positional_embedding", p.text_state, p.text_context);
  c.matrix("decoder.token_embedding.weight", p.text_state, p.vocabulary, TensorRole::kDecoderMatrix);
  c.norm("decoder.ln", p.text_state);
  for (std::int32_t layer = 0; layer < p.text_layers; ++layer) {
    const std::string name = "decoder.blocks." + std::to_string(layer);
    c.block(name, p.text_state, TensorRole::kDecoderMatrix);
    c.norm(name + ".cross_attn_ln", p.text_state);
    c.attention(name + ".cross_attn", p.text_state, TensorRole::kDecoderMatrix, TensorRole::kEncoderMatrix);
  }
  return std::move(c.tensors);
}

ExpectedTensors silero_tensors() {
  constexpr std::array<std::array<std::int32_t, 2>, 4> kChannels{
      {{129, 128}, {128, 64}, {64, 64}, {64, 128}}};
  Collector c;
  c.add("_model.stft.forward_basis_buffer", 256, 1, 258, TensorRole::kConvolution);
  for (std::size_t layer = 0; layer < kChannels.size(); ++layer) {
    const std::string name = "_model.encoder." + std::to_string(layer) + ".reparam_conv";
    c.convolution(name, kChannels[layer][0], kChannels[layer][1]);
    c.small(name + ".bias", kChannels[layer][1]);
  }
  c.small("_model.decoder.rnn.weight_ih", 128, 512);
  c.small("_model.decoder.rnn.weight_hh", 128, 512);
  c.small("_model.decoder.rnn.bias_ih", 512);
  c.small("_model.decoder.rnn.bias_hh", 512);
  c.add("_model.decoder.decoder.2.weight", 128, 1, 1, TensorRole::kConvolution);
  c.small("_model.decoder.decoder.2.bias", 1);
  return std::move(c.tensors);
}

}  // namespace vat::modelfile
