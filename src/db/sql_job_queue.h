// The JobQueue on the database; what a worker keeps of a job is in sql_job_results.cc. Private to db.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "db/access.h"
#include "domain/job_queue.h"

namespace vat::db {

/// `access` must outlive it.
class SqlJobQueue final : public JobQueue {
 public:
  explicit SqlJobQueue(Access& access) : access_(access) {}

  Result<std::optional<ClaimedJob>> claim(const ClaimRequest& request) override;
  Result<LeaseState> heartbeat(const Lease& lease, const JobProgress& progress) override;
  Result<> describe(const Lease& lease, const Facts& facts) override;
  Result<> add_events(const Lease& lease,
                      const std::vector<std::pair<std::string, std::string>>& type_and_data) override;
  Result<> save_transcript(const Lease& lease, const Transcript& transcript) override;
  Result<std::string> save_artifact(const Lease& lease, const Artifact& artifact) override;
  Result<> complete(const Lease& lease, const std::vector<std::string>& warnings) override;
  Result<> fail_job(const Lease& lease, const JobFailure& failure, bool retryable) override;
  Result<> release(const Lease& lease) override;
  Result<std::unique_ptr<CheckpointStore>> checkpoint(const Lease& lease,
                                                      const std::string& identity) override;
  Result<QueueDepth> depth() override;
  Result<std::vector<std::uint64_t>> count_by_state() override;
  Result<QueuePlaces> places(const std::string& user_id) override;
  Result<Millis> waiting_ahead(const std::string& job_id) override;

 private:
  Access& access_;
};

}  // namespace vat::db
