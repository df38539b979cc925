// Neural voices: import, list, remove. What speaks with them is tested with trained weights (tests/real).
#include "catalog/voices.h"
#include "cli_test.h"
#include "net/testing/http_test_server.h"

namespace vat::cli_test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Voices : public CliTest {
 protected:
  /// A Piper voice without a network in it.
  void make_voice(const std::string& name) const {
    put(name + ".json",
        R"({"audio":{"sample_rate":22050},"espeak":{"voice":"de"},"language":{"code":"de_DE"},)"
        R"("phoneme_id_map":{"_":[0],"^":[1],"$":[2],"t":[3]}})");
    std::string graph;
    for (const std::string input : {"input", "input_lengths", "scales"}) graph += field(11, field(1, input));
    put(name, field(7, graph));
  }

 private:
  static std::string field(int number, const std::string& bytes) {
    return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(bytes.size())} + bytes;
  }
};

TEST_F(Voices, APiperVoiceIsImportedListedAndRemoved) {
  make_voice("de_DE-test.onnx");
  Outcome run = vat({"voices", "import", "de_DE-test.onnx"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, AllOf(HasSubstr("de_DE-test is installed."), HasSubstr("it needs libonnxruntime")));
  EXPECT_EQ(vat({"voices", "import", "de_DE-test.onnx"}).exit_code, 7);
  EXPECT_EQ(vat({"voices", "import", "de_DE-test.onnx", "--force"}).exit_code, 0);
  EXPECT_EQ(vat({"voices", "import", "de_DE-test.onnx", "--name", "mine"}).exit_code, 0);
  // Without the library that runs it, it is no voice yet.
  EXPECT_THAT(vat({"voices"}).out, Not(HasSubstr("piper:")));
  put("library", "");
  std::filesystem::create_directories(environment["VAT_CACHE"] + "/voices");
  std::filesystem::rename(path("library"),
                          environment["VAT_CACHE"] + "/voices/" + std::string(catalog::kVoiceLibrary));
  EXPECT_THAT(vat({"voices", "list", "-l", "de"}).out,
              AllOf(HasSubstr("piper:de_DE-test"), HasSubstr("piper:mine"), HasSubstr("de-DE")));
  run = vat({"voices", "remove", "mine"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(vat({"voices"}).out, AllOf(HasSubstr("piper:de_DE-test"), Not(HasSubstr("piper:mine"))));
  EXPECT_EQ(vat({"voices", "remove", "mine"}).exit_code, 3);
}

TEST_F(Voices, AVoiceThatCannotRunIsReplacedByTheNextEngine) {
  make_voice("de_DE-test.onnx");
  ASSERT_EQ(vat({"voices", "import", "de_DE-test.onnx"}).exit_code, 0);
  put("library", "no library");
  std::filesystem::rename(path("library"),
                          environment["VAT_CACHE"] + "/voices/" + std::string(catalog::kVoiceLibrary));
  const Outcome run = vat({"speak", "--text", "Guten Tag.", "-l", "de", "-o", "a.wav"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, AllOf(HasSubstr("Speech by piper failed, so espeak-ng speaks the rest"),
                             HasSubstr("cannot be loaded"), HasSubstr("spoken by espeak-ng")));
}

TEST_F(Voices, ALexiconSaysHowWordsAreSaid) {
  put("words", "# names\nvat = vatt\ntomato = /təˈmɑːtoʊ/\n");
  const Outcome plain = vat({"speak", "--text", "A tomato.", "-l", "de", "-o", "a.wav"});
  put("vat.toml", "[speak]\nlexicon = \"words\"\n");
  const Outcome said =
      vat({"speak", "--config", "vat.toml", "--text", "A tomato.", "-l", "de", "-o", "b.wav"});
  ASSERT_EQ(plain.exit_code, 0) << plain.err;
  ASSERT_EQ(said.exit_code, 0) << said.err;
  EXPECT_NE(std::filesystem::file_size(path("a.wav")), std::filesystem::file_size(path("b.wav")));
  const Outcome flite = vat({"speak", "--text", "A tomato.", "--lexicon", "words", "-o", "c.wav"});
  EXPECT_EQ(flite.exit_code, 0) << flite.err;
  EXPECT_THAT(flite.err, HasSubstr("flite takes no phonemes, so words that have some are read as they are"));
  put("words", "vat = vatt\nnothing");
  const Outcome wrong = vat({"speak", "--text", "A.", "--lexicon", "words", "-o", "d.wav"});
  EXPECT_EQ(wrong.exit_code, 4);
  EXPECT_THAT(wrong.err, HasSubstr("words: Line 2 of the lexicon has no \"=\""));
  EXPECT_EQ(vat({"speak", "--text", "A.", "--lexicon", "missing", "-o", "d.wav"}).exit_code, 3);
}

TEST_F(Voices, SsmlIsSpokenAndCheckedFirst) {
  put("talk.ssml", "<?xml version='1.0'?>\n<speak>One.<break time='3s'/><emphasis>Two.</emphasis></speak>");
  const Outcome run = vat({"speak", "talk.ssml", "--audio-format", "wav"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, AllOf(HasSubstr("<emphasis>; its text is spoken"), HasSubstr("2 sentences")));
  constexpr std::uintmax_t kBytesOfThreeSeconds = 3 * 24'000 * 2;
  EXPECT_GT(std::filesystem::file_size(path("talk.wav")), kBytesOfThreeSeconds);
  Outcome wrong = vat({"speak", "--text", "<speak>\n<p>One</speak>", "-o", "a.wav"});
  EXPECT_EQ(wrong.exit_code, 4);
  EXPECT_THAT(wrong.err, HasSubstr("The SSML is not valid in line 2, column"));
  EXPECT_FALSE(exists("a.wav"));
  wrong = vat({"speak", "--text", "One", "--ssml", "-o", "a.wav"});
  EXPECT_EQ(wrong.exit_code, 4);
  EXPECT_THAT(wrong.err, HasSubstr("does not begin with <speak>"));
  EXPECT_EQ(vat({"speak", "--text", "<speak><break/></speak>", "-o", "a.wav"}).exit_code, 4);
}

TEST_F(Voices, LanguagesAreFoundHoweverTheyAreWritten) {
  const std::string american = vat({"voices", "-l", "en-US"}).out;
  EXPECT_THAT(american, AllOf(HasSubstr("flite:slt"), HasSubstr("180 Hz")));
  EXPECT_EQ(vat({"voices", "-l", "EN_us"}).out, american);
  const Outcome run = vat({"voices", "--speech-engine", "nobody"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.err, HasSubstr("There is no speech engine \"nobody\"; there are: "));
  EXPECT_THAT(vat({"voices", "sample", "nobody"}).err, Not(HasSubstr("Near it")));
}

TEST_F(Voices, TextInTheLettersOfAnotherLanguageIsSpokenWithAWarning) {
  const Outcome run =
      vat({"speak", "--text", "مرحبا بالعالم", "-o", "a.wav", "--speech-engine", "espeak-ng"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("Most letters of the text are Arabic"));
  EXPECT_THAT(vat({"speak", "--text", "مرحبا بالعالم", "-o", "b.wav", "-l", "ar"}).err,
              Not(HasSubstr("Most letters")));
  EXPECT_THAT(vat({"speak", "--text", "", "-o", "c.wav"}).err, HasSubstr("There are no words to speak."));
}

TEST_F(Voices, WhatIsNoVoiceIsNotImported) {
  EXPECT_THAT(vat({"voices", "import", "gone.onnx"}).err, HasSubstr("There is no file gone.onnx."));
  put("a.onnx", "no model");
  Outcome run = vat({"voices", "import", "a.onnx"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.err, StartsWith("vat: A Piper voice is two files: there is no a.onnx.json."));
  put("a.onnx.json", "{}");
  run = vat({"voices", "import", "a.onnx"});
  EXPECT_EQ(run.exit_code, 4);
  EXPECT_THAT(run.err, StartsWith("vat: a.onnx.json cannot be used: it is not the description"));
  EXPECT_EQ(vat({"voices", "import", "a.wav"}).exit_code, 2);
}

TEST_F(Voices, TheNaturalVoiceIsLookedForAtTheFirstUseAndNotAgainForADay) {
  const test_server::HttpTestServer server({.status = 404});
  environment.erase("VAT_OFFLINE");
  environment["VAT_MODEL_URL"] = server.url("/{file}");
  environment["VAT_MODEL_SOURCES"] = "mirror";
  Outcome run = vat({"speak", "--text", "Hello.", "-o", "a.wav"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err,
              AllOf(HasSubstr("simpler ones speak"), HasSubstr("404"), HasSubstr("spoken by flite")));
  const std::size_t requests = server.requests().size();
  EXPECT_GE(requests, 1U);
  run = vat({"speak", "--text", "Hello.", "-o", "b.wav"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  // No request for a language that it does not speak, nor for another engine.
  std::filesystem::remove(environment["VAT_CACHE"] + "/voices/.not-reached");
  EXPECT_EQ(vat({"speak", "--text", "Hallo.", "-l", "de", "-o", "c.wav"}).exit_code, 0);
  EXPECT_EQ(vat({"speak", "--text", "Hello.", "--speech-engine", "flite", "-o", "d.wav"}).exit_code, 0);
  EXPECT_EQ(server.requests().size(), requests);
  run = vat({"speak", "--text", "Hello.", "--voice", "af_heart", "-o", "e.wav"});
  EXPECT_EQ(run.exit_code, 3) << "it was asked for";
}

TEST_F(Voices, WhatCanBeFetchedIsListedAndMissing) {
  EXPECT_THAT(vat({"voices", "list"}).out,
              AllOf(HasSubstr("TO FETCH"), HasSubstr("kokoro"), HasSubstr("Apache")));
  EXPECT_THAT(vat({"doctor"}).out, HasSubstr("`vat voices pull kokoro`"));
  Outcome run = vat({"voices", "pull", "kokoro"});
  EXPECT_EQ(run.exit_code, 5);
  EXPECT_THAT(run.err, HasSubstr("--offline"));
  run = vat({"voices", "pull", "nobody"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.err, HasSubstr("there are: kokoro, en_US-joe-medium"));
  EXPECT_EQ(vat({"voices", "sample", "nobody"}).exit_code, 3);
  run = vat({"voices", "sample", "espeak-ng:de", "-o", "de.wav"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(exists("de.wav"));
  EXPECT_EQ(vat({"model-host"}).exit_code, 2) << "it is started by vat itself";
}

}  // namespace
}  // namespace vat::cli_test
