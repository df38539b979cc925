// Who speaks, as the command line is told or finds out. Voices are told apart with trained weights in
// tests/real.
#include "cli_test.h"
#include "net/testing/http_test_server.h"

namespace vat::cli_test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kTwoPeople =
    "SPEAKER talk 1 0.000 2.600 <NA> <NA> Anna_Berg <NA> <NA>\n"
    "SPEAKER talk 1 2.600 9.000 <NA> <NA> Ben <NA> <NA>\n";

class Speakers : public CliTest {
 protected:
  Speakers() { make_speech("talk.wav"); }
};

TEST_F(Speakers, AnRttmFileSaysWhoSaysWhat) {
  put("who.rttm", kTwoPeople);
  const Outcome run =
      vat({"transcribe", "talk.wav", "--speakers-from", "who.rttm", "-f", "txt,vtt,rttm,json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(text_of("talk.txt"), AllOf(HasSubstr("Anna Berg: "), HasSubstr("Ben: ")));
  EXPECT_THAT(text_of("talk.vtt"), AllOf(HasSubstr("<v Anna Berg>"), HasSubstr("<v Ben>")));
  EXPECT_EQ(text_of("talk.rttm"), kTwoPeople);
  EXPECT_EQ(json_of("talk.json").at("speakers").as_array().size(), 2U);
  EXPECT_THAT(run.err, Not(HasSubstr("not told apart")));
}

TEST_F(Speakers, WhoIsKnownIsNotToldApartAgain) {
  put("who.rttm", kTwoPeople);
  const Outcome run =
      vat({"transcribe", "talk.wav", "--speakers", "auto", "--speakers-from", "who.rttm", "-f", "rttm"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(text_of("talk.rttm"), kTwoPeople);
  EXPECT_THAT(run.err, Not(HasSubstr("not told apart")));
}

TEST_F(Speakers, AnRttmFileThatDoesNotFitIsRefusedBeforeTheWork) {
  put("several.rttm", "SPEAKER one 1 0 1 <NA> <NA> A <NA>\nSPEAKER two 1 0 1 <NA> <NA> A <NA>\n");
  put("broken.rttm", "SPEAKER talk 1 zero 1 <NA> <NA> A <NA>\n");
  const auto refused = [&](const std::string& file, int code, const std::string& sentence) {
    const Outcome run = vat({"transcribe", "talk.wav", "--speakers-from", file});
    EXPECT_EQ(run.exit_code, code) << file;
    EXPECT_THAT(run.err, HasSubstr(sentence)) << file;
    EXPECT_FALSE(exists("talk.txt")) << file;
  };
  refused("several.rttm", 4, "has 2 recordings, but none of the name talk");
  refused("broken.rttm", 4, "Line 1 is not a valid line of RTTM");
  refused("missing.rttm", 3, "missing.rttm");
}

TEST_F(Speakers, TurnsThatLieElsewhereLeaveTheWordsWithoutASpeaker) {
  put("far.rttm", "SPEAKER other 1 500 3 <NA> <NA> Far <NA> <NA>\n");
  const Outcome run = vat({"transcribe", "talk.wav", "--speakers-from", "far.rttm", "-f", "txt,srt"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(text_of("talk.txt"), Not(HasSubstr("Far")));
  EXPECT_GT(text_of("talk.txt").size(), 20U);
}

TEST_F(Speakers, AWrongNumberOfSpeakersIsRefused) {
  for (const char* const value : {"0", "-1", "3-2", "101", "many", "1.5", ""}) {
    const Outcome run = vat({"transcribe", "talk.wav", std::string("--speakers=") + value});
    EXPECT_EQ(run.exit_code, 2) << value << ": " << run.err;
    EXPECT_THAT(run.err, HasSubstr("speakers")) << value;
    EXPECT_FALSE(exists("talk.txt")) << value;
  }
}

TEST_F(Speakers, AMonoRecordingHasNoChannelsToTellApart) {
  const Outcome run = vat({"transcribe", "talk.wav", "--speakers", "channels", "-f", "txt"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("Speakers are not told apart: "));
  EXPECT_THAT(text_of("talk.txt"), AllOf(HasSubstr("depth"), Not(HasSubstr("Channel"))));
}

TEST_F(Speakers, ModelsThatAreMissingOfflineCostTheSpeakersAlone) {
  const Outcome run = vat({"transcribe", "talk.wav", "--speakers", "auto", "-f", "txt"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, AllOf(HasSubstr("Speakers are not told apart: "), HasSubstr("--offline")));
  EXPECT_THAT(text_of("talk.txt"), HasSubstr("depth"));
}

TEST_F(Speakers, ModelsAreLookedForAtTheFirstUseAndOnceForABatch) {
  const test_server::HttpTestServer server({.status = 404});
  make_speech("again.wav");
  environment.erase("VAT_OFFLINE");
  environment["VAT_MODEL_URL"] = server.url("/{file}");
  environment["VAT_MODEL_SOURCES"] = "mirror";
  const Outcome run = vat(
      {"transcribe", "talk.wav", "again.wav", "--speakers", "2", "-f", "txt", "--engine", "pocketsphinx"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, AllOf(HasSubstr("Speakers are not told apart: "), HasSubstr("404")));
  EXPECT_TRUE(exists("talk.txt"));
  EXPECT_TRUE(exists("again.txt"));
  EXPECT_EQ(server.requests().size(), 1U) << "what was not there a moment ago is not asked for again";
}

}  // namespace
}  // namespace vat::cli_test
