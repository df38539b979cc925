// A JobQueue that forwards to another one, for tests that override a single method. Test-only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/job_queue.h"

namespace vat::worker::testing {

class ForwardingQueue : public JobQueue {
 public:
  explicit ForwardingQueue(JobQueue& queue) : queue_(queue) {}
  Result<std::optional<ClaimedJob>> claim(const ClaimRequest& request) override {
    return queue_.claim(request);
  }
  Result<LeaseState> heartbeat(const Lease& lease, const JobProgress& progress) override {
    return queue_.heartbeat(lease, progress);
  }
  Result<> describe(const Lease& lease, const Facts& facts) override { return queue_.describe(lease, facts); }
  Result<> add_events(const Lease& lease,
                      const std::vector<std::pair<std::string, std::string>>& events) override {
    return queue_.add_events(lease, events);
  }
  Result<> save_transcript(const Lease& lease, const Transcript& transcript) override {
    return queue_.save_transcript(lease, transcript);
  }
  Result<std::string> save_artifact(const Lease& lease, const Artifact& artifact) override {
    return queue_.save_artifact(lease, artifact);
  }
  Result<> complete(const Lease& lease, const std::vector<std::string>& warnings) override {
    return queue_.complete(lease, warnings);
  }
  Result<> fail_job(const Lease& lease, const JobFailure& failure, bool retryable) override {
    return queue_.fail_job(lease, failure, retryable);
  }
  Result<> release(const Lease& lease) override { return queue_.release(lease); }
  Result<std::unique_ptr<CheckpointStore>> checkpoint(const Lease& lease,
                                                      const std::string& identity) override {
    return queue_.checkpoint(lease, identity);
  }
  Result<QueueDepth> depth() override { return queue_.depth(); }
  Result<std::vector<std::uint64_t>> count_by_state() override { return queue_.count_by_state(); }
  Result<QueuePlaces> places(const std::string& user_id) override { return queue_.places(user_id); }
  Result<Millis> waiting_ahead(const std::string& job_id) override { return queue_.waiting_ahead(job_id); }

 private:
  JobQueue& queue_;
};

}  // namespace vat::worker::testing
