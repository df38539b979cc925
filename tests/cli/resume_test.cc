// Work that is stopped, gently or not, and resumed.
#include <signal.h>

#include "cli_test.h"

namespace vat::cli_test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class Resume : public CliTest {
 protected:
  Resume() {
    make_model("model.bin");
    make_long_speech("long.wav");
  }

  [[nodiscard]] Words command(const std::string& folder, const Words& more = {}) const {
    Words words{"transcribe", "long.wav", "-m",         "model.bin", "--threads", "1",
                "-f",         "txt,srt",  "--progress", "json",      "-o",        folder};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  /// Starts the work and stops it when its first text appears.
  [[nodiscard]] Outcome stop_by(int signal, const std::string& folder) const {
    Program program(invocation(command(folder)));
    EXPECT_TRUE(program.wait_for("\"segment\""));
    program.send(signal);
    return program.finish();
  }

  void expect_whole(const std::string& folder) const {
    ASSERT_EQ(vat(command("whole", {"--no-resume"})).exit_code, 0);
    for (const char* const name : {"/long.txt", "/long.srt"})
      EXPECT_EQ(text_of(folder + name), text_of(std::string("whole") + name));
  }
};

TEST_F(Resume, AHangUpThatIsIgnoredAtTheStartStaysIgnored) {
  const Outcome run = bash(
      "trap '' HUP; vat transcribe long.wav -m model.bin -f txt --progress json 2>log & "
      "until grep -q segment log; do kill -0 $! || exit 9; done; kill -HUP $!; wait $!");
  EXPECT_EQ(run.exit_code, 0) << text_of("log");
  EXPECT_TRUE(exists("long.txt"));
}

TEST_F(Resume, SpeechStopsInTheMiddleOfHoursOfSilence) {
  put("far.srt", "1\n00:00:01,000 --> 00:00:02,000\nHello.\n\n2\n90:00:00,000 --> 90:00:02,000\nHello.\n");
  Program program(invocation({"speak", "far.srt", "-o", "far.mp3", "--progress", "json"}));
  EXPECT_TRUE(program.wait_for("\"speak\""));
  program.send(SIGTERM);
  EXPECT_EQ(program.finish().exit_code, 143);
  EXPECT_THAT(files(), ElementsAre("far.srt", "long.wav", "model.bin"));
}

TEST_F(Resume, CtrlCLeavesNoResultAndTheSameCommandResumes) {
  const Outcome stopped = stop_by(SIGINT, "out");
  EXPECT_EQ(stopped.exit_code, 130);
  EXPECT_THAT(stopped.err, HasSubstr("repeat the command to resume"));
  EXPECT_THAT(files(), ElementsAre("long.wav", "model.bin"));  // no result, not even a partial one

  const Outcome resumed = vat(command("out"));
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_THAT(resumed.err, AllOf(HasSubstr("Resuming after"), HasSubstr("of an earlier run")));
  expect_whole("out");
  // When the work is done, nothing is left to resume from.
  EXPECT_THAT(vat(command("out", {"--force"})).err, Not(HasSubstr("Resuming after")));
}

TEST_F(Resume, AKilledProgramLosesOnlyItsCurrentChunk) {
  const Outcome killed = stop_by(SIGKILL, "out");
  EXPECT_EQ(killed.exit_code, 128 + SIGKILL);
  EXPECT_THAT(files(), ElementsAre("long.wav", "model.bin"));
  const Outcome resumed = vat(command("out"));
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_THAT(resumed.err, HasSubstr("Resuming after"));
  expect_whole("out");
}

TEST_F(Resume, TerminationHasItsExitCodeAndNoResumeStartsOver) {
  EXPECT_EQ(stop_by(SIGTERM, "out").exit_code, 128 + SIGTERM);
  const Outcome anew = vat(command("out", {"--no-resume"}));
  ASSERT_EQ(anew.exit_code, 0) << anew.err;
  EXPECT_THAT(anew.err, Not(HasSubstr("Resuming after")));
}

TEST_F(Resume, OtherOptionsDoNotReuseTheChunks) {
  EXPECT_EQ(stop_by(SIGINT, "out").exit_code, 130);
  const Outcome other = vat(command("out", {"--prompt", "names"}));
  ASSERT_EQ(other.exit_code, 0) << other.err;
  EXPECT_THAT(other.err, Not(HasSubstr("Resuming after")));
}

TEST_F(Resume, AStoppedBatchSaysHowToResume) {
  make_speech("a.wav");
  Words words = command("out");
  words.insert(words.begin() + 1, "a.wav");
  Program program(invocation(words));
  ASSERT_TRUE(program.wait_for("\"input\":\"long.wav\""));
  program.send(SIGINT);
  const Outcome stopped = program.finish();
  EXPECT_EQ(stopped.exit_code, 130);
  EXPECT_THAT(stopped.err, HasSubstr("with --skip-existing to resume"));
  words.push_back("--skip-existing");
  const Outcome resumed = vat(words);
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_THAT(resumed.err, HasSubstr("1 done, 1 already there."));
}

TEST_F(Resume, SpeechThatIsInterruptedLeavesNothing) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "This is sentence number " + std::to_string(i) + ". ";
  put("book.txt", text);
  Program program(invocation({"speak", "book.txt", "--progress", "json"}));
  ASSERT_TRUE(program.wait_for("\"stage\":\"speak\""));
  program.send(SIGINT);
  EXPECT_EQ(program.finish().exit_code, 130);
  EXPECT_THAT(files(), ElementsAre("book.txt", "long.wav", "model.bin"));
}

}  // namespace
}  // namespace vat::cli_test
