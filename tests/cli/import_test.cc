// Models in the formats of other programs.
#include "cli_test.h"
#include "modelfile/testing/foreign_files.h"

namespace vat::cli_test {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Import : public CliTest {};

TEST_F(Import, AModelOfAnotherProgramIsConvertedWhenItIsImported) {
  make_model("original.bin");
  make_speech("a.wav");
  ASSERT_TRUE(
      modelfile::write_ctranslate2(path("original.bin"), path("faster"), {modelfile::StoredType::kI8}));
  ASSERT_TRUE(modelfile::write_hugging_face(path("original.bin"), path("my model"), {}));
  Outcome run = vat({"models", "import", "faster"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, AllOf(HasSubstr("faster is a CTranslate2 model of size custom, 4 M weights, int8."),
                             HasSubstr("less accurately"), HasSubstr("faster is installed: ")));
  run = vat({"models", "import", "my model"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("A model's name may have only"));
  run = vat({"models", "import", "my model/model.safetensors", "--name", "mine", "--progress", "json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto lines = json_lines(run.err);
  EXPECT_EQ(lines.at(1).at("conversion"), "my model/model.safetensors");
  EXPECT_EQ(lines.at(1).at("total_bytes"), fs::file_size(path("original.bin")));
  EXPECT_EQ(vat({"models", "import", "my model", "--name", "mine"}).exit_code, 7);
  EXPECT_THAT(vat({"models", "verify"}).out,
              AllOf(HasSubstr("faster: as it was imported"), HasSubstr("mine: as it was")));
  run = vat({"transcribe", "a.wav", "-m", "mine", "--engine", "whisper", "-o", "-"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, Not(""));
}

TEST_F(Import, AFolderWithoutAWholeModelIsNotImported) {
  make_model("original.bin");
  ASSERT_TRUE(modelfile::write_ctranslate2(path("original.bin"), path("faster"), {}));
  fs::create_directory(path("empty"));
  Outcome run = vat({"models", "import", "empty"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.err, StartsWith("vat: empty holds no model: "));
  fs::resize_file(path("faster/model.bin"), 1'000'000);
  run = vat({"models", "import", "faster"});
  EXPECT_EQ(run.exit_code, 4);
  EXPECT_THAT(run.err, StartsWith("vat: faster/model.bin is truncated: "));
  EXPECT_THAT(vat({"models", "list"}).out, Not(HasSubstr("faster")));
}

TEST_F(Import, AModelOfSherpaOnnxIsImportedListedVerifiedAndRemoved) {
  make_speech("a.wav");
  const std::string folder = std::string(SHERPA_MODELS) + "/sense-voice-tones";
  Outcome run = vat({"models", "import", folder, "--name", "base", "--offline"});
  EXPECT_EQ(run.exit_code, 2) << "the name of a Whisper model";
  run = vat({"models", "import", folder, "--offline"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, AllOf(HasSubstr("sense-voice-tones is installed: "),
                             HasSubstr("The library that runs it is missing")));
  EXPECT_EQ(vat({"models", "import", folder, "--offline"}).exit_code, 7);
  EXPECT_EQ(vat({"models", "import", folder, "--offline", "--force"}).exit_code, 0);
  EXPECT_THAT(vat({"models", "list"}).out,
              AllOf(HasSubstr("sense-voice-tones"),
                    HasSubstr("import sherpa-onnx-nemo-parakeet-tdt-0.6b-v3-int8.tar.bz2")));
  EXPECT_THAT(vat({"models", "verify", "sense-voice-tones"}).out, HasSubstr("as it was imported"));
  for (const char* const engine : {"auto", "sherpa"}) {
    run = vat({"transcribe", "a.wav", "-m", "sense-voice-tones", "--engine", engine, "--offline", "-o", "-"});
    EXPECT_EQ(run.exit_code, 5) << engine << run.err;
    EXPECT_THAT(run.err, HasSubstr("which this model needs, is not installed"));
  }
  run = vat({"transcribe", "a.wav", "-m", "sense-voice-tones", "--engine", "whisper", "-o", "-"});
  EXPECT_EQ(run.exit_code, 2) << run.err;
  EXPECT_THAT(run.err, HasSubstr("which the engine whisper cannot run"));
  run = vat({"transcribe", "a.wav", "-m", "parakeet-tdt-0.6b-v3", "-o", "-"});
  EXPECT_EQ(run.exit_code, 5) << run.err;
  EXPECT_THAT(run.err, HasSubstr("`vat models import sherpa-onnx-nemo-parakeet-tdt-0.6b-v3-int8.tar.bz2`"));
  EXPECT_EQ(vat({"models", "remove", "sense-voice-tones"}).exit_code, 0);
  EXPECT_THAT(vat({"models", "list"}).out, Not(HasSubstr("sense-voice-tones")));
}

}  // namespace
}  // namespace vat::cli_test
