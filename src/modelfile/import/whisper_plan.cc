#include "modelfile/import/whisper_plan.h"

#include <limits>
#include <string_view>
#include <utility>

#include "modelfile/mel_filters.h"

namespace vat::modelfile {
namespace {

constexpr std::int32_t kHeadChannels = 64;  // in every size of Whisper

class Dimensions {
 public:
  Dimensions(const SourceTensors& tensors, ForeignFormat format, const std::string& model)
      : tensors_(tensors), format_(format), model_(model) {}

  Result<HyperParameters> read(const StatedHeads& heads);

 private:
  /// The extents of the first two dimensions of whisper.cpp's tensor `name`, slowest first.
  [[nodiscard]] Result<> read_extents(std::string_view name, std::int32_t& first, std::int32_t& second);
  [[nodiscard]] std::int32_t count_layers(bool decoder) const;

  const SourceTensors& tensors_;
  const ForeignFormat format_;
  const std::string& model_;
};

Result<HyperParameters> Dimensions::read(const StatedHeads& heads) {
  HyperParameters p;
  VAT_TRY(read_extents("decoder.token_embedding.weight", p.vocabulary, p.text_state));
  VAT_TRY(read_extents("decoder.positional_embedding", p.text_context, p.text_state));
  VAT_TRY(read_extents("encoder.positional_embedding", p.audio_context, p.audio_state));
  VAT_TRY(read_extents("encoder.conv1.weight", p.audio_state, p.mels));
  p.audio_layers = count_layers(false);
  p.text_layers = count_layers(true);
  p.audio_heads = heads.encoder.value_or(p.audio_state / kHeadChannels);
  p.text_heads = heads.decoder.value_or(p.text_state / kHeadChannels);
  p.file_type = file_type_field(WeightType::kF16);
  return p;
}

Result<> Dimensions::read_extents(std::string_view name, std::int32_t& first, std::int32_t& second) {
  std::string foreign;
  for (const TensorName& candidate : whisper_tensor_names(format_, 0, 0))
    if (candidate.name == name) foreign = candidate.foreign;
  const auto found = tensors_.find(foreign);
  if (found == tensors_.end())
    return fail(ErrorCode::kBadData, model_ + " is not a Whisper model: it has no tensor " + foreign + ".");
  constexpr std::uint64_t kMaxExtent = std::numeric_limits<std::int32_t>::max();
  const auto& shape = found->second.shape;
  if (shape.size() < 2 || shape[0] > kMaxExtent || shape[1] > kMaxExtent)
    return fail(ErrorCode::kBadData, model_ + " is not a Whisper model: its tensor " + foreign +
                                         " has another shape than Whisper's.");
  first = static_cast<std::int32_t>(shape[0]);
  second = static_cast<std::int32_t>(shape[1]);
  return {};
}

std::int32_t Dimensions::count_layers(bool decoder) const {
  std::int32_t layers = 0;
  while (tensors_.contains(layer_witness(format_, decoder, layers))) ++layers;
  return layers;
}

class Front {
 public:
  template <class T>
  void put(const T& value) {
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  std::string bytes;
};

std::string whisper_front(const HyperParameters& parameters, std::span<const std::string> texts) {
  Front front;
  front.put(kMagic);
  front.put(parameters);
  front.put(parameters.mels);
  front.put(std::int32_t{kFourierBins});
  for (const float weight : mel_filters(parameters.mels)) front.put(weight);
  front.put(static_cast<std::int32_t>(texts.size()));
  for (const std::string& text : texts) {
    front.put(static_cast<std::uint32_t>(text.size()));
    front.bytes += text;
  }
  return std::move(front.bytes);
}

}  // namespace

Result<HyperParameters> find_dimensions(const SourceTensors& tensors, ForeignFormat format,
                                        const StatedHeads& heads, const std::string& model,
                                        const LayoutLimits& limits) {
  VAT_ASSIGN(const HyperParameters parameters, Dimensions(tensors, format, model).read(heads));
  VAT_TRY(check_dimensions(parameters, limits, model));
  return parameters;
}

Result<ModelPlan> plan_whisper(const HyperParameters& parameters, const SourceTensors& tensors,
                               ForeignFormat format, std::span<const std::string> texts,
                               const std::string& model) {
  ModelPlan plan;
  plan.front = whisper_front(parameters, texts);
  const ExpectedTensors expected = whisper_tensors(parameters);
  for (const TensorName& name :
       whisper_tensor_names(format, parameters.audio_layers, parameters.text_layers)) {
    VAT_ASSIGN(PlannedTensor tensor, plan_tensor(name.name, expected.find(name.name)->second, tensors,
                                                 name.foreign, name.part, name.parts, model));
    plan.tensors.push_back(std::move(tensor));
  }
  return plan;
}

}  // namespace vat::modelfile
