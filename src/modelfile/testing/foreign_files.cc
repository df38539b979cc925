#include "modelfile/testing/foreign_files.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/file.h"
#include "base/json_writer.h"
#include "modelfile/import/tensor_names.h"
#include "modelfile/mel_filters.h"
#include "modelfile/model_layout.h"
#include "modelfile/number_formats.h"

namespace vat::modelfile {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTextsBegin = sizeof kMagic + sizeof(HyperParameters);

struct Model {
  HyperParameters parameters;
  std::vector<std::string> texts;
  std::map<std::string, FloatTensor> tensors;
};

Result<Model> read_model(const fs::path& ggml) {
  VAT_ASSIGN(FileSource source, FileSource::open(ggml));
  VAT_ASSIGN(const ModelLayout layout, read_layout(source, ggml.string()));
  Model model{layout.parameters};
  std::string bytes;
  for (const TensorEntry& entry : layout.tensors) {
    bytes.resize(static_cast<std::size_t>(entry.data_bytes));
    VAT_TRY(source.read_at(entry.data_begin, bytes));
    FloatTensor& tensor = model.tensors[entry.name];
    tensor.shape.assign(entry.extents.rbegin(), entry.extents.rend());
    for (const WeightType type : {WeightType::kF32, WeightType::kF16, WeightType::kBf16})
      if (&tensor_type(type) == entry.type) decode_weights(bytes, type, tensor.values);
  }
  if (layout.kind == ModelKind::kSileroVad) return model;
  Cursor cursor(source, ggml.string());
  VAT_TRY(cursor.skip(kTextsBegin + 2 * sizeof(std::int32_t) +
                      sizeof(float) * kFourierBins * static_cast<std::uint64_t>(layout.parameters.mels)));
  VAT_ASSIGN(const auto count, cursor.number<std::int32_t>());
  for (std::int32_t i = 0; i < count; ++i) {
    VAT_ASSIGN(const auto size, cursor.number<std::uint32_t>());
    VAT_TRY(cursor.bytes(model.texts.emplace_back(size, '\0')));
  }
  return model;
}

/// The tensors under the names of another format, its fused ones put together.
std::map<std::string, FloatTensor> foreign_tensors(Model& model, ForeignFormat format) {
  const HyperParameters& p = model.parameters;
  std::map<std::string, FloatTensor> result;
  for (const TensorName& name : whisper_tensor_names(format, p.audio_layers, p.text_layers)) {
    FloatTensor& from = model.tensors[name.name];
    FloatTensor& to = result[name.foreign];
    const bool key_before = name.parts > 1 && name.name.ends_with("value.bias");
    // Keys have no bias in Whisper; that it is ignored shows best where it is not zero.
    if (key_before) to.values.insert(to.values.end(), from.values.size(), 0.5F);
    to.values.insert(to.values.end(), from.values.begin(), from.values.end());
    to.shape = from.shape;
    to.shape[0] = name.parts * from.shape[0];
    if (name.name.ends_with("conv1.bias") || name.name.ends_with("conv2.bias")) to.shape.pop_back();
  }
  return result;
}

template <class Number, class Convert>
std::string encoded(const std::vector<float>& values, Convert convert) {
  std::string bytes;
  for (const float value : values) {
    const Number number = convert(value);
    bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
  }
  return bytes;
}

std::string encoded(const std::vector<float>& values, StoredType type) {
  if (type == StoredType::kF16) return encoded<std::uint16_t>(values, to_half);
  if (type == StoredType::kBf16) return encoded<std::uint16_t>(values, to_bfloat);
  if (type == StoredType::kI8)
    return encoded<std::int8_t>(values,
                                [](float value) { return static_cast<std::int8_t>(std::lrint(value)); });
  return encoded<float>(values, [](float value) { return value; });
}

/// Scales each row to 127, and returns the factors.
std::vector<float> scale_rows(FloatTensor& tensor) {
  const std::size_t columns = tensor.values.size() / tensor.shape[0];
  std::vector<float> scales;
  for (std::size_t begin = 0; begin < tensor.values.size(); begin += columns) {
    const auto row = std::span(tensor.values).subspan(begin, columns);
    float largest = 0;
    for (const float value : row) largest = std::max(largest, std::fabs(value));
    scales.push_back(largest > 0 ? 127.0F / largest : 1.0F);
    for (float& value : row) value *= scales.back();
  }
  return scales;
}

class ModelBin {
 public:
  template <class T>
  void put(T value) {
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void text(const std::string& text) {
    put(static_cast<std::uint16_t>(text.size() + 1));
    bytes += text + '\0';
  }
  void tensor(const std::string& name, const std::vector<std::uint64_t>& shape, std::uint8_t type,
              const std::string& numbers) {
    text(name);
    put(static_cast<std::uint8_t>(shape.size()));
    for (const std::uint64_t extent : shape) put(static_cast<std::uint32_t>(extent));
    put(type);
    put(static_cast<std::uint32_t>(numbers.size()));
    bytes += numbers;
    ++count;
  }
  std::string bytes;
  std::uint32_t count = 0;
};

std::uint8_t data_type(StoredType type) {
  if (type == StoredType::kI8) return 1;
  if (type == StoredType::kF16) return 4;
  return type == StoredType::kBf16 ? 5 : 0;
}

std::string model_bin(std::map<std::string, FloatTensor> tensors, const HyperParameters& p, StoredType type) {
  ModelBin table;
  for (const char* const side : {"decoder", "encoder"})
    table.tensor(std::string(side) + "/num_heads", {}, 2,
                 encoded<std::int16_t>({static_cast<float>(p.audio_heads)},
                                       [](float heads) { return static_cast<std::int16_t>(heads); }));
  for (auto& [name, tensor] : tensors) {
    if (type == StoredType::kI8 && name.ends_with("/weight")) {
      const std::vector<float> scales = scale_rows(tensor);
      table.tensor(name + "_scale", {scales.size()}, 0, encoded(scales, StoredType::kF32));
    } else if (type == StoredType::kI8) {
      table.tensor(name, tensor.shape, 0, encoded(tensor.values, StoredType::kF32));
      continue;
    }
    table.tensor(name, tensor.shape, data_type(type), encoded(tensor.values, type));
  }
  ModelBin file;
  file.put(std::uint32_t{6});
  file.text("WhisperSpec");
  file.put(std::uint32_t{3});
  file.put(table.count);
  file.bytes += table.bytes;
  file.put(std::uint32_t{1});
  file.text("decoder/projection/weight");
  file.text("decoder/embeddings/weight");
  return std::move(file.bytes);
}

Result<> put(const fs::path& path, std::string_view bytes) {
  return write_file_atomically(path, bytes, Overwrite::kReplace);
}

Result<> write_vocabulary(const fs::path& folder, const std::string& name,
                          const std::vector<std::string>& texts) {
  std::string out;
  JsonWriter json(out);
  const bool array = name == "vocabulary.json";
  if (name.empty()) return {};
  if (name == "vocabulary.txt") {
    for (const std::string& text : texts) out += token_characters(text) + "\n";
    return put(folder / name, out);
  }
  const bool nested = name == "tokenizer.json";
  array ? json.begin_array() : json.begin_object();
  if (nested) json.key("version").string("1.0");
  if (nested) json.key("model").begin_object();
  if (nested) json.key("vocab").begin_object();
  for (std::size_t i = 0; i < texts.size(); ++i)
    array ? json.string(token_characters(texts[i]))
          : json.key(token_characters(texts[i])).integer(static_cast<std::int64_t>(i));
  if (nested) json.end_object();
  if (nested) json.end_object();
  array ? json.end_array() : json.end_object();
  return put(folder / name, out);
}

using NamedTensor = std::pair<const std::string, FloatTensor>;

std::string safetensors(std::span<const NamedTensor* const> tensors, StoredType type) {
  std::string header;
  std::string data;
  JsonWriter json(header);
  json.begin_object();
  json.key("__metadata__").begin_object();
  json.key("format").string("pt");
  json.end_object();
  for (const NamedTensor* const tensor : tensors) {
    json.key("model." + tensor->first).begin_object();
    json.key("dtype").string(type == StoredType::kF32 ? "F32" : type == StoredType::kF16 ? "F16" : "BF16");
    json.key("shape").array(tensor->second.shape,
                            [&](std::uint64_t extent) { json.integer(static_cast<std::int64_t>(extent)); });
    json.key("data_offsets").begin_array();
    json.integer(static_cast<std::int64_t>(data.size()));
    data += encoded(tensor->second.values, type);
    json.integer(static_cast<std::int64_t>(data.size()));
    json.end_array();
    json.end_object();
  }
  json.end_object();
  header.resize((header.size() + 7) / 8 * 8, ' ');
  const std::uint64_t size = header.size();
  return std::string(reinterpret_cast<const char*>(&size), sizeof size) + header + data;
}

Result<> write_shards(const fs::path& folder, const std::vector<const NamedTensor*>& tensors,
                      const ForeignSpec& spec) {
  std::string index;
  JsonWriter json(index);
  json.begin_object();
  json.key("weight_map").begin_object();
  for (std::size_t shard = 0; shard < spec.files; ++shard) {
    const std::string name = "model-" + std::to_string(shard + 1) + ".safetensors";
    std::vector<const NamedTensor*> some;
    for (std::size_t i = shard; i < tensors.size(); i += spec.files) some.push_back(tensors[i]);
    for (const NamedTensor* const tensor : some) json.key("model." + tensor->first).string(name);
    VAT_TRY(put(folder / name, safetensors(some, spec.type)));
  }
  json.end_object();
  json.end_object();
  return put(folder / "model.safetensors.index.json", index);
}

}  // namespace

std::string token_characters(const std::string& bytes) {
  std::string text;
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    // Those that do not print get U+0100 and up, in their order.
    const auto prints = [](unsigned b) { return (b > 0x20 && b < 0x7f) || (b > 0xa0 && b != 0xad); };
    unsigned character = value;
    if (!prints(value)) {
      character = 256;
      for (unsigned b = 0; b < value; ++b) character += prints(b) ? 0 : 1;
    }
    if (character < 0x80) {
      text += static_cast<char>(character);
    } else {
      text += static_cast<char>(0xc0U | (character >> 6));
      text += static_cast<char>(0x80U | (character & 0x3fU));
    }
  }
  return text;
}

