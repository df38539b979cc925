#include "db/sql_user_store.h"

#include <utility>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/hash.h"
#include "base/uuid.h"
#include "db/job_rows.h"
#include "db/user_rows.h"

namespace vat::db {
namespace {

constexpr std::chrono::minutes kUseIsNoted{1};

std::string select_users(std::string_view where) {
  return "SELECT " + std::string(kUserColumns) + " FROM users u WHERE " + std::string(where);
}

struct KeyRow {
  std::string id, user_id, name, prefix, scopes;
  long long created_at = 0, last_used_at = 0, expires_at = 0;
  template <class Visit>
  void columns(Visit visit) {
    for (std::string* text : {&id, &user_id, &name, &prefix, &scopes}) visit(*text);
    for (long long* number : {&created_at, &last_used_at, &expires_at}) visit(*number);
  }
  [[nodiscard]] ApiKey key() const {
    return {id,
            user_id,
            name,
            prefix,
            from_unix_millis(created_at),
            time_of(last_used_at),
            time_of(expires_at),
            parse_scopes(scopes).value_or(Scopes())};
  }
};

/// The owner of a key, the key, and when it was last used.
struct OwnerRow : UserRow {
  std::string key_id, scopes;
  long long last_used_at = 0;
  template <class Visit>
  void columns(Visit visit) {
    UserRow::columns(visit);
    visit(key_id);
    visit(scopes);
    visit(last_used_at);
  }
};

tl::unexpected<Error> no_such_user() { return fail(ErrorCode::kNotFound, "There is no such user."); }

/// kInvalidArgument if the user is the last admin that can sign in, or the local one, whom nobody could make
/// an admin again. Locks the rows of the admins.
Result<> require_another_admin(Transaction& transaction, const std::string& user_id) {
  if (user_id == kLocalUserId)
    return fail(ErrorCode::kInvalidArgument,
                "The local user, as whom everybody works where nobody signs in, stays an admin.");
  const std::string sql =
      "SELECT id FROM users WHERE role = 'admin' AND disabled = 0 AND id <> :local ORDER BY id";
  const auto admins =
      transaction.sql.rows<std::string>(sql + transaction.sql.for_update(), std::string(kLocalUserId));
  if (admins == std::vector<std::string>{user_id})
    return fail(ErrorCode::kInvalidArgument, "This is the only admin; make another one first.");
  return {};
}

}  // namespace

Result<User> SqlUserStore::get(const std::string& user_id) {
  if (!is_uuid(user_id)) return no_such_user();
  return access_.read([&](Connection& sql) -> Result<User> {
    const auto row = sql.row<UserRow>(select_users("u.id = :id"), user_id);
    if (!row) return no_such_user();
    return row->user();
  });
}

Result<std::optional<User>> SqlUserStore::find_by_email(const std::string& email) {
  return access_.read([&](Connection& sql) -> Result<std::optional<User>> {
    const auto row = sql.row<UserRow>(
        select_users("u.email = :email AND u.email <> '' ORDER BY u.id LIMIT 1"), to_lower(email));
    if (!row) return std::optional<User>();
    return std::optional<User>(row->user());
  });
}

Result<std::vector<User>> SqlUserStore::list(const std::string& after, int max) {
  const std::string first = is_uuid(after) ? after : std::string("00000000-0000-0000-0000-000000000000");
  return access_.read([&](Connection& sql) -> Result<std::vector<User>> {
    std::vector<User> users;
    sql.each<UserRow>(
        select_users("u.id > :after ORDER BY u.id LIMIT :max"),
        [&](const UserRow& row) { users.push_back(row.user()); }, first, max);
    return users;
  });
}

Result<User> SqlUserStore::add(const User& user) {
  return access_.write([&](Transaction& transaction) -> Result<User> {
    User made = user;
    made.email = to_lower(user.email);
    if (!is_uuid(made.id)) made.id = make_uuid();
    made.created_at = transaction.now;
    if (transaction.sql.row<long long>("SELECT 1 FROM users WHERE email = :email AND email <> '' LIMIT 1",
                                       made.email)) {
      return fail(ErrorCode::kExists, "There is a user with the address " + made.email + " already.");
    }
    const bool added =
        transaction.sql.execute(
            "INSERT INTO users (id, email, name, picture_url, role, disabled, created_at) VALUES "
            "(:id, :email, :name, :picture_url, :role, :disabled, :created_at) "
            "ON CONFLICT DO NOTHING",
            made.id, made.email, made.name, made.picture_url, role_name(made.role), made.disabled ? 1 : 0,
            made.created_at) > 0;
    if (!added) return fail(ErrorCode::kExists, "The user already exists.");
    return made;
  });
}

Result<> SqlUserStore::set_role(const std::string& user_id, UserRole role) {
  if (!is_uuid(user_id)) return no_such_user();
  return access_.write([&](Transaction& transaction) -> Result<> {
    if (role != UserRole::kAdmin) VAT_TRY(require_another_admin(transaction, user_id));
    if (transaction.sql.execute("UPDATE users SET role = :role WHERE id = :id", role_name(role), user_id) ==
        0)
      return no_such_user();
    return {};
  });
}

Result<> SqlUserStore::set_disabled(const std::string& user_id, bool disabled) {
  if (!is_uuid(user_id)) return no_such_user();
  return access_.write([&](Transaction& transaction) -> Result<> {
    if (disabled) VAT_TRY(require_another_admin(transaction, user_id));
    if (transaction.sql.execute("UPDATE users SET disabled = :disabled WHERE id = :id", disabled ? 1 : 0,
                                user_id) == 0) {
      return no_such_user();
    }
    if (disabled) transaction.sql.execute("DELETE FROM sessions WHERE user_id = :user_id", user_id);
    return {};
  });
}

Result<Picture> SqlUserStore::picture(const std::string& user_id) {
  const auto missing = [] { return fail(ErrorCode::kNotFound, "There is no picture."); };
  if (!is_uuid(user_id)) return missing();
  using Row = std::tuple<std::string, std::string>;
  VAT_ASSIGN(const auto row, access_.read([&](Connection& sql) -> Result<std::optional<Row>> {
    return sql.row<Row>("SELECT content_type, base64 FROM pictures WHERE user_id = :user_id AND sha256 <> ''",
                        user_id);
  }));
  if (!row) return missing();
  auto bytes = base64_decode(std::get<1>(*row));
  if (!bytes) return missing();
  return Picture{std::get<0>(*row), *std::move(bytes)};
}

Result<std::optional<PictureFacts>> SqlUserStore::picture_facts(const std::string& user_id) {
  using Found = std::optional<PictureFacts>;
  if (!is_uuid(user_id)) return Found();
  return access_.read([&](Connection& sql) -> Result<Found> {
    const auto row = sql.row<std::tuple<std::string, std::string, long long>>(
        "SELECT url, sha256, fetched_at FROM pictures WHERE user_id = :user_id", user_id);
    if (!row) return Found();
    const auto& [url, digest, fetched_at] = *row;
    return Found(PictureFacts{url, digest, from_unix_millis(fetched_at)});
  });
}

Result<> SqlUserStore::set_picture(const std::string& user_id, const std::string& url,
                                   const Picture& picture) {
  if (!is_uuid(user_id)) return no_such_user();
  const std::string digest = picture.bytes.empty() ? "" : hash_hex(Digest::kSha256, picture.bytes);
  return access_.write([&](Transaction& transaction) -> Result<> {
    if (!transaction.sql.row<long long>("SELECT 1 FROM users WHERE id = :id", user_id)) return no_such_user();
    transaction.sql.execute(
        "INSERT INTO pictures (user_id, url, sha256, content_type, base64, fetched_at) VALUES (:user_id, "
        ":url, :sha256, :content_type, :base64, :fetched_at) ON CONFLICT (user_id) DO UPDATE SET url = "
        "excluded.url, sha256 = excluded.sha256, content_type = excluded.content_type, base64 = "
        "excluded.base64, fetched_at = excluded.fetched_at",
        user_id, url, digest, picture.content_type, base64_encode(picture.bytes), transaction.now);
    return {};
  });
}

Result<ApiKey> SqlUserStore::create_key(const ApiKey& key, const std::string& secret_sha256) {
  if (!is_uuid(key.user_id)) return no_such_user();
  return access_.write([&](Transaction& transaction) -> Result<ApiKey> {
    ApiKey made = key;
    if (!is_uuid(made.id)) made.id = make_uuid();
    made.created_at = transaction.now;
    made.last_used_at.reset();
    const bool added =
        transaction.sql.execute(
            "INSERT INTO api_keys (id, user_id, name, prefix, secret_sha256, created_at, expires_at, scopes) "
            "VALUES (:id, :user_id, :name, :prefix, :secret_sha256, :created_at, :expires_at, :scopes) "
            "ON CONFLICT DO NOTHING",
            made.id, made.user_id, made.name, made.prefix, secret_sha256, made.created_at, made.expires_at,
            to_text(made.scopes)) > 0;
    if (!added) return fail(ErrorCode::kExists, "The key already exists.");
    return made;
  });
}

Result<std::vector<ApiKey>> SqlUserStore::keys(const std::string& user_id) {
  if (!is_uuid(user_id)) return std::vector<ApiKey>();
  return access_.read([&](Connection& sql) -> Result<std::vector<ApiKey>> {
    std::vector<ApiKey> keys;
    sql.each<KeyRow>(
        "SELECT id, user_id, name, prefix, scopes, created_at, COALESCE(last_used_at, -1), "
        "COALESCE(expires_at, -1) "
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

Result<std::optional<KeyOwner>> SqlUserStore::find_by_key(const std::string& secret_sha256) {
  using Found = std::optional<KeyOwner>;
  const UtcTime now = access_.now();
  VAT_ASSIGN(
      const std::optional<OwnerRow> row,
      access_.read([&](Connection& sql) -> Result<std::optional<OwnerRow>> {
        return sql.row<OwnerRow>(
            "SELECT " + std::string(kUserColumns) +
                ", k.id, k.scopes, COALESCE(k.last_used_at, -1) "
                "FROM api_keys k JOIN users u ON u.id = k.user_id WHERE k.secret_sha256 = :secret_sha256 AND "
                "u.disabled = 0 AND (k.expires_at IS NULL OR k.expires_at > :now)",
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
  return Found(KeyOwner{row->user(), row->key_id, parse_scopes(row->scopes).value_or(Scopes())});
}

}  // namespace vat::db
