#include "db/sql_lexicon_store.h"

#include "base/uuid.h"

namespace vat::db {

Result<std::string> SqlLexiconStore::lexicon(const std::string& user_id) {
  if (!is_uuid(user_id)) return std::string();
  return access_.read([&](Connection& sql) -> Result<std::string> {
    return sql.row<std::string>("SELECT text FROM lexicons WHERE user_id = :user_id", user_id)
        .value_or(std::string());
  });
}

Result<> SqlLexiconStore::set_lexicon(const std::string& user_id, const std::string& text) {
  const auto no_such_user = [] { return fail(ErrorCode::kNotFound, "There is no such user."); };
  if (!is_uuid(user_id)) return no_such_user();
  return access_.write([&](Transaction& transaction) -> Result<> {
    Connection& sql = transaction.sql;
    if (!sql.row<long long>("SELECT 1 FROM users WHERE id = :id", user_id)) return no_such_user();
    if (text.empty()) {
      sql.execute("DELETE FROM lexicons WHERE user_id = :user_id", user_id);
    } else {
      sql.execute(
          "INSERT INTO lexicons (user_id, text) VALUES (:user_id, :text) ON CONFLICT (user_id) DO UPDATE SET "
          "text = excluded.text",
          user_id, text);
    }
    return {};
  });
}

}  // namespace vat::db
