#include "tts/neural/piper_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/file.h"
#include "tts/neural_engine.h"

namespace vat::tts {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kDescription =
    R"({"audio":{"sample_rate":22050,"quality":"low"},"espeak":{"voice":"de"},"language":{"code":"de_DE"},)"
    R"("inference":{"noise_scale":0.5,"length_scale":1.1,"noise_w":0.7},"num_speakers":2,)"
    R"("speaker_id_map":{"anna":1,"far":9},"phoneme_id_map":{"_":[0],"^":[1],"$":[2],"a":[3],"aː":[4]}})";

std::string field(int number, const std::string& bytes) {
  return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(bytes.size())} + bytes;
}
/// An ONNX model's structure, without nodes.
std::string onnx(const std::vector<std::string>& inputs) {
  std::string graph = field(2, "graph");
  for (const std::string& input : inputs) graph += field(11, field(1, input) + field(2, "type"));
  return std::string("\x08\x07", 2) + field(2, "pytorch") + field(7, graph);
}

std::string replaced(std::string_view from, std::string_view to) {
  std::string text(kDescription);
  return text.replace(text.find(from), from.size(), to);
}

TEST(PiperConfig, IsRead) {
  const PiperConfig config = read_piper_config(kDescription).value();
  EXPECT_EQ(config.sample_rate, 22050);
  EXPECT_EQ(config.language, "de-DE");
  EXPECT_EQ(config.quality, "low");
  EXPECT_EQ(config.espeak, "de");
  EXPECT_EQ(config.speakers, 2);
  EXPECT_THAT(config.speaker_ids, ElementsAre(std::pair("anna", 1)));
  EXPECT_FLOAT_EQ(config.length, 1.1F);
  EXPECT_THAT(config.symbols.at(U'a'), ElementsAre(3));
  EXPECT_EQ(config.symbols.size(), 4U);
}

TEST(PiperConfig, WhatIsNoneIsRefused) {
  for (const std::string& text :
       {std::string(), std::string("[]"), std::string("{}"), replaced("22050", "1e9"),
        replaced("22050", "\"a\""), replaced("[0]", "[]"), replaced("[0]", "[-1]"), replaced("[0]", "0"),
        replaced(R"("^":[1],)", ""), replaced(R"("de"})", R"("../x y"})"),
        replaced(R"("espeak":{"voice":"de"},)", ""), replaced(":2,", ":1e12,"), replaced("1.1", "0"),
        replaced("0.5", "1e30"), replaced(R"("espeak":)", R"("phoneme_type":"pinyin","espeak":)"),
        std::string(5000, '[')}) {
    const auto config = read_piper_config(text);
    ASSERT_FALSE(config) << text;
    EXPECT_EQ(config.error().code, ErrorCode::kBadData);
  }
}

TEST(OnnxInputs, AreTheNamesInTheFile) {
  EXPECT_THAT(onnx_inputs(onnx({"input", "sid"})).value(), ElementsAre("input", "sid"));
}

TEST(OnnxInputs, AFileThatIsCutOrAnotherIsRefused) {
  const std::string whole = onnx({"input"});
  for (std::size_t count = 0; count < whole.size(); ++count)
    EXPECT_FALSE(onnx_inputs(std::string_view(whole).substr(0, count))) << count;
  EXPECT_FALSE(onnx_inputs("RIFF1234WAVEfmt "));
  EXPECT_FALSE(onnx_inputs(onnx({})));
  EXPECT_FALSE(onnx_inputs(onnx({"a\nb"})));
}

TEST(CheckPiperVoice, NamesWhatIsWrong) {
  const TemporaryDirectory folder = TemporaryDirectory::create().value();
  const auto model = folder.path() / "voice.onnx";
  const auto put = [](const std::filesystem::path& path, std::string_view bytes) {
    ASSERT_TRUE(write_file_atomically(path, bytes, Overwrite::kReplace));
  };
  put(model, onnx({"input", "input_lengths", "scales"}));
  EXPECT_EQ(check_piper_voice(model).error().code, ErrorCode::kNotFound);
  put(model.string() + ".json", "{}");
  EXPECT_THAT(check_piper_voice(model).error().message,
              AllOf(HasSubstr("voice.onnx.json"), HasSubstr("audio")));
  put(model.string() + ".json", kDescription);
  EXPECT_THAT(check_piper_voice(model).error().message, HasSubstr("other inputs")) << "it has two speakers";
  put(model, onnx({"input", "input_lengths", "scales", "sid"}));
  const PiperVoice voice = check_piper_voice(model).value();
  EXPECT_EQ(voice.name, "voice");
  EXPECT_EQ(voice.language, "de-DE");
}

}  // namespace
}  // namespace vat::tts
