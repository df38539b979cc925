#include "domain/job.h"

#include <array>
#include <utility>

namespace vat {
namespace {

struct Transition {
  JobState from;
  JobAction action;
  JobState to;
};

/// All allowed transitions; others are rejected.
constexpr std::array kTransitions = {
    Transition{JobState::kQueued, JobAction::kClaim, JobState::kProcessing},
    Transition{JobState::kQueued, JobAction::kCancel, JobState::kCancelled},
    Transition{JobState::kProcessing, JobAction::kComplete, JobState::kCompleted},
    Transition{JobState::kProcessing, JobAction::kFail, JobState::kFailed},
    Transition{JobState::kProcessing, JobAction::kPostpone, JobState::kQueued},
    Transition{JobState::kProcessing, JobAction::kLose, JobState::kQueued},
    Transition{JobState::kProcessing, JobAction::kSetAside, JobState::kFailed},
    Transition{JobState::kProcessing, JobAction::kCancel, JobState::kCancelled},
    Transition{JobState::kFailed, JobAction::kRetry, JobState::kQueued},
    Transition{JobState::kCancelled, JobAction::kRetry, JobState::kQueued},
};

constexpr std::array<std::pair<JobState, std::string_view>, 5> kStateNames = {{
    {JobState::kQueued, "queued"},
    {JobState::kProcessing, "processing"},
    {JobState::kCompleted, "completed"},
    {JobState::kFailed, "failed"},
    {JobState::kCancelled, "cancelled"},
}};

constexpr std::array<std::pair<JobKind, std::string_view>, 2> kKindNames = {{
    {JobKind::kProcess, "process"},
    {JobKind::kSpeech, "speech"},
}};

template <class Table, class Value>
std::string_view name_in(const Table& table, Value value) {
  for (const auto& [candidate, name] : table) {
    if (candidate == value) return name;
  }
  return {};
}

template <class Value, std::size_t kSize>
std::optional<Value> value_in(const std::array<std::pair<Value, std::string_view>, kSize>& table,
                              std::string_view name) {
  for (const auto& [value, candidate] : table) {
    if (candidate == name) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view job_state_name(JobState state) { return name_in(kStateNames, state); }
std::optional<JobState> parse_job_state(std::string_view name) { return value_in(kStateNames, name); }
std::string_view job_kind_name(JobKind kind) { return name_in(kKindNames, kind); }
std::optional<JobKind> parse_job_kind(std::string_view name) { return value_in(kKindNames, name); }

bool is_preview(std::string_view kind) {
  return kind == "waveform" || kind == "thumbnail" || kind == "filmstrip";
}

bool is_result(std::string_view kind) { return kind == "transcript" || kind == "speech" || kind == "dub"; }

bool is_final(JobState state) {
  return state == JobState::kCompleted || state == JobState::kFailed || state == JobState::kCancelled;
}

std::optional<JobState> next_state(JobState state, JobAction action) {
  for (const Transition& transition : kTransitions) {
    if (transition.from == state && transition.action == action) return transition.to;
  }
  return std::nullopt;
}

}  // namespace vat
