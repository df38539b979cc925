#include "domain/job.h"

#include <gmock/gmock.h>

#include <array>
#include <map>
#include <string>
#include <utility>

namespace vat {
namespace {

constexpr std::array kStates = {JobState::kQueued, JobState::kProcessing, JobState::kCompleted,
                                JobState::kFailed, JobState::kCancelled};
constexpr std::array kActions = {JobAction::kClaim,    JobAction::kComplete, JobAction::kFail,
                                 JobAction::kPostpone, JobAction::kLose,     JobAction::kSetAside,
                                 JobAction::kCancel,   JobAction::kRetry};

TEST(JobState, EveryActionInEveryStateIsAllowedOrRefusedAsWritten) {
  // Rows: states; columns: claim, complete, fail, postpone, lose, set aside, cancel, retry.
  const std::map<JobState, std::string> expected = {
      {JobState::kQueued, "P-----X-"},    {JobState::kProcessing, "-CFQQFX-"},
      {JobState::kCompleted, "--------"}, {JobState::kFailed, "-------Q"},
      {JobState::kCancelled, "-------Q"},
  };
  const std::map<JobState, char> letters = {{JobState::kQueued, 'Q'},
                                            {JobState::kProcessing, 'P'},
                                            {JobState::kCompleted, 'C'},
                                            {JobState::kFailed, 'F'},
                                            {JobState::kCancelled, 'X'}};
  for (const JobState state : kStates) {
    std::string row;
    for (const JobAction action : kActions) {
      const auto next = next_state(state, action);
      row += next ? letters.at(*next) : '-';
    }
    EXPECT_EQ(row, expected.at(state)) << job_state_name(state);
  }
}

TEST(JobState, OnlyAUserBringsAFinalJobBack) {
  for (const JobState state : kStates) {
    for (const JobAction action : kActions) {
      if (is_final(state) && next_state(state, action)) {
        EXPECT_EQ(action, JobAction::kRetry);
      }
    }
  }
}

TEST(Artifact, WhatNobodyAskedForIsNoResult) {
  for (const std::string_view kind : {kTakesKind, kMasterKind, kTakeKind, std::string_view("waveform")})
    EXPECT_FALSE(is_result(kind));
  EXPECT_TRUE(is_result("speech") && is_result("dub") && is_result("transcript"));
  EXPECT_FALSE(is_preview(kMasterKind));
}

TEST(JobState, NamesComeBack) {
  for (const JobState state : kStates) EXPECT_EQ(parse_job_state(job_state_name(state)), state);
  EXPECT_EQ(parse_job_state("running"), std::nullopt);
  for (const JobKind kind : {JobKind::kProcess, JobKind::kSpeech})
    EXPECT_EQ(parse_job_kind(job_kind_name(kind)), kind);
}

}  // namespace
}  // namespace vat
