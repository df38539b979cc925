#include "modelfile/header.h"

#include "modelfile/model_layout.h"

namespace vat::modelfile {
namespace {

constexpr int kMinMultilingualTokens = 51'865;

std::string type_name(int audio_layers) {
  switch (audio_layers) {
    case 4:
      return "tiny";
    case 6:
      return "base";
    case 12:
      return "small";
    case 24:
      return "medium";
    case 32:
      return "large";
    default:
      return "custom";
  }
}

void describe_whisper(const ModelLayout& layout, ModelHeader& header) {
  const HyperParameters& parameters = layout.parameters;
  header.kind = ModelKind::kWhisper;
  header.type = type_name(parameters.audio_layers);
  header.weights = matrix_types_name(layout.matrices);
  header.multilingual = parameters.vocabulary >= kMinMultilingualTokens;
  header.runs = layout.matrices.encoder->id != kTensorF32;
  header.mels = parameters.mels;
  header.vocabulary = parameters.vocabulary;
  header.audio_layers = parameters.audio_layers;
  header.text_layers = parameters.text_layers;
  header.state = parameters.audio_state;
}

}  // namespace

Result<ModelHeader> read_header(const std::filesystem::path& path) {
  VAT_ASSIGN(FileSource source, FileSource::open(path));
  VAT_ASSIGN(const ModelLayout layout, read_layout(source, path.string()));
  ModelHeader header;
  header.kind = layout.kind;
  header.bytes = source.size();
  header.tensors = static_cast<int>(layout.tensors.size());
  if (layout.kind == ModelKind::kWhisper) {
    describe_whisper(layout, header);
  } else {
    header.type = std::to_string(layout.version[0]) + "." + std::to_string(layout.version[1]) + "." +
                  std::to_string(layout.version[2]);
    header.weights = tensor_type(kTensorF16)->name;
  }
  return header;
}

}  // namespace vat::modelfile
