// Standard input, output and error: what goes where, and what happens when one of them is full, closed or a
// terminal.
#include <algorithm>
#include <boost/json/object.hpp>

#include "cli_test.h"
#include "media/probe.h"
#include "modelfile/testing/synthetic.h"

namespace vat::cli_test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Streams : public CliTest {};

TEST_F(Streams, ARecordingFromAPipeGivesItsTextOnStandardOutputAndNothingElse) {
  make_speech("a.wav");
  const Outcome run = vat({"transcribe", "-", "-o", "-"}, text_of("a.wav"));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_LE(error_rate(kSaid, run.out), 0.4) << run.out;
  EXPECT_THAT(files(), ElementsAre("a.wav"));
  // The rest is on stderr, without cursor movements.
  EXPECT_THAT(run.err, AllOf(HasSubstr("standard input: 0:0"), Not(HasSubstr("\r")), Not(HasSubstr("\033"))));

  const Outcome quiet = vat({"transcribe", "-", "-o", "-", "-q", "-f", "srt"}, text_of("a.wav"));
  EXPECT_THAT(quiet.out, StartsWith("1\n00:00:0"));
  EXPECT_EQ(quiet.err, "");
}

TEST_F(Streams, TextAppearsWhileTheRecordingIsStillBeingTranscribed) {
  const std::string first_word = modelfile::synthetic_words({}).front();
  make_long_speech("a.wav");
  make_model("ggml-mine.bin");
  Invocation run = invocation({"transcribe", "-", "-o", "-", "-m", path("ggml-mine.bin").string()});
  run.input = text_of("a.wav");
  run.open_input = true;
  run.terminal_columns = 80;
  Program program(run);
  EXPECT_TRUE(program.wait_for(first_word));
  program.close_input();
  const Outcome outcome = program.finish();
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  // Nothing is written over the text.
  const std::size_t text = outcome.err.find(first_word);
  EXPECT_EQ(outcome.err.find("\rtranscribe ", text), std::string::npos) << outcome.err;
}

TEST_F(Streams, ANoteDoesNotInterruptALineOfTheText) {
  hear_quickly();
  make_speech("whole.flac");
  std::string bytes = text_of("whole.flac");
  std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() / 2), 3000, 'U');
  put("a.flac", bytes);
  Invocation run = invocation({"transcribe", "a.flac", "-o", "-"});
  run.terminal_columns = 80;
  const Outcome outcome = Program(run).finish();
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("\nOne damaged part of the audio was skipped."));
  EXPECT_THAT(outcome.err, Not(HasSubstr("preset"))) << "there are no cues in a text";
}

TEST_F(Streams, SpeechOnStandardOutputIsACompleteFile) {
  for (const char* const format : {"wav", "mp3"}) {
    const Outcome run = vat({"speak", "-", "-o", "-", "--audio-format", format}, "Good morning.");
    ASSERT_EQ(run.exit_code, 0) << run.err;
    put("speech", run.out);
    const auto info = media::probe(path("speech"));
    ASSERT_TRUE(info) << info.error().message;
    EXPECT_EQ(info->container, format);
  }
}

TEST_F(Streams, OutputThatIsNotOneStreamIsRefused) {
  make_speech("a.wav");
  EXPECT_EQ(vat({"process", "a.wav", "-o", "-"}).exit_code, 2);
  EXPECT_EQ(vat({"transcribe", "a.wav", "-o", "-", "-f", "txt,srt"}).exit_code, 2);
  EXPECT_EQ(vat({"transcribe", "a.wav", "-", "-o", "-", "-f", "srt"}, "").exit_code, 2);
}

TEST_F(Streams, ATerminalShowsProgressAndClearsIt) {
  hear_quickly();
  make_speech("a.wav");
  Invocation run = invocation({"transcribe", "a.wav"});
  run.terminal_columns = 60;
  const Outcome outcome = Program(run).finish();
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const std::string& screen = outcome.err;
  ASSERT_THAT(screen, HasSubstr("\rtranscribe "));
  EXPECT_THAT(screen, HasSubstr(" %"));
  // The line is cleared after it was last written, and the results follow.
  const std::size_t cleared = screen.rfind("\r\033[K");
  ASSERT_NE(cleared, std::string::npos);
  EXPECT_GT(cleared, screen.rfind("\rtranscribe "));
  EXPECT_THAT(screen.substr(cleared), AllOf(HasSubstr("a.wav: 0:0"), HasSubstr("  a.txt")));
}

