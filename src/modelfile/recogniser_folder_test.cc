#include "modelfile/recogniser_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "base/file.h"
#include "modelfile/onnx_metadata.h"

namespace vat::modelfile {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string field(char key, const std::string& bytes) {
  return std::string{key, static_cast<char>(bytes.size())} + bytes;
}

/// A model whose graph has one byte: ModelProto with the fields graph and metadata_props.
std::string onnx(const OnnxMetadata& metadata) {
  std::string bytes = field('\x3A', "g");
  for (const auto& [key, value] : metadata) bytes += field('\x72', field('\x0A', key) + field('\x12', value));
  return bytes;
}

class RecogniserFolderTest : public ::testing::Test {
 protected:
  void put(const std::string& name, const std::string& bytes) {
    ASSERT_TRUE(write_file_atomically(folder_.path() / name, bytes, Overwrite::kReplace));
  }
  [[nodiscard]] Result<RecogniserFolder> inspect() const { return inspect_recogniser(folder_.path()); }

  TemporaryDirectory folder_ = TemporaryDirectory::create().value();
  const std::string tokens_ = "<unk> 0\n\u2581a 1\n";
};

TEST_F(RecogniserFolderTest, EncoderDecoderAndJoinerAreATransducerWithTheSmallerWeightsFirst) {
  put("tokens.txt", tokens_);
  for (const char* const name : {"encoder-epoch-99.onnx", "encoder-epoch-99.int8.onnx", "decoder.onnx",
                                 "joiner.int8.onnx", "joiner.onnx", "encoder.weights"})
    put(name, onnx({}));
  const auto found = inspect();
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->kind, RecogniserKind::kTransducer);
  EXPECT_THAT(found->files(), ElementsAre("tokens.txt", "encoder-epoch-99.int8.onnx", "decoder.onnx",
                                          "joiner.int8.onnx", "encoder.weights"));
  put("encoder-epoch-99.int8.onnx", onnx({{"pred_rnn_layers", "2"}}));
  EXPECT_EQ(inspect()->kind, RecogniserKind::kNemoTransducer);
}

TEST_F(RecogniserFolderTest, AModelOfOneGraphIsOfTheKindThatItsMetadataTell) {
  put("tokens.txt", tokens_);
  for (const auto& [metadata, kind] :
       {std::pair{OnnxMetadata{{"lang_auto", "0"}, {"with_itn", "14"}}, RecogniserKind::kSenseVoice},
        {OnnxMetadata{{"model_type", "paraformer"}}, RecogniserKind::kParaformer},
        {OnnxMetadata{{"model_type", "EncDecCTCModelBPE"}}, RecogniserKind::kNemoCtc},
        {OnnxMetadata{{"model_type", "zipformer2_ctc"}}, RecogniserKind::kZipformerCtc},
        {OnnxMetadata{{"model_type", "wenet_ctc"}}, RecogniserKind::kWenetCtc}}) {
    put("model.onnx", onnx(metadata));
    const auto found = inspect();
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->kind, kind) << kind_name(kind);
    EXPECT_EQ(found->model, "model.onnx");
  }
  put("model.onnx", onnx({{"model_type", "dreams"}}));
  EXPECT_THAT(inspect().error().message, HasSubstr("of a kind that is not known"));
}

TEST_F(RecogniserFolderTest, MoonshineIsKnownByItsFiles) {
  put("tokens.txt", tokens_);
  for (const char* const name : {"preprocess.onnx", "encode.int8.onnx", "uncached_decode.int8.onnx"})
    put(name, onnx({}));
  EXPECT_EQ(inspect().error().code, ErrorCode::kNotFound) << "one is missing";
  put("cached_decode.int8.onnx", onnx({}));
  const auto found = inspect();
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->kind, RecogniserKind::kMoonshine);
  EXPECT_EQ(found->encoder, "encode.int8.onnx");
}

TEST_F(RecogniserFolderTest, WhatIsNoModelIsRefusedInASentence) {
  EXPECT_THAT(inspect().error().message, HasSubstr("holds no model of sherpa-onnx"));
  put("model.onnx", "This is a page of a web site.");
  EXPECT_EQ(inspect().error().code, ErrorCode::kNotFound) << "without tokens";
  put("tokens.txt", tokens_);
  EXPECT_THAT(inspect().error().message, HasSubstr("model.onnx is not an ONNX model."));
  put("tokens.txt", "a 0\nb 0\n");
  EXPECT_THAT(inspect().error().message, HasSubstr("tokens.txt is not a list of tokens"));
  EXPECT_EQ(inspect_recogniser(folder_.path() / "nowhere").error().code, ErrorCode::kNotFound);
}

TEST(Tokens, AreNumberedFromZeroEachOnce) {
  EXPECT_EQ(check_tokens("<blk> 0\n  1\r\nb 2\n").value(), 3U) << "a token may be a space";
  for (const char* const text : {"", "a", "a x\n", "a 1\n", "a 0\nb 0\n", "a 0\nb -1\n", "a 99999999999\n"})
    EXPECT_FALSE(check_tokens(text)) << text;
}

TEST(OnnxMetadataTest, WhatIsCutIsRefused) {
  const std::string whole = onnx({{"model_type", "paraformer"}});
  MemorySource good(whole);
  EXPECT_EQ(read_onnx_metadata(good).value().at("model_type"), "paraformer");
  for (std::size_t count = 0; count < whole.size(); ++count) {
    if (count == 3) continue;  // The graph alone.
    MemorySource cut(std::string_view(whole).substr(0, count));
    EXPECT_FALSE(read_onnx_metadata(cut)) << count;
  }
}

TEST(RecogniserName, IsThePublishersWithoutItsFrame) {
  EXPECT_EQ(recogniser_name("sherpa-onnx-nemo-parakeet-tdt-0.6b-v3-int8.tar.bz2"), "parakeet-tdt-0.6b-v3");
  EXPECT_EQ(recogniser_name("sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17"), "sense-voice-small");
  EXPECT_EQ(recogniser_name("my-own"), "my-own");
}

}  // namespace
}  // namespace vat::modelfile