Result<> write_ctranslate2(const fs::path& ggml, const fs::path& folder, const ForeignSpec& spec) {
  VAT_ASSIGN(Model model, read_model(ggml));
  VAT_TRY(write_vocabulary(folder, spec.vocabulary, model.texts));
  const std::string bytes =
      model_bin(foreign_tensors(model, ForeignFormat::kCTranslate2), model.parameters, spec.type);
  if (spec.files == 1) return put(folder / "model.bin", bytes);
  const std::size_t each = bytes.size() / spec.files + 1;
  for (std::size_t part = 0; part < spec.files; ++part)
    VAT_TRY(put(folder / ("model.bin.part" + std::to_string(part + 1)),
                std::string_view(bytes).substr(part * each, each)));
  return {};
}

Result<> write_hugging_face(const fs::path& ggml, const fs::path& folder, const ForeignSpec& spec) {
  VAT_ASSIGN(Model model, read_model(ggml));
  VAT_TRY(write_vocabulary(folder, spec.vocabulary, model.texts));
  const auto tensors = foreign_tensors(model, ForeignFormat::kHuggingFace);
  std::vector<const NamedTensor*> list;
  for (const NamedTensor& tensor : tensors) list.push_back(&tensor);
  const std::string heads = std::to_string(model.parameters.audio_heads);
  VAT_TRY(put(folder / "config.json", R"({"model_type": "whisper", "encoder_attention_heads": )" + heads +
                                          R"(, "decoder_attention_heads": )" + heads + "}"));
  return spec.files == 1 ? put(folder / "model.safetensors", safetensors(list, spec.type))
                         : write_shards(folder, list, spec);
}

Result<std::map<std::string, FloatTensor>> read_float_tensors(const fs::path& ggml) {
  VAT_ASSIGN(Model model, read_model(ggml));
  return std::move(model.tensors);
}

Result<std::vector<std::string>> read_texts(const fs::path& ggml) {
  VAT_ASSIGN(Model model, read_model(ggml));
  return std::move(model.texts);
}

}  // namespace vat::modelfile
