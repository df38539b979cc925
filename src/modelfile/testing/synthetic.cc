#include "modelfile/testing/synthetic.h"

#include "modelfile/testing/synthetic_chain.h"
#include "modelfile/testing/synthetic_model.h"
#include "modelfile/testing/synthetic_vocabulary.h"

namespace vat::modelfile {
namespace {

struct Shape {
  std::int32_t state;
  std::int32_t heads;
  std::int32_t audio_layers;
  std::int32_t text_layers;
};

Shape shape_of(SyntheticShape shape) {
  switch (shape) {
    case SyntheticShape::kMicro:
    case SyntheticShape::kMicroV3:
      break;
    case SyntheticShape::kTiny:
      return {384, 6, 4, 4};
    case SyntheticShape::kBase:
      return {512, 8, 6, 6};
    case SyntheticShape::kSmall:
      return {768, 12, 12, 12};
    case SyntheticShape::kMedium:
      return {1024, 16, 24, 24};
    case SyntheticShape::kLargeV2:
    case SyntheticShape::kLargeV3:
      return {1280, 20, 32, 32};
    case SyntheticShape::kLargeV3Turbo:
      return {1280, 20, 32, 4};
  }
  return {64, 1, 3, 3};  // whisper.cpp takes two layers for a distilled model, which has no timestamps
}

HyperParameters parameters_of(const SyntheticSpec& spec) {
  const Shape shape = shape_of(spec.shape);
  HyperParameters p;
  p.vocabulary = vocabulary_size(spec);
  p.audio_context = 1500;
  p.text_context = 448;
  p.mels = is_version3(spec.shape) ? 128 : 80;
  p.audio_state = p.text_state = shape.state;
  p.audio_heads = p.text_heads = shape.heads;
  p.audio_layers = shape.audio_layers;
  p.text_layers = shape.text_layers;
  p.file_type = file_type_field(spec.weights);
  return p;
}

Result<> validate(const SyntheticSpec& spec) {
  // whisper.cpp decodes at most half of the text context.
  if (spec.tokens_per_window < 1 || spec.tokens_per_window > 200)
    return fail(ErrorCode::kInvalidArgument, "A synthetic model must say 1 to 200 words per window.");
  if (!(spec.advance_seconds >= 0.02 && spec.advance_seconds <= 30.0))
    return fail(ErrorCode::kInvalidArgument, "A synthetic model must advance by 0.02 to 30 seconds.");
  if (spec.english_only && is_version3(spec.shape))
    return fail(ErrorCode::kInvalidArgument, "Whisper's version 3 has no English-only models.");
  return {};
}

}  // namespace

Result<> write_synthetic(const std::filesystem::path& path, const SyntheticSpec& spec) {
  VAT_TRY(validate(spec));
  const HyperParameters parameters = parameters_of(spec);
  return write_synthetic_model(path, parameters, SpecialTokens(parameters.vocabulary).end_of_text, spec);
}

std::vector<std::string> synthetic_words(const SyntheticSpec& spec) {
  if (!validate(spec)) return {};
  const auto vocabulary =
      synthetic_vocabulary(static_cast<std::size_t>(SpecialTokens(vocabulary_size(spec)).end_of_text));
  std::vector<std::string> words;
  for (const WordChoices& choices : chain_words(spec))
    words.push_back(vocabulary[static_cast<std::size_t>(choices.front())].substr(1));
  return words;
}

std::string synthetic_text(const SyntheticSpec& spec) {
  std::string text;
  for (const std::string& word : synthetic_words(spec)) text += " " + word;
  return text;
}

}  // namespace vat::modelfile
