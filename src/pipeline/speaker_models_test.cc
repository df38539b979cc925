#include "pipeline/speaker_models.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <latch>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "pipeline/stages.h"
#include "pipeline/testing/gated_publisher.h"

namespace vat::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kEars = "http://publisher/ears.onnx";
constexpr const char* kVoicesFile = "http://publisher/voices.onnx";

/// Can tell nobody apart, and is only found.
class FoundDiarizer : public Diarizer {
 public:
  Result<std::unique_ptr<Diarization>> start(std::stop_token /*stop*/) override {
    return fail(ErrorCode::kUnavailable, "It has no ears.");
  }
  Result<std::vector<float>> voice(std::span<const float> /*samples*/,
                                   const std::stop_token& /*stop*/) override {
    return fail(ErrorCode::kUnavailable, "It has no ears.");
  }
};

/// A store of two files that a publisher has.
class SpeakerModelsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    publisher_.publish(kEars, "who is active");
    publisher_.publish(kVoicesFile, "what a voice is like");
  }
  [[nodiscard]] SpeakerModels models(std::string no_fetching = "") {
    return {diarizer_, {{store_, "ears.onnx"}, {store_, "voices.onnx"}}, std::move(no_fetching)};
  }

  TemporaryDirectory directory_ = TemporaryDirectory::create().value();
  GatedPublisher publisher_;
  FoundDiarizer diarizer_;
  const std::string ears_digest_ = hash_hex(Digest::kSha256, "who is active");
  const std::string voices_digest_ = hash_hex(Digest::kSha256, "what a voice is like");
  const std::array<catalog::PublishedModel, 2> published_ = {
      catalog::PublishedModel{"ears.onnx", catalog::ModelKind::kSpeakers, 13, ears_digest_,
                              "http://publisher"},
      catalog::PublishedModel{"voices.onnx", catalog::ModelKind::kSpeakers, 20, voices_digest_,
                              "http://publisher"}};
  catalog::ModelStore store_{publisher_, [&] {
                               catalog::StoreOptions options;
                               options.directory = directory_.path() / "speakers";
                               options.models = published_;
                               options.packages = {};
                               options.silence_memory = std::chrono::milliseconds(0);
                               options.fruitless_attempts = 1;
                               return options;
                             }()};
};

TEST_F(SpeakerModelsTest, WhatIsMissingIsFetchedOnce) {
  SpeakerModels speakers = models();
  EXPECT_EQ(speakers.missing_bytes(), 33U);
  std::vector<std::string> fetched;
  const FetchProgress progress = [&](const std::string& file, const catalog::PullProgress& now) {
    if (now.phase == catalog::PullPhase::kInstalled) fetched.push_back(file);
  };
  EXPECT_EQ(speakers.get(progress, {}).value(), &diarizer_);
  EXPECT_EQ(speakers.get(progress, {}).value(), &diarizer_);
  EXPECT_THAT(fetched, ElementsAre("ears.onnx", "voices.onnx"));
  EXPECT_EQ(speakers.missing_bytes(), 0U);
  EXPECT_EQ(publisher_.downloads(kEars), 1);
}

TEST_F(SpeakerModelsTest, AFetchThatFailedIsNotTriedForEveryRecording) {
  publisher_.publish(kVoicesFile, "");
  SpeakerModels speakers = models();
  for (int recording = 0; recording < 2; ++recording) {
    const auto found = speakers.get({}, {});
    ASSERT_FALSE(found);
    EXPECT_THAT(found.error().message, HasSubstr("Cannot reach"));
  }
  EXPECT_EQ(publisher_.downloads(kVoicesFile), 1);
}

TEST_F(SpeakerModelsTest, WhereNothingMayBeFetchedNothingIsAskedFor) {
  SpeakerModels speakers = models("this service does not download models.");
  const auto found = speakers.get({}, {});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(found.error().message,
            "The model ears.onnx is not installed, and this service does not download models.");
  EXPECT_EQ(publisher_.downloads(kEars), 0);
}

TEST_F(SpeakerModelsTest, AStopEndsAFetchThatHangsAndTheNextOneSucceeds) {
  publisher_.close_gate(kVoicesFile);
  SpeakerModels speakers = models();
  std::stop_source stop;
  std::latch begun(1);
  Result<Diarizer*> found = nullptr;
  std::jthread job([&] {
    bool first = true;
    const FetchProgress progress = [&](const std::string& file, const catalog::PullProgress& now) {
      const bool waits = file == "voices.onnx" && now.phase == catalog::PullPhase::kDownloading;
      if (waits && std::exchange(first, false)) begun.count_down();
    };
    found = speakers.get(progress, stop.get_token());
  });
  begun.wait();
  stop.request_stop();
  job.join();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kCancelled);
  publisher_.open_gate(kVoicesFile);
  EXPECT_TRUE(speakers.get({}, {})) << "a stop is no failure to remember";
}

}  // namespace
}  // namespace vat::pipeline
