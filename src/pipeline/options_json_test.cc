#include "pipeline/options_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

namespace vat::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

/// One option: another value than the default's in JSON and as a form's text, and values of a wrong type.
struct Sample {
  std::string json;
  std::string text;
  std::vector<std::string> wrong_json;
  std::string wrong_text;
};

const std::map<std::string, Sample, std::less<>>& samples() {
  static const std::map<std::string, Sample, std::less<>> all = {
      {"engine", {R"("whisper")", "whisper", {"1", "null", R"("dragon")"}, "dragon"}},
      {"model", {R"("small.en")", "small.en", {"true", R"("/etc/passwd")", R"("")"}, "x.bin"}},
      {"language", {R"("de")", "de", {"7", R"("Klingon")"}, "Klingon"}},
      {"mixed_languages", {"true", "yes", {"2", R"("en,de")"}, "en,de"}},
      {"translate", {"true", "on", {"1", R"("true")"}, "maybe"}},
      {"prompt", {R"("Ada")", "Ada", {"[]", "{}"}, "\xff"}},
      {"hotwords", {R"("Ada, Zo")", "Ada, Zo", {"[]", "{}"}, "\xff"}},
      {"carry_text", {"true", "true", {"0"}, ""}},
      {"beam_size", {"5", "5", {"0", "9", "2.5", R"("5")", "1e400", "99999999999999999999"}, "5 "}},
      {"best_of", {"3", "3", {"-1", "null"}, "three"}},
      {"temperature", {"0.3", "0.3", {"1.5", R"("0")", "1e300"}, "nan"}},
      {"temperature_step", {"0", "0", {"2", "[]"}, "inf"}},
      {"word_times", {"false", "no", {"null"}, "nope"}},
      {"short_context", {"true", "yes", {"2"}, "2"}},
      {"detector", {R"("webrtc")", "webrtc", {R"("ears")", "{}"}, "ears"}},
      {"track", {"2", "2", {"-1", "1.5", "4294967296"}, "two"}},
      {"formats", {R"(["md","srt"])", "md, srt", {R"("srt")", "[1]", R"(["doc"])", "[[]]"}, "doc"}},
      {"preset", {R"("bbc")", "bbc", {R"("cinema")", "5"}, "cinema"}},
      {"speakers", {R"("2-5")", "2-5", {R"("5-2")", "5"}, "5-2"}},
      {"sounds", {"true", "yes", {"1"}, "loud"}},
      {"speech", {"false", "0", {R"("no")"}, "none"}},
      {"speech_engine", {R"("flite")", "flite", {R"("parrot")", "[]"}, "parrot"}},
      {"voice", {R"("slt")", "slt", {"3"}, "\xc3"}},
      {"voices",
       {R"({"Anna":"slt","S2":"rms"})",
        R"({"S2": "rms", "Anna": "slt"})",
        {R"("slt")", "[]", R"({"Anna":1})", R"({"Anna":""})", R"({"":"slt"})"},
        "Anna=slt"}},
      {"speed", {"1.25", "1.25", {"10", R"("fast")"}, "fast"}},
      {"audio_format", {R"("opus")", "opus", {R"("midi")", "1"}, "midi"}},
      {"loudness", {"-23", "-23", {"0", R"("off")", "true"}, "loud"}},
      {"background", {R"("duck")", "duck", {R"("loud")", "1"}, "loud"}},
      {"dub", {"true", "1", {"[]"}, "x"}}};
  return all;
}

TEST(OptionsJsonTest, EveryOptionHasASampleHere) {
  std::set<std::string, std::less<>> names;
  for (const auto& [name, sample] : samples()) names.insert(name);
  const auto listed = option_names();
  EXPECT_EQ(names, (std::set<std::string, std::less<>>(listed.begin(), listed.end())));
}

TEST(OptionsJsonTest, EveryOptionIsSetByJsonAndByTextToTheSameAndComesBack) {
  for (const auto& [name, sample] : samples()) {
    const auto by_json = job_options_from_json("{\"" + name + "\":" + sample.json + "}", {});
    ASSERT_TRUE(by_json) << name << ": " << by_json.error().message;
    EXPECT_FALSE(*by_json == JobOptions{}) << name << " sets nothing";
    JobOptions by_text;
    const auto set = set_option(by_text, name, sample.text);
    ASSERT_TRUE(set) << name << ": " << set.error().message;
    EXPECT_TRUE(*set) << name;
    EXPECT_EQ(by_text, *by_json) << name;
    EXPECT_EQ(job_options_from_stored_json(to_json(*by_json)).value(), *by_json) << name;
    EXPECT_EQ(job_options_from_json(to_public_json(*by_json), {}).value(), *by_json) << name;
  }
}

TEST(OptionsJsonTest, EveryWrongValueIsRefusedAndItsFieldNamed) {
  for (const auto& [name, sample] : samples()) {
    for (const std::string& wrong : sample.wrong_json) {
      const auto read = job_options_from_json("{\"" + name + "\":" + wrong + "}", {});
      ASSERT_FALSE(read) << name << " " << wrong;
      EXPECT_EQ(read.error().code, ErrorCode::kInvalidArgument) << name << " " << wrong;
      EXPECT_EQ(read.error().field, name) << wrong;
      EXPECT_THAT(read.error().message, testing::EndsWith(".")) << name;
    }
    JobOptions options;
    const auto set = set_option(options, name, sample.wrong_text);
    ASSERT_FALSE(set) << name << " " << sample.wrong_text;
    EXPECT_EQ(set.error().field, name);
    EXPECT_EQ(options, JobOptions{}) << name << " was changed nevertheless";
  }
}

