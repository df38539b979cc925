// The SpeedStore on the database. Private to db.
#pragma once

#include <string>

#include "db/access.h"
#include "domain/job_queue.h"

namespace vat::db {

/// `access` must outlive it.
class SqlSpeedStore final : public SpeedStore {
 public:
  explicit SqlSpeedStore(Access& access) : access_(access) {}
  Result<> record(const std::string& engine, const std::string& model, double speed) override;
  Result<double> find(const std::string& engine, const std::string& model) override;

 private:
  Access& access_;
};

}  // namespace vat::db
