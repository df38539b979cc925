// The PreferenceStore on the database. Private to db.
#pragma once

#include <string>

#include "db/access.h"
#include "domain/preference_store.h"

namespace vat::db {

/// `access` must outlive it.
class SqlPreferenceStore final : public PreferenceStore {
 public:
  explicit SqlPreferenceStore(Access& access) : access_(access) {}

  Result<std::string> preferences(const std::string& user_id) override;
  Result<std::string> change_preferences(const std::string& user_id, const Change& change) override;

 private:
  Access& access_;
};

}  // namespace vat::db
