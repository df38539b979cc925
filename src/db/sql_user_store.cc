#include "db/sql_user_store.h"

#include <utility>

#include "base/uuid.h"
#include "db/job_rows.h"

namespace vat::db {
namespace {

constexpr std::chrono::minutes kUseIsNoted{1};

struct UserRow {
  std::string id, email, name, picture_url;
  long long created_at = 0;
  template <class Visit>
  void columns(Visit visit) {
    for (std::string* text : {&id, &email, &name, &picture_url}) visit(*text);
    visit(created_at);
  }
  [[nodiscard]] User user() const { return {id, email, name, picture_url, from_unix_millis(created_at)}; }
};

struct KeyRow {
  std::string id, user_id, name, prefix;
  long long created_at = 0, last_used_at = 0, expires_at = 0;
  template <class Visit>
  void columns(Visit visit) {
    for (std::string* text : {&id, &user_id, &name, &prefix}) visit(*text);
    for (long long* number : {&created_at, &last_used_at, &expires_at}) visit(*number);
  }
  [[nodiscard]] ApiKey key() const {
    return {
        id, user_id, name, prefix, from_unix_millis(created_at), time_of(last_used_at), time_of(expires_at)};
  }
};

/// The owner of a key, the key, and when it was last used.
struct OwnerRow : UserRow {
  std::string key_id;
  long long last_used_at = 0;
  template <class Visit>
  void columns(Visit visit) {
    UserRow::columns(visit);
    visit(key_id);
    visit(last_used_at);
  }
};

}  // namespace

Result<User> SqlUserStore::get(const std::string& user_id) {
  const auto missing = [] { return fail(ErrorCode::kNotFound, "There is no such user."); };
  if (!is_uuid(user_id)) return missing();
  return access_.read([&](Connection& sql) -> Result<User> {
    const auto row = sql.row<UserRow>(
        "SELECT id, email, name, picture_url, created_at FROM users WHERE id = :id", user_id);
    if (!row) return missing();
    return row->user();
  });
}

Result<ApiKey> SqlUserStore::create_key(const ApiKey& key, const std::string& secret_sha256) {
  if (!is_uuid(key.user_id)) return fail(ErrorCode::kNotFound, "There is no such user.");
  return access_.write([&](Transaction& transaction) -> Result<ApiKey> {
    ApiKey made = key;
    if (!is_uuid(made.id)) made.id = make_uuid();
    made.created_at = transaction.now;
    made.last_used_at.reset();
    const bool added =
        transaction.sql.execute(
            "INSERT INTO api_keys (id, user_id, name, prefix, secret_sha256, created_at, expires_at) "
            "VALUES (:id, :user_id, :name, :prefix, :secret_sha256, :created_at, :expires_at) "
            "ON CONFLICT DO NOTHING",
            made.id, made.user_id, made.name, made.prefix, secret_sha256, made.created_at,
            made.expires_at) > 0;
    if (!added) return fail(ErrorCode::kExists, "The key already exists.");
    return made;
  });
}

Result<std::vector<ApiKey>> SqlUserStore::keys(const std::string& user_id) {
  if (!is_uuid(user_id)) return std::vector<ApiKey>();
  return access_.read([&](Connection& sql) -> Result<std::vector<ApiKey>> {
    std::vector<ApiKey> keys;
    sql.each<KeyRow>(
        "SELECT id, user_id, name, prefix, created_at, COALESCE(last_used_at, -1), COALESCE(expires_at, -1) "
        "FROM api_keys WHERE user_id = :user_id ORDER BY id",
        [&](const KeyRow& row) { keys.push_back(row.key()); }, user_id);
    return keys;
  });
}

Result<> SqlUserStore::remove_key(const std::string& user_id, const std::string& key_id) {
  const auto missing = [] { return fail(ErrorCode::kNotFound, "There is no such key."); };
  if (!is_uuid(user_id) || !is_uuid(key_id)) return missing();
  return access_.write([&](Transaction& transaction) -> Result<> {
    const bool removed = transaction.sql.execute("DELETE FROM api_keys WHERE id = :id AND user_id = :user_id",
                                                 key_id, user_id) > 0;
    if (!removed) return missing();
    return {};
  });
}

Result<std::optional<User>> SqlUserStore::find_by_key(const std::string& secret_sha256) {
  using Found = std::optional<User>;
  const UtcTime now = access_.now();
  VAT_ASSIGN(
      const std::optional<OwnerRow> row,
      access_.read([&](Connection& sql) -> Result<std::optional<OwnerRow>> {
        return sql.row<OwnerRow>(
            "SELECT u.id, u.email, u.name, u.picture_url, u.created_at, k.id, COALESCE(k.last_used_at, -1) "
            "FROM api_keys k JOIN users u ON u.id = k.user_id WHERE k.secret_sha256 = :secret_sha256 AND "
            "(k.expires_at IS NULL OR k.expires_at > :now)",
            secret_sha256, now);
      }));
  if (!row) return Found();
  // Not for every request, which would make each one a write.
  if (row->last_used_at == kNoTime || from_unix_millis(row->last_used_at) + kUseIsNoted <= now) {
    // The key is valid, whether or not its use can be recorded now.
    (void)access_.write([&](Transaction& transaction) -> Result<> {
      transaction.sql.execute("UPDATE api_keys SET last_used_at = :now WHERE id = :id", now, row->key_id);
      return {};
    });
  }
  return Found(row->user());
}

}  // namespace vat::db