TEST(OptionsJsonTest, WhatIsNotGivenComesFromTheDefaults) {
  JobOptions defaults;
  defaults.choice.device = "cpu";
  defaults.choice.weights = "q8_0";
  defaults.choice.model = "/models/ours.bin";
  defaults.speech = false;
  const auto options = job_options_from_json(R"({"beam_size": 4})", defaults);
  ASSERT_TRUE(options) << options.error().message;
  defaults.recognition.beam_size = 4;
  EXPECT_EQ(*options, defaults);
  EXPECT_EQ(job_options_from_stored_json(to_json(defaults)).value(), defaults);
}

TEST(OptionsJsonTest, WhatBelongsToTheOperatorIsNeitherTakenFromAUserNorShown) {
  for (const std::string name : {"device", "weights"}) {
    const auto read = job_options_from_json("{\"" + name + R"(":"cpu"})", {});
    ASSERT_FALSE(read) << name;
    EXPECT_EQ(read.error().field, name);
    JobOptions options;
    EXPECT_FALSE(set_option(options, name, "cpu").value()) << name;
    EXPECT_THAT(option_names(), Not(testing::Contains(name)));
    EXPECT_THAT(to_public_json({}), Not(HasSubstr(name)));
  }
  JobOptions ours;
  ours.choice.model = "/secret/ours.bin";
  EXPECT_THAT(to_public_json(ours), Not(HasSubstr("secret")));
  for (const std::string file : {"/a", "a/b", "..\\\\a", "ggml-base.bin"}) {
    const auto read = job_options_from_json(R"({"model":")" + file + "\"}", {});
    ASSERT_FALSE(read) << file;
    EXPECT_THAT(read.error().message, HasSubstr("name of the catalogue"));
  }
}

TEST(OptionsJsonTest, AnUnknownOptionIsRefusedWithTheNearestName) {
  const auto read = job_options_from_json(R"({"langauge":"de"})", {});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().field, "langauge");
  EXPECT_THAT(read.error().message, HasSubstr("did you mean language?"));
  const auto long_name = job_options_from_json("{\"" + std::string(60'000, 'x') + "\":1}", {});
  ASSERT_FALSE(long_name);
  EXPECT_LT(long_name.error().message.size(), 200U);
  JobOptions options;
  EXPECT_FALSE(set_option(options, "file", "x").value());
}

TEST(OptionsJsonTest, ALanguageIsTakenByNameAndKeptAsItsCode) {
  EXPECT_EQ(job_options_from_json(R"({"language":"German"})", {})->recognition.language, "de");
  EXPECT_EQ(job_options_from_json(R"({"language":"pt-BR"})", {})->recognition.language, "pt");
}

TEST(OptionsJsonTest, LoudnessMayBeTurnedOff) {
  EXPECT_FALSE(job_options_from_json(R"({"loudness":null})", {})->spoken.loudness);
  JobOptions options;
  EXPECT_TRUE(set_option(options, "loudness", "off").value());
  EXPECT_FALSE(options.spoken.loudness);
  EXPECT_EQ(job_options_from_stored_json(to_json(options)).value(), options);
}

TEST(OptionsJsonTest, NumbersOfManyDigitsStayWhatTheyAreWhenStoredAgainAndAgain) {
  const auto options =
      job_options_from_json(R"({"loudness":-23.8446744707309551615,"speed":1.0000000000000002})", {}).value();
  EXPECT_EQ(options.spoken.loudness, -23.844674);
  EXPECT_EQ(options.spoken.speed, 1);
  EXPECT_EQ(job_options_from_stored_json(to_json(options)).value(), options);
  JobOptions form;
  ASSERT_TRUE(set_option(form, "loudness", "-23.8446744707309551615").value());
  EXPECT_EQ(form.spoken.loudness, options.spoken.loudness);
}

TEST(OptionsJsonTest, FormatsKeepTheirOrderAndCountOnce) {
  const auto options = job_options_from_json(R"({"formats":["vtt","SRT","vtt"]})", {});
  ASSERT_TRUE(options);
  EXPECT_THAT(options->formats, ElementsAre(subtitles::Format::kVtt, subtitles::Format::kSrt));
  EXPECT_TRUE(job_options_from_json(R"({"formats":[]})", {})->formats.empty());
}

TEST(OptionsJsonTest, FloatsAreWrittenAsPeopleWriteThem) {
  JobOptions options;
  options.recognition.temperature = 0.2F;
  EXPECT_THAT(to_json(options), HasSubstr("\"temperature\":0.2"));
  EXPECT_EQ(job_options_from_stored_json(to_json(options))->recognition.temperature, 0.2F);
}

TEST(OptionsJsonTest, WhatIsNoObjectIsRefused) {
  for (const std::string text : {"", "[]", "7", "null", "{", "{}x", "{\"track\":}", "{'track':1}",
                                 "{\"prompt\":\"\xff\"}", "{\"track\":NaN}", "// {}"}) {
    const auto read = job_options_from_json(text, {});
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(read.error().message, HasSubstr("JSON"));
  }
}

TEST(OptionsJsonTest, DeepAndHugeDocumentsAreRefusedAtOnce) {
  const auto deep = job_options_from_json("{\"formats\":" + std::string(20'000, '['), {});
  ASSERT_FALSE(deep);
  EXPECT_EQ(deep.error().code, ErrorCode::kInvalidArgument);
  const auto huge = job_options_from_json("{\"prompt\":\"" + std::string(70'000, 'x') + "\"}", {});
  ASSERT_FALSE(huge);
  EXPECT_EQ(huge.error().code, ErrorCode::kLimit);
}

}  // namespace
}  // namespace vat::pipeline
