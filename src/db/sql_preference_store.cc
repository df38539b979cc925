#include "db/sql_preference_store.h"

#include "base/uuid.h"

namespace vat::db {
namespace {

constexpr const char* kNone = "{}";

std::string document_of(Connection& sql, const std::string& user_id) {
  return sql.row<std::string>("SELECT document FROM preferences WHERE user_id = :user_id", user_id)
      .value_or(kNone);
}

}  // namespace

Result<std::string> SqlPreferenceStore::preferences(const std::string& user_id) {
  if (!is_uuid(user_id)) return std::string(kNone);
  return access_.read([&](Connection& sql) -> Result<std::string> { return document_of(sql, user_id); });
}

Result<std::string> SqlPreferenceStore::change_preferences(const std::string& user_id, const Change& change) {
  const auto no_such_user = [] { return fail(ErrorCode::kNotFound, "There is no such user."); };
  if (!is_uuid(user_id)) return no_such_user();
  return access_.write([&](Transaction& transaction) -> Result<std::string> {
    Connection& sql = transaction.sql;
    // Who has no row yet is locked as well.
    if (!sql.row<std::string>(std::string("SELECT id FROM users WHERE id = :id") + sql.for_update(), user_id))
      return no_such_user();
    const std::string stored = document_of(sql, user_id);
    VAT_ASSIGN(std::string changed, change(stored));
    if (changed == stored) return changed;
    sql.execute(
        "INSERT INTO preferences (user_id, document) VALUES (:user_id, :document) ON CONFLICT (user_id) DO "
        "UPDATE SET document = excluded.document",
        user_id, changed);
    transaction.notify(Notification::Kind::kPreferences, user_id, {});
    return changed;
  });
}

}  // namespace vat::db
