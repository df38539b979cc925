// The port to what an operator sees of everybody's work: figures and states, nothing of its content.
// Implemented by db.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/job.h"

namespace vat {

/// A job without title, text and options.
struct JobSummary {
  std::string id;
  std::string user_id;
  JobKind kind = JobKind::kProcess;
  JobState state = JobState::kQueued;
  Stage stage = Stage::kPrepare;
  int attempt = 0;
  int priority = 0;
  std::string engine;
  std::string model;
  Millis duration{0};
  std::string failure_code;  ///< Empty unless it failed.
  UtcTime created_at;
  std::optional<UtcTime> started_at;
  std::optional<UtcTime> finished_at;
};

struct JobSummaries {
  std::vector<JobSummary> jobs;  ///< Newest first.
  bool more = false;
};

/// A job that a worker has, and how much of its stage is done, [0, 1].
struct WorkedJob {
  std::string worker;  ///< "host:pid".
  JobSummary job;
  double fraction = 0;
};

/// Files of one kind.
struct StoredKind {
  std::string kind;  ///< Of Artifact.
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

struct StoredFigures {
  std::uint64_t recordings = 0;  ///< Complete uploads, and
  std::uint64_t recording_bytes = 0;
  std::uint64_t results = 0;  ///< files of jobs.
  std::uint64_t result_bytes = 0;
  std::uint64_t users = 0;
  std::vector<StoredKind> kinds;  ///< Of the results.
};

/// Safe to use from any thread.
class OverviewStore {
 public:
  virtual ~OverviewStore() = default;
  /// Jobs of all users; after the job `after_id`, if that is not empty.
  [[nodiscard]] virtual Result<JobSummaries> jobs(std::optional<JobState> state, const std::string& after_id,
                                                  std::size_t limit) = 0;
  /// By worker; of every process on the database, at most `limit`.
  [[nodiscard]] virtual Result<std::vector<WorkedJob>> work(std::size_t limit) = 0;
  /// Reads all rows: for a person who asks now and then.
  [[nodiscard]] virtual Result<StoredFigures> storage() = 0;
};

}  // namespace vat
