#include "modelfile/foreign_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "base/file.h"
#include "modelfile/header.h"
#include "modelfile/model_layout.h"
#include "modelfile/number_formats.h"
#include "modelfile/testing/foreign_files.h"
#include "modelfile/testing/random.h"
#include "modelfile/testing/synthetic.h"
#include "modelfile/testing/whisper_for_test.h"

namespace vat::modelfile {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;

using WriteForeign = Result<> (*)(const fs::path&, const fs::path&, const ForeignSpec&);

class ForeignModelTest : public testing::Test {
 protected:
  [[nodiscard]] fs::path path(const std::string& name) const { return dir_.path() / name; }
  /// The original that the imported model should be equal to.
  [[nodiscard]] fs::path original(const SyntheticSpec& spec = {}) const {
    EXPECT_TRUE(write_synthetic(path("original.bin"), spec));
    return path("original.bin");
  }
  /// The same with random numbers in all biases, norms and positions, which a synthetic model has zero, one
  /// or regular. They are halves, so that every format can hold them.
  [[nodiscard]] fs::path scrambled_original(const SyntheticSpec& spec) const;
  /// Writes `original` in another format, and imports that.
  [[nodiscard]] Result<> there_and_back(WriteForeign write, const ForeignSpec& spec,
                                        const SyntheticSpec& synthetic = {}) const {
    VAT_TRY(write(scrambled_original(synthetic), path("folder"), spec));
    return import_model(path("folder"), path("imported.bin"));
  }
  /// The largest difference between the two models, in terms of the largest number in each row.
  [[nodiscard]] double difference() const;
  TemporaryDirectory dir_ = TemporaryDirectory::create().value();
};

fs::path ForeignModelTest::scrambled_original(const SyntheticSpec& spec) const {
  FileSource source = FileSource::open(original(spec)).value();
  std::fstream file(path("original.bin"), std::ios::in | std::ios::out | std::ios::binary);
  const ModelLayout layout = read_layout(source, "original").value();
  Random random(7);
  for (const TensorEntry& tensor : layout.tensors) {
    if (tensor.role != TensorRole::kSmall) continue;
    std::vector<float> values(tensor.data_bytes / sizeof(float));
    random.fill_normal(values, 1);
    for (float& value : values) value = from_half(to_half(value));
    file.seekp(static_cast<std::streamoff>(tensor.data_begin));
    file.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(tensor.data_bytes));
  }
  return path("original.bin");
}

double row_difference(const FloatTensor& a, const FloatTensor& b) {
  const std::size_t columns = a.shape.size() < 2 ? 1 : a.values.size() / a.shape[0];
  double worst = 0;
  for (std::size_t row = 0; row < a.values.size(); row += columns) {
    double largest = 0;
    double off = 0;
    for (std::size_t i = row; i < row + columns; ++i) {
      largest = std::max(largest, std::fabs(static_cast<double>(a.values[i])));
      off = std::max(off, std::fabs(static_cast<double>(a.values[i]) - b.values[i]));
    }
    if (off > 0) worst = std::max(worst, off / largest);
  }
  return worst;
}

double ForeignModelTest::difference() const {
  const auto expected = read_float_tensors(path("original.bin")).value();
  const auto imported = read_float_tensors(path("imported.bin")).value();
  EXPECT_EQ(imported.size(), expected.size());
  double worst = 0;
  for (const auto& [name, tensor] : expected) {
    const auto found = imported.find(name);
    if (found == imported.end() || found->second.shape != tensor.shape) {
      ADD_FAILURE() << name;
      continue;
    }
    worst = std::max(worst, row_difference(tensor, found->second));
  }
  return worst;
}

TEST_F(ForeignModelTest, EveryFormatGivesTheSameModel) {
  const auto check = [this](WriteForeign write, const ForeignSpec& spec) {
    const auto imported = there_and_back(write, spec);
    ASSERT_TRUE(imported) << imported.error().message;
    EXPECT_EQ(difference(), 0) << stored_type_name(spec.type) << spec.files << spec.vocabulary;
    fs::remove_all(path("folder"));
  };
  for (const std::size_t files : {1U, 3U}) {
    check(write_ctranslate2, {StoredType::kF16, files, "vocabulary.json"});
    check(write_hugging_face, {StoredType::kF16, files, "vocab.json"});
  }
  check(write_ctranslate2, {StoredType::kF32, 1, "vocabulary.txt"});
  check(write_hugging_face, {StoredType::kF32, 1, "tokenizer.json"});
  EXPECT_EQ(read_texts(path("imported.bin")).value(), read_texts(path("original.bin")).value());
}

