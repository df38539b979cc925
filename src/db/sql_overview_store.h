// The OverviewStore on the database. Private to db.
#pragma once

#include <string>

#include "db/access.h"
#include "domain/overview_store.h"

namespace vat::db {

/// `access` must outlive it.
class SqlOverviewStore final : public OverviewStore {
 public:
  explicit SqlOverviewStore(Access& access) : access_(access) {}

  Result<JobSummaries> jobs(std::optional<JobState> state, const std::string& after_id,
                            std::size_t limit) override;
  Result<std::vector<WorkedJob>> work(std::size_t limit) override;
  Result<StoredFigures> storage() override;

 private:
  Access& access_;
};

}  // namespace vat::db
