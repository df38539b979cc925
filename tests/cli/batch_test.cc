// Many files and folders in one command, and results that already exist.
#include "cli_test.h"

namespace vat::cli_test {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

class Batch : public CliTest {
 protected:
  Batch() { hear_quickly(); }

  [[nodiscard]] Outcome transcribe(Words arguments) const {
    Words words{"transcribe", "-f", "txt"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return vat(words);
  }
};

TEST_F(Batch, FoldersAreSearchedAndABrokenFileDoesNotStopTheOthers) {
  make_speech("in/a.wav");
  make_speech("in/deep/b.flac");
  put("in/broken.mp4", "this is no video");
  put("in/notes.txt", "not media");
  put("in/.hidden/c.wav", "not looked at");
  const Outcome run = transcribe({"in", "-o", "out"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, AllOf(HasSubstr("vat: in/broken.mp4 is not"), HasSubstr("2 done, 1 failed.")));
  EXPECT_NE(text_of("out/a.txt"), "");
  EXPECT_THAT(files(), IsSupersetOf({"out/a.txt", "out/deep/b.txt"}));
  EXPECT_FALSE(exists("out/broken.txt"));
}

TEST_F(Batch, FailuresOfOneKindEndWithTheirCode) {
  put("a.mp4", "no video");
  put("b.mp4", "");
  const Outcome run = transcribe({"a.mp4", "b.mp4"});
  EXPECT_EQ(run.exit_code, 4);
  EXPECT_THAT(run.err, HasSubstr("0 done, 2 failed."));
}

TEST_F(Batch, InputsOfTheSameNameKeepTheirResultsApart) {
  make_speech("a.wav");
  make_speech("a.flac");
  make_speech("other/a.wav");
  ASSERT_EQ(transcribe({"a.wav", "a.flac", "other/a.wav", "-o", "out"}).exit_code, 0);
  EXPECT_THAT(files(), IsSupersetOf({"out/a.flac.txt", "out/a.wav-2.txt", "out/a.wav.txt"}));
  // Next to their inputs, the results of two of them do not collide.
  ASSERT_EQ(transcribe({"a.wav", "other/a.wav"}).exit_code, 0);
  EXPECT_THAT(files(), IsSupersetOf({"a.txt", "other/a.txt"}));
}

TEST_F(Batch, AFileThatIsNamedTwiceIsProcessedOnce) {
  make_speech("in/a.wav");
  const Outcome run = transcribe({"in/a.wav", "in", "./in/../in/a.wav"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(files(), ElementsAre("in/a.txt", "in/a.wav"));
}

TEST_F(Batch, TheSpeechOfAnEarlierRunIsNotAnInput) {
  make_speech("in/a.wav");
  ASSERT_EQ(vat({"process", "in", "-f", "txt"}).exit_code, 0);
  ASSERT_TRUE(exists("in/a.speech.mp3"));
  const std::vector<std::string> before = files();
  const Outcome run = vat({"process", "in", "-f", "txt", "--skip-existing"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(files(), before);
  // Neither is anything in a folder of results below the inputs.
  ASSERT_EQ(vat({"process", "in", "-o", "in/out", "-f", "txt"}).exit_code, 0);
  EXPECT_EQ(vat({"process", "in", "-o", "in/out", "-f", "txt", "--skip-existing"}).exit_code, 0);
  EXPECT_FALSE(exists("in/out/out"));
}

TEST_F(Batch, ExistingResultsAreKeptUnlessForceIsGiven) {
  make_speech("a.wav");
  put("a.txt", "mine");
  const Outcome refused = transcribe({"a.wav", "--progress", "json"});
  EXPECT_EQ(refused.exit_code, 7);
  EXPECT_THAT(refused.err,
              AllOf(HasSubstr("a.txt already exists; use --force"), Not(HasSubstr("transcribe"))));
  EXPECT_EQ(text_of("a.txt"), "mine");

  const Outcome passed = transcribe({"a.wav", "--skip-existing"});
  EXPECT_EQ(passed.exit_code, 0);
  EXPECT_THAT(passed.err, HasSubstr("The results already exist."));
  EXPECT_EQ(text_of("a.txt"), "mine");

  EXPECT_EQ(transcribe({"a.wav", "--force"}).exit_code, 0);
  EXPECT_THAT(text_of("a.txt"), Not(AnyOf("", "mine")));

  put("speech.mp3", "mine");
  EXPECT_EQ(vat({"speak", "--text", "hello", "-o", "speech.mp3"}).exit_code, 7);
  EXPECT_EQ(text_of("speech.mp3"), "mine");
  EXPECT_EQ(vat({"speak", "--text", "hello", "-o", "speech.mp3", "--force"}).exit_code, 0);
}

TEST_F(Batch, SkippingProcessesWhatIsNotDoneYet) {
  make_speech("in/a.wav");
  make_speech("in/b.wav");
  put("in/a.txt", "mine");
  const Outcome run = transcribe({"in", "--skip-existing"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.err, HasSubstr("1 done, 1 already there."));
  EXPECT_EQ(text_of("in/a.txt"), "mine");
  EXPECT_TRUE(exists("in/b.txt"));
}

TEST_F(Batch, SkippingMakesTheMissingResultsOfAnInput) {
  make_speech("a.wav");
  put("a.txt", "mine");
  const Outcome run = vat({"transcribe", "a.wav", "-f", "txt,srt", "--skip-existing"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(text_of("a.txt"), "mine");
  EXPECT_THAT(text_of("a.srt"), HasSubstr(" --> "));
}

TEST_F(Batch, ARecordingWithoutSpeechGetsNoSpeech) {
  // Three seconds of zeros, 16 bits at 16 kHz.
  std::string wav(
      "RIFF\x24\x77\x01\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0data\0\x77\x01\0",
      44);
  put("quiet.wav", wav + std::string(96'000, '\0'));
  const Words words{"process", "quiet.wav", "-f", "txt", "--skip-existing"};
  EXPECT_EQ(vat(words).exit_code, 0);
  const Outcome again = vat(words);
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("The results already exist."));
}

TEST_F(Batch, AMissingInputDoesNotStopTheOthers) {
  make_speech("a.wav");
  const Outcome run = transcribe({"a.wav", "missing.mp4"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, AllOf(HasSubstr("missing.mp4"), HasSubstr("1 done, 1 failed.")));
  EXPECT_TRUE(exists("a.txt"));
}

TEST_F(Batch, ANoteAboutAllFilesIsShownOnce) {
  environment.erase("VAT_ENGINE");
  environment.erase("VAT_MODEL");
  make_speech("a.wav");
  make_speech("b.wav");
  const Outcome run = vat({"transcribe", "a.wav", "b.wav", "-f", "txt"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const std::string notice = "PocketSphinx is used instead";
  EXPECT_NE(run.err.find(notice), std::string::npos);
  EXPECT_EQ(run.err.find(notice), run.err.rfind(notice));
}

}  // namespace
}  // namespace vat::cli_test