TEST_F(ForeignModelTest, AnImportedModelSaysTheSameUnderWhisperCpp) {
  for (const StoredType type : {StoredType::kF16, StoredType::kI8}) {
    ASSERT_TRUE(write_ctranslate2(original(), path("folder"), {type}));
    ASSERT_TRUE(import_model(path("folder"), path("imported.bin")));
    const Context context = load_model(path("imported.bin"));
    ASSERT_TRUE(context);
    EXPECT_EQ(recognise(context.get(), greedy_parameters(), 30).text, synthetic_text({}));
  }
}

TEST_F(ForeignModelTest, BfloatWeightsBecomeTheNearestHalves) {
  for (const WriteForeign write : {WriteForeign{write_ctranslate2}, WriteForeign{write_hugging_face}}) {
    ASSERT_TRUE(there_and_back(write, {StoredType::kBf16}));
    EXPECT_GT(difference(), 0);
    EXPECT_LE(difference(), 0x1p-8);
    fs::remove_all(path("folder"));
  }
}

TEST_F(ForeignModelTest, EightBitWeightsAreScaledBackRowByRow) {
  ASSERT_TRUE(there_and_back(write_ctranslate2, {StoredType::kI8}));
  EXPECT_GT(difference(), 0);
  EXPECT_LE(difference(), 1.0 / 254 + 0x1p-11);
  const ForeignModel model = ForeignModel::open(path("folder")).value();
  EXPECT_THAT(model.description(), EndsWith(", int8"));
  EXPECT_THAT(model.caveat(), HasSubstr("less accurately"));
}

TEST_F(ForeignModelTest, EnglishModelsAndThoseOfVersion3AreImportedToo) {
  SyntheticSpec english;
  english.english_only = true;
  ASSERT_TRUE(there_and_back(write_ctranslate2, {}, english));
  EXPECT_EQ(difference(), 0);
  EXPECT_FALSE(read_header(path("imported.bin")).value().multilingual);
  EXPECT_EQ(read_texts(path("imported.bin")).value().back(), "<|endoftext|>");
  SyntheticSpec version3;
  version3.shape = SyntheticShape::kMicroV3;
  ASSERT_TRUE(there_and_back(write_hugging_face, {}, version3));
  EXPECT_EQ(difference(), 0);
  EXPECT_EQ(read_header(path("imported.bin")).value().mels, 128);
}

TEST_F(ForeignModelTest, IsDescribedBeforeItIsWritten) {
  ASSERT_TRUE(write_hugging_face(original(), path("my-model"), {StoredType::kF32}));
  const auto model = ForeignModel::open(path("my-model/"));
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->description(), "a Hugging Face model of size custom, 4 M weights, float32");
  EXPECT_EQ(model->caveat(), "");
  EXPECT_EQ(model->name(), "my-model");
  ASSERT_TRUE(model->write(path("imported.bin")));
  EXPECT_EQ(model->bytes(), fs::file_size(path("imported.bin")));
}

TEST_F(ForeignModelTest, IsRecognisedByItsFilesToo) {
  ASSERT_TRUE(write_hugging_face(original(), path("hf"), {StoredType::kF16, 2}));
  ASSERT_TRUE(write_ctranslate2(path("original.bin"), path("ct2")));
  ASSERT_TRUE(write_ctranslate2(path("original.bin"), path("parts"), {StoredType::kF16, 2}));
  for (const char* const name :
       {"hf", "hf/model.safetensors.index.json", "ct2/model.bin", "parts/model.bin.part1"}) {
    EXPECT_TRUE(is_foreign_model(path(name))) << name;
    const auto model = ForeignModel::open(path(name));
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_EQ(model->name(), fs::path(name).has_parent_path() ? fs::path(name).parent_path() : name);
  }
  EXPECT_FALSE(is_foreign_model(path("original.bin")));
  EXPECT_FALSE(is_foreign_model(path("missing")));
}

