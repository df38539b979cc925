// Flags, the environment and vat.toml, and which of them wins.
#include <regex>

#include "base/file.h"
#include "cli_test.h"

namespace vat::cli_test {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Settings : public CliTest {
 protected:
  /// Whether the result of a short recording has these formats.
  [[nodiscard]] std::vector<std::string> results_of(const Words& more) const {
    fs::remove_all(path("out"));
    Words words{"transcribe", "a.wav", "-o", "out"};
    words.insert(words.end(), more.begin(), more.end());
    const Outcome run = vat(words);
    EXPECT_EQ(run.exit_code, 0) << run.err;
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path("out"))) names.push_back(entry.path().filename());
    return names;
  }
};

TEST_F(Settings, AFlagWinsOverTheEnvironmentAndTheEnvironmentOverTheFile) {
  hear_quickly();
  make_speech("a.wav");
  put("vat.toml", "format = [\"srt\"]\n");
  EXPECT_THAT(results_of({}), ElementsAre("a.srt"));
  environment["VAT_FORMAT"] = "vtt";
  EXPECT_THAT(results_of({}), ElementsAre("a.vtt"));
  EXPECT_THAT(results_of({"-f", "txt"}), ElementsAre("a.txt"));
}

TEST_F(Settings, AFileInTheWorkingFolderCannotRedirectTextsAndKeys) {
  environment.erase("VAT_OFFLINE");
  environment["OPENAI_API_KEY"] = "secret";
  put("vat.toml", "openai-url = \"http://127.0.0.1:9/v1\"\n");
  const Outcome found = vat({"speak", "--text", "hello", "-o", "a.mp3"});
  EXPECT_EQ(found.exit_code, 2);
  EXPECT_THAT(found.err, AllOf(HasSubstr("openai-url"), HasSubstr("--config vat.toml")));
  // A file named with --config can: no server answers there, so Flite is used instead.
  const Outcome named = vat({"speak", "--config", "vat.toml", "--text", "hello", "-o", "a.mp3"});
  EXPECT_EQ(named.exit_code, 0) << named.err;
}

TEST_F(Settings, TheFileIsFoundInTheSettingsFolderAndByName) {
  hear_quickly();
  make_speech("a.wav");
  fs::create_directories(environment["XDG_CONFIG_HOME"] + "/vat");
  ASSERT_TRUE(write_file_atomically(environment["XDG_CONFIG_HOME"] + "/vat/vat.toml", "format = \"tsv\"\n",
                                    Overwrite::kRefuse));
  EXPECT_THAT(results_of({}), ElementsAre("a.tsv"));
  // A command's table applies to that command alone, and a flag's value is true or false.
  put("mine.toml",
      "format = \"csv\"\nforce = true\n[transcribe]\nformat = \"lrc\"\n[process]\nformat = \"md\"\n");
  EXPECT_THAT(results_of({"--config", "mine.toml"}), ElementsAre("a.lrc"));
  environment["VAT_CONFIG"] = "mine.toml";
  EXPECT_THAT(results_of({}), ElementsAre("a.lrc"));
  put("out/a.lrc", "old");
  EXPECT_EQ(vat({"transcribe", "a.wav", "-o", "out"}).exit_code, 0);
  EXPECT_EQ(vat({"transcribe", "a.wav", "-o", "out", "--force=false"}).exit_code, 7);
}

TEST_F(Settings, TheExampleIsUnderstood) {
  std::string text = read_file(EXAMPLE_SETTINGS, 1U << 16U).value();
  for (int everything = 0; everything < 2; ++everything) {
    put("example.toml", text);
    environment["VAT_CONFIG"] = path("example.toml").string();
    Outcome run = vat({"transcribe", "--help"});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    EXPECT_THAT(run.out, AllOf(HasSubstr("(default: txt,vtt)"), HasSubstr("(default: bbc)")));
    run = vat({"speak", "--help"});
    EXPECT_THAT(run.out, HasSubstr("(default: opus)"));
    // Again, with the settings that are commented out.
    text = std::regex_replace(text, std::regex("\n# ([a-z-]+ = )"), "\n$1");
  }
  EXPECT_THAT(text, HasSubstr("\noffline = true"));
}

TEST_F(Settings, MistakesInTheFileAreNamedWithTheirPlace) {
  put("vat.toml", "beam-size = 2\nbeem-size = 5\n");
  Outcome run = vat({"voices"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("vat.toml has beem-size, which is not an option"));
  for (const Words& words : {Words{"--version"}, Words{"voices", "--help"}, Words{"completion", "bash"}})
    EXPECT_EQ(vat(words).exit_code, 0) << words.front();
  put("vat.toml", "beam-size = 2\n\nformat = [\n");
  run = vat({"voices"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("vat.toml, line "));
  put("vat.toml", "engine = \"kaldi\"\n");
  run = vat({"voices"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err,
              AllOf(HasSubstr("vat.toml"), HasSubstr("must be one of auto, whisper, sherpa, pocketsphinx")));
  put("vat.toml", "[transcribe.more]\nx = 1\n");
  EXPECT_EQ(vat({"voices"}).exit_code, 2);
  EXPECT_EQ(vat({"voices", "--config", "missing.toml"}).exit_code, 3);
}

TEST_F(Settings, TheFileReachesInnerCommands) {
  environment.erase("VAT_OFFLINE");
  put("vat.toml", "model-url = \"http://127.0.0.1:1/mirror\"\n[models]\nquiet = true\n");
  const Outcome run = vat({"models", "pull", "tiny"});
  EXPECT_EQ(run.exit_code, 6) << run.err;
  EXPECT_THAT(run.err, HasSubstr("127.0.0.1:1"));
}

TEST_F(Settings, AMistakeInTheEnvironmentIsNamed) {
  environment["VAT_ENGINE"] = "kaldi";
  const Outcome run = vat({"transcribe", "a.wav"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, StartsWith("vat: The environment variable VAT_ENGINE is not valid"));
}

}  // namespace
}  // namespace vat::cli_test
