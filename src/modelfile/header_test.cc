#include "modelfile/header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "base/file.h"
#include "modelfile/model_layout.h"
#include "modelfile/testing/synthetic_model.h"

namespace vat::modelfile {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;

// Dimensions that whisper.cpp would not run, for a file of a few kilobytes with everything in it.
HyperParameters small_parameters(WeightType weights) {
  HyperParameters p;
  p.vocabulary = 300;
  p.audio_context = 4;
  p.text_context = 16;
  p.mels = 2;
  p.audio_state = p.text_state = 32;
  p.audio_heads = p.text_heads = 2;
  p.audio_layers = p.text_layers = 1;
  p.file_type = file_type_field(weights);
  return p;
}
constexpr std::int32_t kSmallVocabulary = 256;
constexpr LayoutLimits kSmallLimits{300, 256, 0};

class HeaderTest : public testing::Test {
 protected:
  [[nodiscard]] fs::path path() const { return dir_.path() / "x.bin"; }
  void write(std::string_view bytes) const {
    ASSERT_TRUE(write_file_atomically(path(), bytes, Overwrite::kReplace));
  }
  [[nodiscard]] std::string small_model(WeightType weights = WeightType::kF16) const {
    SyntheticSpec spec;
    spec.trained_chain = false;
    spec.weights = weights;
    EXPECT_TRUE(write_synthetic_model(path(), small_parameters(weights), kSmallVocabulary, spec));
    return read_file(path(), 1 << 20).value();
  }
  static Result<ModelLayout> layout(const std::string& bytes) {
    MemorySource source(bytes);
    return read_layout(source, "x.bin", kSmallLimits);
  }
  static std::string refusal(const std::string& bytes) {
    const auto result = layout(bytes);
    if (result) return "accepted";
    EXPECT_EQ(result.error().code, ErrorCode::kBadData);
    return result.error().message;
  }
  template <class T>
  static std::string with(std::string bytes, std::size_t offset, T value) {
    std::memcpy(bytes.data() + offset, &value, sizeof value);
    return bytes;
  }
  TemporaryDirectory dir_ = TemporaryDirectory::create().value();
};

TEST_F(HeaderTest, TellsWhatAModelIs) {
  ASSERT_TRUE(write_synthetic(path(), {}));
  const ModelHeader header = read_header(path()).value();
  EXPECT_EQ(header.kind, ModelKind::kWhisper);
  EXPECT_EQ(header.type, "custom");
  EXPECT_EQ(header.weights, "f16");
  EXPECT_TRUE(header.multilingual);
  EXPECT_TRUE(header.runs);
  EXPECT_EQ(header.mels, 80);
  EXPECT_EQ(header.vocabulary, 51'865);
  EXPECT_EQ(header.state, 64);
  EXPECT_EQ(header.tensors, 11 + 15 * 3 + 24 * 3);
  EXPECT_EQ(header.bytes, fs::file_size(path()));
}

TEST_F(HeaderTest, TellsTheTypeByItsLayersAndEnglishByItsTokens) {
  SyntheticSpec spec;
  spec.shape = SyntheticShape::kTiny;
  spec.english_only = true;
  spec.weights = WeightType::kQ8_0;
  ASSERT_TRUE(write_synthetic(path(), spec));
  const ModelHeader header = read_header(path()).value();
  EXPECT_EQ(header.type, "tiny");
  EXPECT_EQ(header.weights, "q8_0");
  EXPECT_FALSE(header.multilingual);
}

TEST_F(HeaderTest, SaysThatThirtyTwoBitWeightsDoNotRun) {
  SyntheticSpec spec;
  spec.weights = WeightType::kF32;
  ASSERT_TRUE(write_synthetic(path(), spec));
  EXPECT_EQ(read_header(path()).value().weights, "f32");
  EXPECT_FALSE(read_header(path()).value().runs);
}

TEST_F(HeaderTest, AcceptsASileroModel) {
  const fs::path silero = fs::path(VAT_TEST_DATA) / "silero-v6.2.0-ggml.bin";
  if (!fs::exists(silero)) GTEST_SKIP() << "There is no " << silero;
  const auto header = read_header(silero);
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_EQ(header->kind, ModelKind::kSileroVad);
  EXPECT_EQ(header->type, "6.2.0");
  EXPECT_EQ(header->tensors, 15);
}

TEST_F(HeaderTest, AcceptsASmallModelOfEveryWeightType) {
  for (const WeightType type : {WeightType::kF32, WeightType::kF16, WeightType::kBf16, WeightType::kQ8_0})
    EXPECT_EQ(refusal(small_model(type)), "accepted") << weight_type_name(type);
}

TEST_F(HeaderTest, ATruncationAnywhereIsRefused) {
  const std::string model = small_model();
  for (std::size_t size = 0; size < model.size(); size += size < 1000 ? 1 : 97) {
    const std::string message = refusal(model.substr(0, size));
    EXPECT_THAT(message, testing::StartsWith("x.bin is ")) << size;
  }
  EXPECT_THAT(refusal(model.substr(0, model.size() - 1)), HasSubstr("x.bin is truncated: "));
}

TEST_F(HeaderTest, AModelCutBetweenTwoTensorsIsTruncated) {
  const std::string model = small_model();
  const auto tensors = layout(model).value().tensors;
  const TensorEntry& last_kept = tensors[tensors.size() - 2];
  EXPECT_THAT(refusal(model.substr(0, static_cast<std::size_t>(last_kept.data_begin + last_kept.data_bytes))),
              AllOf(HasSubstr("x.bin is truncated: its tensor "), HasSubstr(" is missing")));
}

TEST_F(HeaderTest, BytesAfterTheLastTensorAreRefused) {
  EXPECT_THAT(refusal(small_model() + "x"), HasSubstr("1 bytes after its last tensor"));
}

TEST_F(HeaderTest, OtherFilesAreRefused) {
  EXPECT_THAT(refusal(""), HasSubstr("is not a Whisper model: it has 0 bytes"));
  EXPECT_THAT(refusal("GGUF and more"), HasSubstr("does not begin with ggml's magic number"));
  EXPECT_THAT(refusal("<!DOCTYPE html><html>"), HasSubstr("is not a Whisper model"));
  EXPECT_EQ(read_header(dir_.path() / "none").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(read_header(dir_.path()).error().code, ErrorCode::kBadData);
}

TEST_F(HeaderTest, HyperParametersOutOfRangeAreRefused) {
  const std::string model = small_model();
  constexpr int kParameters = 11;
  for (int i = 0; i < kParameters; ++i) {
    const std::size_t offset = 4 + 4 * static_cast<std::size_t>(i);
    for (const std::int32_t value : {-1, INT32_MIN, INT32_MAX, 1 << 20})
      EXPECT_THAT(refusal(with(model, offset, value)), HasSubstr("is not a Whisper model: "))
          << i << " " << value;
  }
}

TEST_F(HeaderTest, AVocabularyPastItsBoundsIsRefused) {
  const std::string model = small_model();
  const std::size_t entries = 4 + 44 + 8 + 2 * 201 * 4;
  EXPECT_THAT(refusal(with(model, entries, std::int32_t{301})), HasSubstr("vocabulary entries is 301"));
  EXPECT_THAT(refusal(with(model, entries + 4, std::uint32_t{0xffffffff})),
              HasSubstr("entry 0 of its vocabulary has 4294967295 bytes"));
  const std::size_t space = entries + 4 + 220 * 5 + 4;
  EXPECT_EQ(model[space], ' ');
  EXPECT_THAT(refusal(with(model, space, 'x')), HasSubstr("no space"));
}

TEST_F(HeaderTest, ATableThatDoesNotSuitTheHeaderIsRefused) {
  const std::string model = small_model();
  const auto tensors = layout(model).value().tensors;
  const auto table = static_cast<std::size_t>(layout(model).value().table_begin);
  EXPECT_THAT(refusal(with(model, table, std::int32_t{4})), HasSubstr("breaks off"));
  EXPECT_THAT(refusal(with(model, table + 4, std::uint32_t{0xffffffff})), HasSubstr("breaks off"));
  EXPECT_THAT(refusal(with(model, table + 8, std::int32_t{1})), HasSubstr("has the type 1"));
  EXPECT_THAT(refusal(with(model, table + 12, std::int32_t{31})), HasSubstr("has the wrong shape"));
  EXPECT_THAT(refusal(with(model, table + 20, 'E')), HasSubstr("breaks off"));
}

TEST_F(HeaderTest, ATensorThatComesTwiceIsRefused) {
  const std::string model = small_model();
  const auto tensors = layout(model).value().tensors;
  // The two convolutions' biases have names of one length and the same shape.
  std::string twice = model;
  const std::size_t at = twice.find("encoder.conv2.bias");
  ASSERT_NE(at, std::string::npos);
  twice.replace(at, 18, "encoder.conv1.bias");
  EXPECT_THAT(refusal(twice), HasSubstr("two tensors named encoder.conv1.bias"));
}

TEST_F(HeaderTest, AWidthThatBlocksDoNotDivideIsRefused) {
  constexpr std::int32_t kMostlyQ5K = 13;
  const std::string model = with(small_model(), 44, kMostlyQ5K);
  EXPECT_THAT(refusal(model), HasSubstr("does not match weights of type q5_k"));
}

TEST_F(HeaderTest, HeadsThatAreNotWhispersAreRefused) {
  ASSERT_TRUE(write_synthetic(path(), {}));
  constexpr std::size_t kAudioHeads = 16;
  write(with(read_file(path(), 1 << 24).value(), kAudioHeads, std::int32_t{2}));
  EXPECT_THAT(read_header(path()).error().message, HasSubstr("its 64 channels do not match its 2 heads"));
  EXPECT_THAT(refusal(with(small_model(), kAudioHeads, std::int32_t{3})),
              HasSubstr("do not match its 3 heads"));
}

TEST_F(HeaderTest, AModelWithTooFewTokensIsRefused) {
  (void)small_model();
  EXPECT_THAT(read_header(path()).error().message,
              EndsWith("is not a Whisper model: its number of tokens is 300."));
}

}  // namespace
}  // namespace vat::modelfile
