#include "modelfile/header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "modelfile/testing/small_model.h"

namespace vat::modelfile {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;

using HeaderTest = SmallModelTest;

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

// What whisper.cpp 1.9.1 trusts: the product of the filters' dimensions, which may overflow; the number of
// dimensions of a tensor, which it writes into an array of four; the tokens up to the last special one; the
// layers of a VAD.
TEST_F(HeaderTest, NumbersThatWhisperCppWouldTrustAreRefused) {
  const std::string model = small_model();
  constexpr std::size_t kFilters = 4 + 44;
  EXPECT_THAT(refusal(with(with(model, kFilters, std::int32_t{65'537}), kFilters + 4, std::int32_t{65'536})),
              HasSubstr("its mel filters have 65537 bands of 65536 bins"));
  const auto table = static_cast<std::size_t>(layout(model).value().table_begin);
  for (const std::int32_t dimensions : {-1, 4, 5, 20, INT32_MAX})
    EXPECT_THAT(refusal(with(model, table, dimensions)), HasSubstr("breaks off")) << dimensions;
  for (const std::int32_t tokens : {50'258, 50'363, 51'863}) {
    ASSERT_TRUE(write_synthetic(path(), {}));
    write(with(read_file(path(), 1 << 24).value(), 4, tokens));
    EXPECT_THAT(read_header(path()).error().message,
                HasSubstr("its number of tokens is " + std::to_string(tokens)));
  }
}

TEST_F(HeaderTest, ASileroModelOfAnotherShapeIsRefused) {
  const auto silero = [](const std::array<std::int32_t, 19>& shape) {
    const auto append = [](std::string& to, const auto& value) {
      to.append(reinterpret_cast<const char*>(&value), sizeof value);
    };
    std::string bytes;
    append(bytes, kMagic);
    append(bytes, static_cast<std::int32_t>(kSileroType.size()));
    bytes += kSileroType;
    append(bytes, std::array<std::int32_t, 3>{6, 2, 0});
    append(bytes, shape);
    return bytes;
  };
  EXPECT_THAT(refusal(silero(kSileroShape)), HasSubstr("no weights"));
  for (const std::int32_t layers : {0, 3, 5, INT32_MAX}) {
    auto shape = kSileroShape;
    shape[2] = layers;
    EXPECT_THAT(refusal(silero(shape)), HasSubstr("of an unknown shape")) << layers;
  }
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
  const std::string model = with(small_model(), kFileType, kMostlyQ5K);
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
