#include "pipeline/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "pipeline/result_files.h"

namespace vat::pipeline {
namespace {

TEST(OptionsTest, TheDefaultsMakeSense) { EXPECT_TRUE(validate(JobOptions{})); }

TEST(OptionsTest, EachValueWithoutMeaningIsRefusedWithASentenceThatNamesIt) {
  const std::vector<std::pair<std::string, std::function<void(JobOptions&)>>> wrong = {
      {"track", [](JobOptions& o) { o.track = -1; }},
      {"engine", [](JobOptions& o) { o.choice.engine = "dragon"; }},
      {"weights", [](JobOptions& o) { o.choice.weights = "f8"; }},
      {"detector", [](JobOptions& o) { o.choice.detector = "ears"; }},
      {"model", [](JobOptions& o) { o.choice.model.clear(); }},
      {"beam", [](JobOptions& o) { o.recognition.beam_size = 0; }},
      {"candidates", [](JobOptions& o) { o.recognition.best_of = 9; }},
      {"mixed languages",
       [](JobOptions& o) {
         o.recognition.mixed_languages = true;
         o.recognition.language = "de";
       }},
      {"temperature", [](JobOptions& o) { o.recognition.temperature = 1.5F; }},
      {"step", [](JobOptions& o) { o.recognition.temperature_step = -1; }},
      {"prompt", [](JobOptions& o) { o.recognition.prompt = std::string(5000, 'x'); }},
      {"hotwords", [](JobOptions& o) { o.recognition.hotwords = std::string(5000, 'x'); }},
      {"preset", [](JobOptions& o) { o.preset = "cinema"; }},
      {"speech engine", [](JobOptions& o) { o.spoken.engine = "parrot"; }},
      {"voice", [](JobOptions& o) { o.spoken.voice = std::string(5000, 'x'); }},
      {"voice", [](JobOptions& o) { o.spoken.voices["Anna"]; }},
      {"speed", [](JobOptions& o) { o.spoken.speed = 10; }},
      {"loudness", [](JobOptions& o) { o.spoken.loudness = 0; }}};
  for (const auto& [word, change] : wrong) {
    JobOptions options;
    change(options);
    const auto result = validate(options);
    ASSERT_FALSE(result) << word;
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(result.error().message, testing::HasSubstr(word));
    EXPECT_FALSE(result.error().field.empty()) << word;
  }
}

TEST(ResultFilesTest, EveryResultHasAPlannedName) {
  const ResultPlan plan{.folder = "out", .stem = "talk"};
  JobOptions options;
  options.formats = {subtitles::Format::kSrt, subtitles::Format::kMarkdown};
  options.dub = true;
  const std::vector<std::filesystem::path> expected = {"out/talk.srt", "out/talk.md", "out/talk.speech.mp3",
                                                       "out/talk.dub.mkv"};
  EXPECT_EQ(planned_files(plan, options, "mkv"), expected);
}

TEST(ResultFilesTest, AnExistingResultIsNamedUnlessItMayBeReplaced) {
  const auto directory = TemporaryDirectory::create().value();
  ResultPlan plan{.folder = directory.path(), .stem = "talk"};
  ASSERT_TRUE(
      write_file_atomically(plan.transcript(subtitles::Format::kVtt), "WEBVTT\n", Overwrite::kRefuse));
  const auto files = planned_files(plan, JobOptions{}, "");
  const auto taken = check_free(plan, files);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::kExists);
  EXPECT_THAT(taken.error().message, testing::HasSubstr("talk.vtt"));
  plan.overwrite = Overwrite::kReplace;
  EXPECT_TRUE(check_free(plan, files));
}

TEST(ResultFilesTest, ThePresetFollowsTheLanguage) {
  Transcript transcript;
  transcript.language = "en";
  EXPECT_EQ(shape_cues(transcript, JobOptions{})->preset, "netflix");
  transcript.language = "de";
  EXPECT_EQ(shape_cues(transcript, JobOptions{})->preset, "netflix-other");
  transcript.task = "translate";
  EXPECT_EQ(shape_cues(transcript, JobOptions{})->preset, "netflix");
  JobOptions bbc;
  bbc.preset = "bbc";
  EXPECT_EQ(shape_cues(transcript, bbc)->preset, "bbc");
}

}  // namespace
}  // namespace vat::pipeline