TEST_F(Streams, DumbTerminalsGetNoProgressAndNeitherDoesProgressNone) {
  hear_quickly();
  make_speech("a.wav");
  Invocation run = invocation({"transcribe", "a.wav"});
  run.terminal_columns = 80;
  run.environment["TERM"] = "dumb";
  EXPECT_THAT(Program(run).finish().err, AllOf(Not(HasSubstr("\033")), Not(HasSubstr(" %"))));
  run.environment["TERM"] = "xterm";
  run.words.insert(run.words.end(), {"--force", "--progress", "none"});
  EXPECT_THAT(Program(run).finish().err, AllOf(Not(HasSubstr("\033")), Not(HasSubstr(" %"))));
}

TEST_F(Streams, ErrorsAreRedOnATerminalUnlessColourIsRefused) {
  Invocation run = invocation({"transcribe", "missing.mp4"});
  run.terminal_columns = 80;
  EXPECT_THAT(Program(run).finish().err, StartsWith("\033[31mvat: There is no file"));
  run.environment["NO_COLOR"] = "1";
  EXPECT_THAT(Program(run).finish().err, StartsWith("vat: There is no file"));
}

TEST_F(Streams, ProgressForProgramsIsJsonInEveryLine) {
  hear_quickly();
  make_speech("a.wav");
  const Outcome run = vat({"process", "a.wav", "--progress", "json", "-f", "txt"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  bool heard = false;
  bool spoken = false;
  for (const boost::json::value& line : json_lines(run.err)) {
    const boost::json::object& object = line.as_object();
    if (const auto* stage = object.if_contains("stage")) {
      EXPECT_EQ(object.at("input"), "a.wav");
      heard = heard || (*stage == "transcribe" && object.contains("segment"));
      spoken = spoken || *stage == "speak";
    }
  }
  EXPECT_TRUE(heard);
  EXPECT_TRUE(spoken);

  const Outcome failed = vat({"process", "a.wav", "--progress", "json", "-f", "txt"});
  EXPECT_EQ(failed.exit_code, 7);
  const auto lines = json_lines(failed.err);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].at("error").at("code"), "exists");

  environment["VAT_PROGRESS"] = "json";
  for (const Words& wrong : {Words{"process", "a.wav", "--colour"}, Words{"proces"}}) {
    const Outcome refused = vat(wrong);
    EXPECT_EQ(refused.exit_code, 2);
    const auto said = json_lines(refused.err);
    ASSERT_EQ(said.size(), 1U);
    EXPECT_EQ(said[0].at("error").at("code"), "invalid_argument");
  }
}

TEST_F(Streams, AReaderThatGoesAwayEndsTheProgramSilently) {
  hear_quickly();
  make_speech("a.wav");
  Invocation run = invocation({"transcribe", "a.wav", "-o", "-", "-q"});
  run.closed_output = true;
  const Outcome outcome = Program(run).finish();
  EXPECT_EQ(outcome.exit_code, 7);
  EXPECT_EQ(outcome.err, "");
  run = invocation({"speak", "--text", "Good morning.", "-o", "-", "-q"});
  run.closed_output = true;
  EXPECT_EQ(Program(run).finish().exit_code, 7);
  run = invocation({"voices"});
  run.closed_output = true;
  EXPECT_EQ(Program(run).finish().exit_code, 7);
}

TEST_F(Streams, AFullDiskIsReportedAndLeavesNothing) {
  hear_quickly();
  make_speech("a.wav");
  Invocation run = invocation({"transcribe", "a.wav", "-o", "-"});
  run.output = "/dev/full";
  Outcome outcome = Program(run).finish();
  EXPECT_EQ(outcome.exit_code, 7);
  EXPECT_THAT(outcome.err, HasSubstr("Cannot write standard output: No space left on device."));

  // No file may grow past 32 blocks of 1024 bytes.
  outcome = bash("ulimit -f 32; vat speak --text 'Glue the sheet to the dark blue background.' -o big.wav");
  EXPECT_EQ(outcome.exit_code, 7) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("File too large."));
  EXPECT_THAT(files(), ElementsAre("a.wav"));
}

TEST_F(Streams, AFolderThatCannotHoldResultsIsRefusedBeforeTheWork) {
  make_speech("a.wav");
  put("file", "not a folder");
  for (const char* const folder : {"file", "file/below"}) {
    const Outcome run = vat({"process", "a.wav", "-o", folder, "--progress", "json"});
    EXPECT_EQ(run.exit_code, 7);
    EXPECT_THAT(run.err, AllOf(HasSubstr("file is a file"), Not(HasSubstr("transcribe"))));
    EXPECT_EQ(vat({"speak", "--text", "a", "-o", folder}).exit_code, 7);
  }
}

}  // namespace
}  // namespace vat::cli_test
