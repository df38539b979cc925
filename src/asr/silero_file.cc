#include "asr/silero_file.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>

#include "modelfile/number_formats.h"

namespace vat::asr {
namespace {

static_assert(std::endian::native == std::endian::little, "The format is little-endian.");

constexpr std::int32_t kMagic = 0x67676d6c;  // "ggml"
constexpr std::int32_t kF32 = 0;
constexpr std::int32_t kF16 = 1;

/// Between the version and the weights: window, context, layers, each layer's channels in and out and kernel,
/// sizes of the LSTM and of the last convolution.
constexpr std::array<std::int32_t, 19> kShape = {512, 64, 4,  129, 128, 3,   128, 64,  3, 64,
                                                 64,  3,  64, 128, 3,   128, 128, 128, 1};

struct Weights {
  std::string_view name;
  std::int32_t type;
  std::array<std::int32_t, 3> extents;  // fastest first; a missing dimension is 1
};
constexpr std::array<Weights, 15> kWeights = {{
    {"_model.stft.forward_basis_buffer", kF16, {256, 1, 258}},
    {"_model.encoder.0.reparam_conv.weight", kF16, {3, 129, 128}},
    {"_model.encoder.0.reparam_conv.bias", kF32, {128, 1, 1}},
    {"_model.encoder.1.reparam_conv.weight", kF16, {3, 128, 64}},
    {"_model.encoder.1.reparam_conv.bias", kF32, {64, 1, 1}},
    {"_model.encoder.2.reparam_conv.weight", kF16, {3, 64, 64}},
    {"_model.encoder.2.reparam_conv.bias", kF32, {64, 1, 1}},
    {"_model.encoder.3.reparam_conv.weight", kF16, {3, 64, 128}},
    {"_model.encoder.3.reparam_conv.bias", kF32, {128, 1, 1}},
    {"_model.decoder.rnn.weight_ih", kF32, {128, 512, 1}},
    {"_model.decoder.rnn.weight_hh", kF32, {128, 512, 1}},
    {"_model.decoder.rnn.bias_ih", kF32, {512, 1, 1}},
    {"_model.decoder.rnn.bias_hh", kF32, {512, 1, 1}},
    {"_model.decoder.decoder.2.weight", kF16, {128, 1, 1}},
    {"_model.decoder.decoder.2.bias", kF32, {1, 1, 1}},
}};

/// Where each of kWeights belongs.
std::array<std::vector<float>*, kWeights.size()> places(SileroWeights& weights) {
  std::array<SileroLayer, 4>& encoder = weights.encoder;
  return {&weights.stft,
          &encoder[0].weights,
          &encoder[0].bias,
          &encoder[1].weights,
          &encoder[1].bias,
          &encoder[2].weights,
          &encoder[2].bias,
          &encoder[3].weights,
          &encoder[3].bias,
          &weights.lstm_input.weights,
          &weights.lstm_hidden.weights,
          &weights.lstm_input.bias,
          &weights.lstm_hidden.bias,
          &weights.output.weights,
          &weights.output.bias};
}

std::size_t stored_bytes(const Weights& weights) {
  std::size_t bytes = weights.type == kF16 ? 2 : 4;
  for (const std::int32_t extent : weights.extents) bytes *= static_cast<std::size_t>(extent);
  return bytes;
}

/// Reads fields from the front of the file; after the first missing one, every field is empty.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : rest_(bytes) {}

  std::int32_t integer() {
    std::int32_t value = 0;
    const std::string_view bytes = text(sizeof value);
    if (bytes.size() == sizeof value) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
  std::string_view text(std::int64_t length) {
    if (length < 0 || static_cast<std::uint64_t>(length) > rest_.size()) {
      complete_ = false;
      rest_ = {};
    }
    const std::string_view result = rest_.substr(0, complete_ ? static_cast<std::size_t>(length) : 0);
    rest_.remove_prefix(result.size());
    return result;
  }
  [[nodiscard]] bool complete() const { return complete_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool complete_ = true;
};

tl::unexpected<Error> differs(std::string detail) {
  return fail(ErrorCode::kBadData,
              "This is not a complete Silero model for whisper.cpp; download it again, or remove it to use "
              "WebRTC's speech detection.",
              std::move(detail));
}

Result<> check_header(Fields& fields) {
  if (fields.integer() != kMagic) return differs("magic number");
  if (fields.text(fields.integer()) != "silero-16k") return differs("type");
  for (int i = 0; i < 3; ++i) (void)fields.integer();  // version
  for (std::size_t i = 0; i < kShape.size(); ++i)
    if (fields.integer() != kShape[i]) return differs("hyperparameter " + std::to_string(i));
  return {};
}

struct Tensor {
  std::size_t index;  ///< In kWeights.
  std::string_view bytes;
};

Result<Tensor> next_tensor(Fields& fields) {
  const std::int32_t dimensions = fields.integer();
  const std::int32_t name_length = fields.integer();
  const std::int32_t type = fields.integer();
  if (dimensions < 0 || dimensions > 3) return differs("dimensions of a tensor");
  std::array<std::int32_t, 3> extents = {1, 1, 1};
  for (std::int32_t i = 0; i < dimensions; ++i) extents[static_cast<std::size_t>(i)] = fields.integer();
  const std::string_view name = fields.text(name_length);
  for (std::size_t i = 0; i < kWeights.size(); ++i) {
    if (name != kWeights[i].name) continue;
    if (type != kWeights[i].type || extents != kWeights[i].extents)
      return differs("shape of " + std::string(name));
    const std::string_view bytes = fields.text(static_cast<std::int64_t>(stored_bytes(kWeights[i])));
    if (!fields.complete()) return differs("end of file in " + std::string(name));
    return Tensor{i, bytes};
  }
  return differs("name of a tensor");
}

}  // namespace

Result<SileroWeights> read_silero_file(std::string_view bytes) {
  Fields fields(bytes);
  VAT_TRY(check_header(fields));
  SileroWeights weights;
  const auto slots = places(weights);
  for (std::size_t count = 0; count < kWeights.size(); ++count) {
    VAT_ASSIGN(const Tensor tensor, next_tensor(fields));
    std::vector<float>& slot = *slots[tensor.index];
    if (!slot.empty()) return differs("a tensor twice");
    const bool half = kWeights[tensor.index].type == kF16;
    modelfile::decode_weights(tensor.bytes, half ? modelfile::WeightType::kF16 : modelfile::WeightType::kF32,
                              slot);
  }
  if (!fields.at_end()) return differs("bytes after the last tensor");
  return weights;
}

}  // namespace vat::asr
