// The LabelStore on the database. Private to db.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "db/access.h"
#include "domain/label_store.h"

namespace vat::db {

/// `access` must outlive it.
class SqlLabelStore final : public LabelStore {
 public:
  explicit SqlLabelStore(Access& access) : access_(access) {}

  Result<std::vector<CountedLabel>> list(const std::string& user_id) override;
  Result<Label> create(const std::string& user_id, const std::string& name) override;
  Result<Label> rename(const std::string& user_id, const std::string& label_id,
                       const std::string& name) override;
  Result<> remove(const std::string& user_id, const std::string& label_id) override;
  Result<> change(const std::string& user_id, const LabelChange& change) override;
  Result<std::map<std::string, std::vector<Label>>> of_jobs(const std::string& user_id,
                                                            const std::vector<std::string>& job_ids) override;

 private:
  Access& access_;
};

}  // namespace vat::db
