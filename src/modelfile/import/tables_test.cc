// The tables of tensors of foreign files, as an attacker would write them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "modelfile/import/ctranslate2.h"
#include "modelfile/import/safetensors.h"
#include "modelfile/import/tensor_names.h"

namespace vat::modelfile {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::SizeIs;

/// The bytes of numbers and texts in a row.
template <class... Values>
std::string raw(const Values&... values) {
  std::string bytes;
  (bytes.append(reinterpret_cast<const char*>(&values), sizeof values), ...);
  return bytes;
}

std::string model_text(const std::string& text) {
  return raw(static_cast<std::uint16_t>(text.size() + 1)) + text + '\0';
}

std::string model_tensor(const std::string& name, const std::vector<std::uint32_t>& shape, std::uint8_t type,
                         std::uint32_t bytes, const std::string& numbers) {
  std::string out = model_text(name) + raw(static_cast<std::uint8_t>(shape.size()));
  for (const std::uint32_t extent : shape) out += raw(extent);
  return out + raw(type, bytes) + numbers;
}

const std::string kNoAliases = raw(std::uint32_t{0});

std::string model_file(const std::vector<std::string>& tensors, const std::string& aliases = kNoAliases) {
  std::string out = raw(std::uint32_t{6}) + model_text("WhisperSpec") + raw(std::uint32_t{3}) +
                    raw(static_cast<std::uint32_t>(tensors.size()));
  for (const std::string& tensor : tensors) out += tensor;
  return out + aliases;
}

Result<SourceTensors> read_table(const std::string& bytes) {
  MemorySource source(bytes);
  return read_ctranslate2(source, "model.bin");
}

TEST(CTranslate2Test, ListsTensorsAndTheirOtherNames) {
  const std::string aliases = raw(std::uint32_t{1}) + model_text("b") + model_text("a");
  const std::string bytes = model_file(
      {model_tensor("a", {1, 2}, 0, 8, "01234567"), model_tensor("h", {}, 2, 2, "\x06\x01")}, aliases);
  MemorySource source(bytes);
  const auto tensors = read_ctranslate2(source, "model.bin");
  ASSERT_TRUE(tensors) << tensors.error().message;
  ASSERT_THAT(*tensors, SizeIs(3));
  EXPECT_EQ(bytes.substr(tensors->at("b").begin, 8), "01234567");
  EXPECT_THAT(tensors->at("b").shape, ElementsAre(1, 2));
  EXPECT_EQ(read_integer(tensors->at("h")).value(), 0x106);
  EXPECT_EQ(read_integer(tensors->at("a")).value(), std::nullopt);
}

TEST(CTranslate2Test, ATableThatLiesIsRefused) {
  const std::string good = model_tensor("a", {2}, 0, 8, "01234567");
  const std::vector<std::pair<std::string, std::string>> cases{
      {model_file({good, good}), "has two tensors named a"},
      {model_file({model_tensor("a", {2}, 0, 4, "0123")}), "has 4 bytes"},
      {model_file({model_tensor("a", {0xffffffff, 0xffffffff, 0xffffffff}, 0, 8, "01234567")}),
       "impossible shape"},
      {model_file({model_tensor("a", {0x10000, 0x10000, 0x10000, 0x10000}, 0, 0, "")}), "impossible shape"},
      {model_file({model_tensor("a", std::vector<std::uint32_t>(255, 1), 0, 4, "0123")}), "impossible shape"},
      {model_file({model_tensor("a", {0x20000000}, 0, 0x80000000, "0123")}), "lies beyond its end"},
      {model_file({model_tensor("a", {1}, 6, 4, "0123")}), "unknown type 6"},
      {model_file({model_tensor("", {1}, 0, 4, "0123")}), "without a proper name"},
      {model_file({model_tensor("a\033[2J", {1}, 0, 4, "0123")}), "without a proper name"},
      {model_file({model_tensor(std::string(300, 'a'), {1}, 0, 4, "0123")}), "without a proper name"},
      {model_file({good}, raw(std::uint32_t{1}) + model_text("b") + model_text("c")), "another name"},
      {model_file({good}) + "x", "1 bytes after its end"},
      {model_file({raw(std::uint16_t{0})}), "has no end"},
      {model_file({raw(std::uint16_t{2}) + "ab"}), "has no end"},
      {raw(std::uint32_t{5}) + model_text("WhisperSpec"), "its version is 5"},
      {raw(std::uint32_t{6}) + model_text("TransformerSpec"), "another kind"},
      {raw(std::uint32_t{6}) + model_text("WhisperSpec") + raw(std::uint32_t{3}, 0xffffffffU),
       "is truncated"},
      {"", "is truncated"}};
  for (const auto& [bytes, message] : cases) {
    const auto tensors = read_table(bytes);
    ASSERT_FALSE(tensors) << message;
    EXPECT_EQ(tensors.error().code, ErrorCode::kBadData);
    EXPECT_THAT(tensors.error().message, HasSubstr(message));
  }
}

std::string safetensors_file(const std::string& header, const std::string& data) {
  return raw(static_cast<std::uint64_t>(header.size())) + header + data;
}

Result<SourceTensors> read_safetensors(const std::string& bytes) {
  MemorySource source(bytes);
  SourceTensors tensors;
  VAT_TRY(add_safetensors(source, "x.safetensors", tensors));
  return tensors;
}

TEST(SafetensorsTest, ListsTensorsWithoutTheModelsPrefix) {
  const std::string header =
      R"({"__metadata__": {"format": "pt"}, "model.a": {"dtype": "F16", "shape": [2, 1], "data_offsets": [4, 8]},
          "n": {"shape": [], "dtype": "I64", "data_offsets": [0, 4]}}   )";
  const std::string bytes = safetensors_file(header, "0123abcd");
  const auto tensors = read_safetensors(bytes);
  ASSERT_TRUE(tensors) << tensors.error().message;
  EXPECT_THAT(*tensors, SizeIs(2));
  EXPECT_EQ(bytes.substr(tensors->at("a").begin), "abcd");
  EXPECT_EQ(tensors->at("a").type, StoredType::kF16);
  EXPECT_EQ(tensors->at("n").type, StoredType::kOther);
}

