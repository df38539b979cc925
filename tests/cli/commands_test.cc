// The commands that show, fetch and explain.
#include <atomic>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "cli_test.h"
#include "net/testing/http_test_server.h"

namespace vat::cli_test {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

class Commands : public CliTest {
 protected:
  [[nodiscard]] Outcome vat_bench(const Words& arguments) const {
    Invocation run = invocation(arguments);
    run.words.front() = VAT_BENCH_PROGRAM;
    return Program(run).finish();
  }
};

TEST_F(Commands, TheVersionIsShown) {
  const Outcome run = vat({"--version"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.out, MatchesRegex("vat [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST_F(Commands, EveryHelpFitsATerminalAndNamesItsDefaults) {
  const std::vector<Words> commands = {{},
                                       {"process"},
                                       {"transcribe"},
                                       {"speak"},
                                       {"voices"},
                                       {"doctor"},
                                       {"completion"},
                                       {"models"},
                                       {"models", "list"},
                                       {"models", "pull"},
                                       {"models", "import"},
                                       {"models", "verify"},
                                       {"models", "remove"},
                                       {"user", "add"},
                                       {"user", "token"}};
  for (Words words : commands) {
    words.push_back("--help");
    const Outcome run = vat(words);
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_EQ(run.err, "");
    EXPECT_THAT(run.out, AllOf(HasSubstr("Usage: vat"), HasSubstr("--help")));
    std::istringstream lines(run.out);
    for (std::string line; std::getline(lines, line);) EXPECT_THAT(line.size(), testing::Le(80U)) << line;
  }
  EXPECT_THAT(vat({"process", "--help"}).out, AllOf(HasSubstr("(default: base)"), HasSubstr("Examples:")));
  EXPECT_EQ(vat({}).out, vat({"--help"}).out);
}

TEST_F(Commands, TheDoctorShowsWhatIsInstalled) {
  environment.erase("VAT_MODEL_SOURCES");
  const Outcome run = vat({"doctor"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("--device auto picks"), HasSubstr("PocketSphinx"), HasSubstr("flite"),
                             HasSubstr("espeak-ng"), HasSubstr("--offline does not allow")));
  EXPECT_THAT(run.out, HasSubstr("flite for English, because no neural voice is"));
  EXPECT_THAT(run.out, HasSubstr(environment["VAT_CACHE"]));
  for (const char* const part : {"CPU kernels ", "recognition threads ", "whisper.cpp ", "Whisper models ",
                                 "speech detection ", "libavformat ", "formats and codecs ", " free"})
    EXPECT_THAT(run.out, HasSubstr(part));
}

TEST_F(Commands, TheBenchmarkPrintsRatios) {
  const Outcome run =
      vat_bench({"recognition", "--shape", "micro", "--minutes", "0.2", "--runs", "1", "--threads", "2"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("ratio of wall times"), HasSubstr("long recording, 0.2 min"),
                             HasSubstr(" MiB = ")));
}

TEST_F(Commands, TheBenchmarkWritesAModelThatSaysWhatItPrints) {
  const Outcome run = vat_bench({"model", "model.bin", "--words", "8"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  make_speech("talk.wav");
  const Outcome heard =
      vat({"transcribe", "talk.wav", "-o", "-", "--engine", "whisper", "-m", path("model.bin").string()});
  EXPECT_EQ(heard.exit_code, 0) << heard.err;
  const std::string first_word = run.out.substr(1, run.out.find(' ', 1) - 1);
  EXPECT_THAT(heard.out, HasSubstr(first_word));
}

TEST_F(Commands, TheBenchmarkReadsTheSoundOfARecording) {
  make_speech("talk.wav");
  EXPECT_THAT(vat_bench({"decode", "talk.wav"}).out, MatchesRegex("[0-9]+\\.[0-9] s of sound\n"));
  const Outcome missing = vat_bench({"decode", "nowhere.wav"});
  EXPECT_EQ(missing.exit_code, 3);
  EXPECT_THAT(missing.err, HasSubstr("nowhere.wav"));
}

TEST_F(Commands, BenchPointsToTheBenchmarkProgram) {
  const Outcome run = vat({"bench", "--shape", "micro"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("vat-bench"));
}

TEST_F(Commands, VoicesAreListedByLanguageAndEngine) {
  environment["XDG_CONFIG_HOME"] = path("config").string();
  EXPECT_THAT(vat({"voices"}).out, AllOf(HasSubstr("flite:slt"), HasSubstr("espeak-ng:de")));
  // eSpeak NG would look for a PulseAudio server, which leaves a folder behind.
  EXPECT_FALSE(exists("config/pulse"));
  EXPECT_THAT(vat({"voices", "-l", "de"}).out, AllOf(HasSubstr("espeak-ng:de"), Not(HasSubstr("flite:"))));
  EXPECT_THAT(vat({"voices", "--speech-engine", "flite"}).out,
              AllOf(HasSubstr("flite:slt"), Not(HasSubstr("espeak-ng:"))));
  // --voice accepts a listed name.
  EXPECT_EQ(
      vat({"speak", "--text", "Guten Tag", "-l", "de", "--voice", "espeak-ng:de", "-o", "a.wav"}).exit_code,
      0);
}

TEST_F(Commands, APublishedModelIsFetchedAlthoughItsServerDropsTheConnection) {
  const std::filesystem::path published = std::filesystem::path(VAT_TEST_DATA) / "silero-v6.2.0-ggml.bin";
  const auto bytes = read_file(published, 10'000'000);
  if (!bytes) GTEST_SKIP() << "A published model is missing: " << published;
  std::atomic<int> requests = 0;
  const test_server::HttpTestServer server([&](const test_server::ServedRequest& request) {
    test_server::Reply reply = test_server::serve_file(request, *bytes, "\"v6\"");
    if (++requests == 1) reply.close_after = 300'000;
    return reply;
  });
  environment.erase("VAT_OFFLINE");
  environment["VAT_MODEL_URL"] = server.url("/{file}");
  Invocation pull = invocation({"models", "pull", "silero-v6.2.0"});
  pull.terminal_columns = 100;
  const Outcome fetched = Program(pull).finish();
  ASSERT_EQ(fetched.exit_code, 0) << fetched.err;
  EXPECT_THAT(fetched.err, AllOf(HasSubstr("\rfetch "), HasSubstr(" 100 %"), HasSubstr("of 885.1 kB  silero"),
                                 HasSubstr("silero-v6.2.0 is installed: ")));
  // The download resumes after a second, by which time its speed is known.
  EXPECT_THAT(fetched.err, HasSubstr(" kB/s  0:"));
  EXPECT_EQ(server.requests().at(1).header("Range"), "bytes=300000-");
  EXPECT_EQ(vat({"models", "pull", "silero-v6.2.0"}).exit_code, 0);
  EXPECT_EQ(requests, 2) << "what is here is not fetched again";
  EXPECT_THAT(vat({"models", "verify"}).out, StartsWith("silero-v6.2.0: as published ("));
  EXPECT_THAT(vat({"doctor", "--offline"}).out, HasSubstr("Silero"));
}

TEST_F(Commands, TheListSaysWhatIsHereAndWhatPackagesHold) {
  const std::string table = vat({"models", "list"}).out;
  EXPECT_THAT(table, AllOf(HasSubstr("\ntiny.en                  77.7 MB  yes"), HasSubstr("\nsmall  ")));
  make_model("ggml-mine.bin");
  ASSERT_EQ(vat({"models", "import", "ggml-mine.bin"}).exit_code, 0);
  bool mine = false;
  bool base = false;
  const boost::json::value list = boost::json::parse(vat({"models", "list", "--json"}).out);
  for (const boost::json::value& value : list.as_array()) {
    const boost::json::object& model = value.as_object();
    if (model.at("name") == "base") {
      base = true;
      EXPECT_EQ(
          boost::json::serialize(value),
          R"({"name":"base","kind":"recognition","engine":"whisper","bytes":147951465,"published":true,"packaged":true,)"
          R"("installed":false,"path":null,"source":null,"partial_bytes":0})");
    }
    if (model.at("name") != "mine") continue;
    mine = true;
    EXPECT_TRUE(model.at("installed").as_bool());
    EXPECT_FALSE(model.at("published").as_bool());
    EXPECT_THAT(std::string(model.at("path").as_string()), EndsWith("ggml-mine.bin"));
  }
  EXPECT_TRUE(mine && base);
}

TEST_F(Commands, TheDoctorKnowsTheSourcesOfModels) {
  environment.erase("VAT_OFFLINE");
  environment["VAT_MODEL_SOURCES"] = "mirror,packages";
  environment["PIP_NO_INDEX"] = "1";
  const test_server::HttpTestServer server({.status = 404});
  environment["VAT_MODEL_URL"] = server.url("/models/{file}");
  const std::string report = vat({"doctor"}).out;
  EXPECT_THAT(report, AllOf(HasSubstr("mirror 127.0.0.1"), HasSubstr("can be reached"),
                            HasSubstr("It does not have silero-vad"), Not(HasSubstr("publisher"))));
  EXPECT_EQ(server.requests().at(0).target, "/models/");
}

TEST_F(Commands, AModelFromAFileIsImportedUsedVerifiedAndRemoved) {
  make_model("ggml-mine.bin");
  make_speech("a.wav");
  Outcome run = vat({"models", "import", "ggml-mine.bin"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("mine is installed: "));
  run = vat({"models", "list"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.out, AllOf(StartsWith("NAME"), HasSubstr("base.en"), HasSubstr("mine ")));
  run = vat({"models", "verify"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, StartsWith("mine: as it was imported ("));

  run = vat({"transcribe", "a.wav", "-m", "mine", "--engine", "whisper", "-o", "-"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("transcribed by Whisper mine"));
  EXPECT_THAT(run.out, Not(""));

  EXPECT_EQ(vat({"models", "import", "ggml-mine.bin"}).exit_code, 7);
  EXPECT_EQ(vat({"models", "import", "ggml-mine.bin", "--force"}).exit_code, 0);
  EXPECT_EQ(vat({"models", "import", "a.wav"}).exit_code, 4);
  EXPECT_EQ(vat({"models", "remove", "mine"}).exit_code, 0);
  EXPECT_THAT(vat({"models", "list"}).out, Not(HasSubstr("mine ")));
  EXPECT_EQ(vat({"models", "remove", "mine"}).exit_code, 3);
  EXPECT_EQ(vat({"models", "verify", "mine"}).exit_code, 3);
}

/// What bash offers when these words are typed and Tab is pressed at the end of the last one.
std::string completion_of(const std::string& words) {
  return "source <(vat completion bash) || exit 9\n"
         "complete -p vat | grep -q -- '-F _vat' || exit 8\n"
         "COMP_WORDS=(" +
         words +
         ")\n"
         "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
         "_vat\n"
         "printf '%s\\n' \"${COMPREPLY[@]}\"\n";
}

TEST_F(Commands, BashCompletesCommandsOptionsAndValues) {
  const Outcome checked = bash("vat completion bash > script && bash -n script");
  EXPECT_EQ(checked.exit_code, 0) << checked.err;
  EXPECT_EQ(bash(completion_of("vat tr")).out, "transcribe\n");
  EXPECT_EQ(bash(completion_of("vat process --skip")).out, "--skip-existing\n");
  EXPECT_EQ(bash(completion_of("vat process --engine poc")).out, "pocketsphinx\n");
  EXPECT_EQ(bash(completion_of("vat models im")).out, "import\n");
  EXPECT_EQ(bash(completion_of("vat completion zs")).out, "zsh\n");
  EXPECT_EQ(bash(completion_of("vat models pull large-v3-turbo-q5")).out, "large-v3-turbo-q5_0\n");
  EXPECT_EQ(bash(completion_of("vat models import --fo")).out, "--force\n");
}

TEST_F(Commands, OtherShellsGetTheirScripts) {
  EXPECT_THAT(vat({"completion", "zsh"}).out, AllOf(StartsWith("#compdef vat\n"), HasSubstr("'process:")));
  EXPECT_THAT(vat({"completion", "zsh"}).out, HasSubstr("large-v3-turbo"));
  EXPECT_THAT(vat({"completion", "fish"}).out,
              AllOf(HasSubstr("complete -c vat"), HasSubstr("-a transcribe"), HasSubstr("-l skip-existing")));
}

TEST_F(Commands, OtherShellsAcceptTheirScripts) {
  if (bash("command -v fish").exit_code != 0 || bash("command -v zsh").exit_code != 0)
    GTEST_SKIP() << "fish and zsh are not both installed.";
  EXPECT_EQ(bash("vat completion zsh > script && zsh -n script").exit_code, 0);
  const auto fish = [&](const std::string& words) {
    const Outcome run =
        bash("vat completion fish > vat.fish && fish -c 'source vat.fish; complete -C \"" + words + "\"'");
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return run.out;
  };
  EXPECT_THAT(fish("vat tra"), StartsWith("transcribe\t"));
  EXPECT_THAT(fish("vat models pu"), StartsWith("pull\t"));
  EXPECT_THAT(fish("vat process --engine p"), StartsWith("pocketsphinx\t"));
  EXPECT_THAT(fish("vat models pull large-v3-turbo-q5"), StartsWith("large-v3-turbo-q5_0"));
}

}  // namespace
}  // namespace vat::cli_test
