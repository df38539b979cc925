#include "api/jobs/time_left.h"

#include <gtest/gtest.h>

namespace vat::api {
namespace {

Job running(const std::string& options = R"({"speech":false,"dub":false})") {
  Job job;
  job.state = JobState::kProcessing;
  job.options = options;
  job.started_at = from_unix_millis(1'000'000);
  return job;
}

TEST(OverallPercent, CountsOnlyTheStagesThatTheJobHas) {
  Job job = running();
  EXPECT_EQ(overall_percent(job, {.stage = Stage::kPrepare, .fraction = 0}), 0);
  EXPECT_NEAR(overall_percent(job, {.stage = Stage::kTranscribe, .fraction = 1}), 98.8, 0.1);
  EXPECT_LT(overall_percent(job, {.stage = Stage::kMux, .fraction = 1}), 100);
  job.options = R"({"speech":true,"dub":true})";
  EXPECT_NEAR(overall_percent(job, {.stage = Stage::kTranscribe, .fraction = 1}), 85, 0.1);
  EXPECT_NEAR(overall_percent(job, {.stage = Stage::kTranscribe, .fraction = -1}), 2, 0.1);
  job.kind = JobKind::kSpeech;
  EXPECT_NEAR(overall_percent(job, {.stage = Stage::kSpeak, .fraction = 0.5}), 57, 1);
  job.state = JobState::kCompleted;
  EXPECT_EQ(overall_percent(job, {}), 100);
}

TEST(RunningEta, GoesByThePaceOfRecognitionOrOfTheWhole) {
  Job job = running();
  const UtcTime now = *job.started_at + std::chrono::seconds(60);
  EXPECT_EQ(running_eta(job, {.stage = Stage::kPrepare, .fraction = 0.5}, now), std::nullopt);
  // Half of 100 s is done, at ten times real time: five of about ten seconds are left.
  job.duration = Millis(100'000);
  const JobProgress half{.stage = Stage::kTranscribe, .fraction = 0.5, .speed = 10};
  EXPECT_NEAR(running_eta(job, half, now).value(), 5.1, 0.2);
  // The rest can be estimated only from the time that has passed.
  job.duration = Millis(0);
  EXPECT_NEAR(running_eta(job, half, now).value(), 60, 3);
}

}  // namespace
}  // namespace vat::api
