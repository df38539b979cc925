// What a running job tells while it works: progress, new text, and warnings in the user's own words. Internal
// to worker.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "domain/progress.h"
#include "pipeline/stages.h"
#include "worker/running_job.h"

namespace vat::worker {

/// Safe to use from any thread, but for call().
class JobObserver {
 public:
  /// `job` outlives this.
  explicit JobObserver(RunningJob& job) : job_(job) {}

  /// To be given to the pipeline; refers to this.
  [[nodiscard]] pipeline::Observer observer();

  /// From now on sentences say `name` where they would say `internal`. Before anything is told.
  void call(const std::string& internal, const std::string& name) { names_.emplace_back(internal, name); }
  /// The sentence with the names that the user knows.
  [[nodiscard]] std::string for_user(std::string sentence) const;

  void note(const std::string& sentence);
  [[nodiscard]] std::vector<std::string> warnings() const;

 private:
  void show(const Progress& progress);

  RunningJob& job_;
  std::vector<std::pair<std::string, std::string>> names_;
  mutable std::mutex mutex_;
  std::vector<std::string> warnings_;
  std::atomic<std::int64_t> segments_ = 0;  ///< Told by this attempt.
};

}  // namespace vat::worker