TEST(SafetensorsTest, AHeaderThatLiesIsRefused) {
  const auto with = [](const std::string& tensor) {
    return safetensors_file(R"({"a": {"dtype": "F16", )" + tensor + "}}", "0123");
  };
  const std::string same = R"({"dtype": "F16", "shape": [2], "data_offsets": [0, 4]})";
  const std::vector<std::pair<std::string, std::string>> cases{
      {with(R"("shape": [2], "data_offsets": [0, 8])"), "is truncated"},
      {with(R"("shape": [3], "data_offsets": [0, 4])"), "does not match"},
      {with(R"("shape": [2], "data_offsets": [4, 0])"), "where a tensor is"},
      {with(R"("shape": [2], "data_offsets": [0])"), "where a tensor is"},
      {with(R"("shape": [2])"), "where a tensor is"},
      {with(R"("shape": [-2], "data_offsets": [0, 4])"), "impossible shape"},
      {with(R"("shape": [2.0], "data_offsets": [0, 4])"), "impossible shape"},
      {with(R"("shape": ["2"], "data_offsets": [0, 4])"), "impossible shape"},
      {with(R"("shape": [2], "shape": [2], "data_offsets": [0, 4])"), "impossible shape"},
      {with(R"("shape": [1,1,1,1,1,1,1,1,2], "data_offsets": [0, 4])"), "impossible shape"},
      {with(R"("shape": [4294967296, 4294967296, 2], "data_offsets": [0, 4])"), "does not match"},
      {with(R"("shape": [2], "data_offsets": [0, 18446744073709551615])"), "impossible shape"},
      {with(R"("shape": [2], "data_offsets": [0, 4], "x": 1)"), "what it should not"},
      {safetensors_file("{\"a\": " + same + ", \"a\": " + same + "}", "0123"), "twice"},
      {safetensors_file("{\"a\": " + same + ", \"model.a\": " + same + "}", "0123"), "two tensors named a"},
      {safetensors_file("[1]", ""), "does not list tensors"},
      {safetensors_file("{\"a\": 1}", ""), "does not list tensors"},
      {safetensors_file("", ""), "not valid JSON"},
      {safetensors_file("{", ""), "not valid JSON"},
      {safetensors_file(std::string(40, '[') + std::string(40, ']'), ""), "nested deeper"},
      {safetensors_file("{}{}", ""), "extra data"},
      {raw(~std::uint64_t{0}) + "{}", "its header would have"},
      {raw(std::uint64_t{100}) + "{}", "is truncated"},
      {"{}", "is truncated"}};
  for (const auto& [bytes, message] : cases) {
    const auto tensors = read_safetensors(bytes);
    ASSERT_FALSE(tensors) << message;
    EXPECT_EQ(tensors.error().code, ErrorCode::kBadData);
    EXPECT_THAT(tensors.error().message, HasSubstr(message));
  }
}