TEST_F(ForeignModelTest, WhatIsMissingIsNamed) {
  const auto message = [this](ErrorCode code) {
    const auto model = ForeignModel::open(path("folder"));
    EXPECT_FALSE(model);
    EXPECT_EQ(model.error().code, code);
    return model.error().message;
  };
  fs::create_directory(path("folder"));
  EXPECT_THAT(message(ErrorCode::kNotFound), HasSubstr("holds no model"));
  ASSERT_TRUE(write_file_atomically(path("folder/pytorch_model.bin"), "PK", Overwrite::kReplace));
  EXPECT_THAT(message(ErrorCode::kBadData), HasSubstr("save it as safetensors"));
  ASSERT_TRUE(write_ctranslate2(original(), path("folder"), {StoredType::kF16, 3, ""}));
  EXPECT_THAT(message(ErrorCode::kNotFound), HasSubstr("has no vocabulary"));
  fs::remove(path("folder") / "model.bin.part2");
  EXPECT_THAT(message(ErrorCode::kNotFound), HasSubstr("lacks the part of model.bin before model.bin.part3"));
  fs::remove_all(path("folder"));
  ASSERT_TRUE(write_hugging_face(path("original.bin"), path("folder"), {StoredType::kF16, 2}));
  fs::remove(path("folder") / "model-2.safetensors");
  EXPECT_THAT(message(ErrorCode::kNotFound), HasSubstr("model-2.safetensors"));
  ASSERT_TRUE(write_file_atomically(path("folder") / "config.json", R"({"model_type": "wav2vec2"})",
                                    Overwrite::kReplace));
  EXPECT_THAT(message(ErrorCode::kBadData), HasSubstr("describes another model than Whisper"));
  ASSERT_TRUE(write_file_atomically(path("folder") / "config.json", R"({"encoder_attention_heads": 4})",
                                    Overwrite::kReplace));
  fs::remove(path("folder") / "model.safetensors.index.json");
  fs::rename(path("folder") / "model-1.safetensors", path("folder") / "model.safetensors");
  EXPECT_THAT(message(ErrorCode::kBadData), HasSubstr("is not a Whisper model"));
}

TEST_F(ForeignModelTest, TheEmbeddingMayBeThereAsTheProjectionAlone) {
  ASSERT_TRUE(write_hugging_face(original(), path("folder")));
  std::string bytes = read_file(path("folder/model.safetensors"), 1 << 26).value();
  std::string name = R"("model.decoder.embed_tokens.weight")";
  const std::size_t at = bytes.find(name);
  name.replace(0, name.size(), R"("proj_out.weight")" + std::string(name.size() - 17, ' '));
  bytes.replace(at, name.size(), name);
  ASSERT_TRUE(write_file_atomically(path("folder/model.safetensors"), bytes, Overwrite::kReplace));
  const auto imported = import_model(path("folder"), path("imported.bin"));
  EXPECT_TRUE(imported) << imported.error().message;
}

TEST_F(ForeignModelTest, AnotherNumberOfHeadsIsRefused) {
  ASSERT_TRUE(write_hugging_face(original(), path("folder")));
  ASSERT_TRUE(write_file_atomically(path("folder") / "config.json", R"({"encoder_attention_heads": 4})",
                                    Overwrite::kReplace));
  EXPECT_THAT(ForeignModel::open(path("folder")).error().message,
              HasSubstr("its 64 channels do not match its 4 heads"));
}

TEST_F(ForeignModelTest, ATruncatedModelIsRefusedWhereverItEnds) {
  ASSERT_TRUE(write_ctranslate2(original(), path("ct2")));
  ASSERT_TRUE(write_hugging_face(path("original.bin"), path("hf")));
  for (const fs::path& file : {path("ct2/model.bin"), path("hf/model.safetensors")}) {
    for (std::uintmax_t size = fs::file_size(file) - 1; size > 0; size = size * 2 / 3) {
      fs::resize_file(file, size);
      const auto model = ForeignModel::open(file.parent_path());
      ASSERT_FALSE(model) << size;
      EXPECT_EQ(model.error().code, ErrorCode::kBadData) << size;
    }
  }
}

TEST_F(ForeignModelTest, StopsWhenAskedAndLeavesNothing) {
  ASSERT_TRUE(write_ctranslate2(original(), path("folder")));
  std::stop_source stop;
  double last = 0;
  const auto progress = [&](double fraction) {
    EXPECT_GE(fraction, last);
    last = fraction;
    if (fraction > 0.5) stop.request_stop();
  };
  const auto result = import_model(path("folder"), path("x.bin"), progress, stop.get_token());
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(std::distance(fs::directory_iterator(dir_.path()), fs::directory_iterator()), 2);
  ASSERT_TRUE(import_model(path("folder"), path("x.bin"), [&](double fraction) { last = fraction; }));
  EXPECT_LE(last, 1);
  EXPECT_GT(last, 0.999);
}

}  // namespace
}  // namespace vat::modelfile
