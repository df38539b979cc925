// The LexiconStore on the database. Private to db.
#pragma once

#include <string>

#include "db/access.h"
#include "domain/lexicon_store.h"

namespace vat::db {

/// `access` must outlive it.
class SqlLexiconStore final : public LexiconStore {
 public:
  explicit SqlLexiconStore(Access& access) : access_(access) {}

  Result<std::string> lexicon(const std::string& user_id) override;
  Result<> set_lexicon(const std::string& user_id, const std::string& text) override;

 private:
  Access& access_;
};

}  // namespace vat::db
