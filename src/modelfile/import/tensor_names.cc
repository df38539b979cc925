#include "modelfile/import/tensor_names.h"

#include <array>
#include <string_view>

namespace vat::modelfile {
namespace {

enum class Parameters { kNorm, kWeightAndBias, kWeight };

/// A module of one layer, in whisper.cpp's, Hugging Face's and CTranslate2's words.
struct Module {
  std::string_view name;
  std::string_view hugging_face;
  std::string_view ctranslate2;
  Parameters parameters;
  std::uint32_t part = 0;  // of CTranslate2's
  std::uint32_t parts = 1;
};

constexpr std::array kOfEachLayer{
    Module{"mlp_ln", "final_layer_norm", "ffn/layer_norm", Parameters::kNorm},
    Module{"mlp.0", "fc1", "ffn/linear_0", Parameters::kWeightAndBias},
    Module{"mlp.2", "fc2", "ffn/linear_1", Parameters::kWeightAndBias},
    Module{"attn_ln", "self_attn_layer_norm", "self_attention/layer_norm", Parameters::kNorm},
    Module{"attn.query", "self_attn.q_proj", "self_attention/linear_0", Parameters::kWeightAndBias, 0, 3},
    Module{"attn.key", "self_attn.k_proj", "self_attention/linear_0", Parameters::kWeight, 1, 3},
    Module{"attn.value", "self_attn.v_proj", "self_attention/linear_0", Parameters::kWeightAndBias, 2, 3},
    Module{"attn.out", "self_attn.out_proj", "self_attention/linear_1", Parameters::kWeightAndBias},
};
constexpr std::array kOfDecoderLayers{
    Module{"cross_attn_ln", "encoder_attn_layer_norm", "attention/layer_norm", Parameters::kNorm},
    Module{"cross_attn.query", "encoder_attn.q_proj", "attention/linear_0", Parameters::kWeightAndBias},
    Module{"cross_attn.key", "encoder_attn.k_proj", "attention/linear_1", Parameters::kWeight, 0, 2},
    Module{"cross_attn.value", "encoder_attn.v_proj", "attention/linear_1", Parameters::kWeightAndBias, 1, 2},
    Module{"cross_attn.out", "encoder_attn.out_proj", "attention/linear_2", Parameters::kWeightAndBias},
};

class NameList {
 public:
  explicit NameList(ForeignFormat format) : fused_(format == ForeignFormat::kCTranslate2) {}

  void one(std::string_view name, std::string_view hugging_face, std::string_view ctranslate2) {
    names.push_back({std::string(name), std::string(fused_ ? ctranslate2 : hugging_face)});
  }
  void module(const Module& module, std::string_view name_prefix, std::string_view foreign_prefix) {
    add(module, name_prefix, foreign_prefix, "weight");
    if (module.parameters != Parameters::kWeight) add(module, name_prefix, foreign_prefix, "bias");
  }
  void layers(std::string_view side, std::int32_t count, bool decoder) {
    for (std::int32_t layer = 0; layer < count; ++layer) {
      const std::string number = std::to_string(layer);
      const std::string name = std::string(side) + ".blocks." + number + ".";
      const std::string foreign =
          std::string(side) + (fused_ ? "/layer_" + number + "/" : ".layers." + number + ".");
      for (const Module& of_layer : kOfEachLayer) module(of_layer, name, foreign);
      if (!decoder) continue;
      for (const Module& of_layer : kOfDecoderLayers) module(of_layer, name, foreign);
    }
  }

  std::vector<TensorName> names;

 private:
  void add(const Module& module, std::string_view name_prefix, std::string_view foreign_prefix,
           std::string_view kind) {
    std::string_view foreign_kind = kind;
    if (fused_ && module.parameters == Parameters::kNorm) foreign_kind = kind == "weight" ? "gamma" : "beta";
    TensorName name;
    name.name = std::string(name_prefix) + std::string(module.name) + "." + std::string(kind);
    name.foreign = std::string(foreign_prefix) +
                   std::string(fused_ ? module.ctranslate2 : module.hugging_face) + (fused_ ? "/" : ".") +
                   std::string(foreign_kind);
    if (fused_) name.part = module.part;
    if (fused_) name.parts = module.parts;
    names.push_back(std::move(name));
  }

  const bool fused_;
};

}  // namespace

std::vector<TensorName> whisper_tensor_names(ForeignFormat format, std::int32_t audio_layers,
                                             std::int32_t text_layers) {
  NameList list(format);
  list.one("decoder.positional_embedding", "decoder.embed_positions.weight",
           "decoder/position_encodings/encodings");
  list.one("encoder.positional_embedding", "encoder.embed_positions.weight",
           "encoder/position_encodings/encodings");
  list.one("decoder.token_embedding.weight", "decoder.embed_tokens.weight", "decoder/embeddings/weight");
  list.layers("decoder", text_layers, true);
  list.module({"decoder.ln", "decoder.layer_norm", "decoder/layer_norm", Parameters::kNorm}, "", "");
  list.module({"encoder.conv1", "encoder.conv1", "encoder/conv1", Parameters::kWeightAndBias}, "", "");
  list.module({"encoder.conv2", "encoder.conv2", "encoder/conv2", Parameters::kWeightAndBias}, "", "");
  list.layers("encoder", audio_layers, false);
  list.module({"encoder.ln_post", "encoder.layer_norm", "encoder/layer_norm", Parameters::kNorm}, "", "");
  return std::move(list.names);
}

std::string layer_witness(ForeignFormat format, bool decoder, std::int32_t layer) {
  const std::string side = decoder ? "decoder" : "encoder";
  return format == ForeignFormat::kCTranslate2
             ? side + "/layer_" + std::to_string(layer) + "/ffn/linear_0/weight"
             : side + ".layers." + std::to_string(layer) + ".fc1.weight";
}

}  // namespace vat::modelfile