TEST(SafetensorsTest, AnIndexNamesFilesOfItsFolderOnly) {
  const auto shards = [](const std::string& json) {
    MemorySource source(json);
    return read_shards(source, "index.json");
  };
  EXPECT_THAT(
      shards(R"({"metadata": {"total_size": 1}, "weight_map": {"a": "1.st", "b": "2.st", "c": "1.st"}})")
          .value(),
      ElementsAre("1.st", "2.st"));
  for (const char* const bad : {R"("../1.st")", R"("/etc/passwd")", R"(".hidden")", R"("")", R"("a b")", "7"})
    EXPECT_FALSE(shards(R"({"weight_map": {"a": )" + std::string(bad) + "}}")) << bad;
  EXPECT_FALSE(shards("{}"));
}

TEST(TensorNamesTest, AreThoseOfTransformers) {
  const auto names = whisper_tensor_names(ForeignFormat::kHuggingFace, 1, 2);
  const auto foreign = [&](const std::string& name) {
    for (const TensorName& candidate : names)
      if (candidate.name == name) return candidate.foreign;
    return std::string();
  };
  EXPECT_EQ(foreign("encoder.conv1.bias"), "encoder.conv1.bias");
  EXPECT_EQ(foreign("encoder.positional_embedding"), "encoder.embed_positions.weight");
  EXPECT_EQ(foreign("encoder.ln_post.weight"), "encoder.layer_norm.weight");
  EXPECT_EQ(foreign("encoder.blocks.0.attn_ln.bias"), "encoder.layers.0.self_attn_layer_norm.bias");
  EXPECT_EQ(foreign("encoder.blocks.0.attn.key.weight"), "encoder.layers.0.self_attn.k_proj.weight");
  EXPECT_EQ(foreign("encoder.blocks.0.mlp_ln.weight"), "encoder.layers.0.final_layer_norm.weight");
  EXPECT_EQ(foreign("decoder.blocks.1.mlp.0.weight"), "decoder.layers.1.fc1.weight");
  EXPECT_EQ(foreign("decoder.blocks.1.cross_attn_ln.weight"),
            "decoder.layers.1.encoder_attn_layer_norm.weight");
  EXPECT_EQ(foreign("decoder.blocks.1.cross_attn.out.bias"), "decoder.layers.1.encoder_attn.out_proj.bias");
  EXPECT_EQ(foreign("decoder.token_embedding.weight"), "decoder.embed_tokens.weight");
  EXPECT_EQ(foreign("decoder.ln.bias"), "decoder.layer_norm.bias");
  EXPECT_EQ(foreign("decoder.blocks.1.attn.key.bias"), "");
}

TEST(TensorNamesTest, CTranslate2FusesProjectionsOfOneInput) {
  const auto names = whisper_tensor_names(ForeignFormat::kCTranslate2, 1, 1);
  const auto is = [](const char* name, const char* foreign, std::uint32_t part, std::uint32_t parts) {
    return testing::AllOf(Field(&TensorName::name, name), Field(&TensorName::foreign, foreign),
                          Field(&TensorName::part, part), Field(&TensorName::parts, parts));
  };
  EXPECT_THAT(names, Contains(is("decoder.blocks.0.attn.value.bias",
                                 "decoder/layer_0/self_attention/linear_0/bias", 2, 3)));
  EXPECT_THAT(names, Contains(is("decoder.blocks.0.cross_attn.key.weight",
                                 "decoder/layer_0/attention/linear_1/weight", 0, 2)));
  EXPECT_THAT(names, Contains(is("encoder.ln_post.bias", "encoder/layer_norm/beta", 0, 1)));
  EXPECT_EQ(names.front().name, "decoder.positional_embedding");
  EXPECT_EQ(names.back().name, "encoder.ln_post.bias");
}

}  // namespace
}  // namespace vat::modelfile
