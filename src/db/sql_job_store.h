// The JobStore on the database; create() is in sql_job_create.cc. Private to db.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/access.h"
#include "domain/job_store.h"

namespace vat::db {

/// `access` must outlive it.
class SqlJobStore final : public JobStore {
 public:
  explicit SqlJobStore(Access& access) : access_(access) {}

  Result<CreatedJobs> create(const std::vector<NewJob>& jobs,
                             const std::optional<IdempotencyKey>& idempotency) override;
  Result<std::vector<Job>> find_idempotent(const std::string& user_id,
                                           const IdempotencyKey& idempotency) override;
  Result<Job> get(const std::string& user_id, const std::string& job_id) override;
  Result<JobPage> list(const std::string& user_id, const JobFilter& filter) override;
  Result<std::vector<std::uint64_t>> count_by_state(const std::string& user_id) override;
  Result<Job> cancel(const std::string& user_id, const std::string& job_id) override;
  Result<Job> retry(const std::string& user_id, const std::string& job_id) override;
  Result<Job> change(const std::string& user_id, const std::string& job_id,
                     const JobChanges& changes) override;
  Result<std::vector<std::string>> remove(const std::string& user_id, const std::string& job_id) override;
  Result<std::vector<Artifact>> artifacts(const std::string& user_id, const std::string& job_id) override;
  Result<Artifact> artifact(const std::string& user_id, const std::string& job_id,
                            const std::string& name) override;
  Result<std::optional<std::vector<std::string>>> change_artifacts(const std::string& user_id,
                                                                   const std::string& job_id,
                                                                   const ArtifactChange& change) override;
  Result<std::vector<JobEvent>> events(const std::string& user_id, const std::string& job_id,
                                       std::int64_t after_id, std::size_t limit) override;
  Result<std::int64_t> last_event_id(const std::string& user_id) override;

 private:
  Access& access_;
};

}  // namespace vat::db
