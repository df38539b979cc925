#include "db/sql_session_store.h"

#include <algorithm>
#include <utility>

#include "base/uuid.h"
#include "db/job_rows.h"
#include "db/user_rows.h"

namespace vat::db {
namespace {

constexpr std::chrono::minutes kSessionUseIsNoted{1};
constexpr int kSignInLock = 0x7661'7403;
constexpr std::size_t kMaxDeviceBytes = 300;

struct SessionRow {
  std::string id, user_id, provider, subject, provider_session, device, address;
  long long created_at = 0, last_seen_at = 0, expires_at = 0, ends_at = 0;
  template <class Visit>
  void columns(Visit visit) {
    for (std::string* text : {&id, &user_id, &provider, &subject, &provider_session, &device, &address})
      visit(*text);
    for (long long* number : {&created_at, &last_seen_at, &expires_at, &ends_at}) visit(*number);
  }
  [[nodiscard]] Session session() const {
    return {id,
            user_id,
            provider,
            subject,
            provider_session,
            device,
            address,
            from_unix_millis(created_at),
            from_unix_millis(last_seen_at),
            from_unix_millis(expires_at),
            from_unix_millis(ends_at)};
  }
};
constexpr std::string_view kSelectSessions =
    "SELECT id, user_id, provider, subject, provider_session, device, address, created_at, last_seen_at, "
    "expires_at, ends_at FROM sessions WHERE ";

/// The owner of a session, the session, and when it was last used.
struct SessionOwnerRow : UserRow {
  std::string session_id;
  long long last_seen_at = 0, idle_millis = 0, ends_at = 0;
  template <class Visit>
  void columns(Visit visit) {
    UserRow::columns(visit);
    visit(session_id);
    for (long long* number : {&last_seen_at, &idle_millis, &ends_at}) visit(*number);
  }
};

tl::unexpected<Error> no_such_session() { return fail(ErrorCode::kNotFound, "There is no such session."); }

/// So that two who sign in at once are not both the first, nor one person two users.
void lock_sign_ins(Transaction& transaction) {
  if (transaction.sql.sqlite()) return;
  transaction.sql.row<std::string>("SELECT CAST(pg_advisory_xact_lock(:class) AS TEXT)", kSignInLock);
}

std::optional<User> find_identity(Transaction& transaction, const SignIn& person) {
  const auto row = transaction.sql.row<UserRow>(
      "SELECT " + std::string(kUserColumns) +
          " FROM identities i JOIN users u ON u.id = i.user_id WHERE i.provider = :provider AND i.subject = "
          ":subject",
      person.provider, person.subject);
  return row ? std::optional<User>(row->user()) : std::nullopt;
}

/// Who was added with this address and has not signed in yet.
std::optional<User> find_invited(Transaction& transaction, const SignIn& person) {
  if (person.email.empty() || !person.email_verified) return std::nullopt;
  const auto row = transaction.sql.row<UserRow>(
      "SELECT " + std::string(kUserColumns) +
          " FROM users u WHERE u.email = :email AND u.email <> '' AND NOT EXISTS (SELECT 1 FROM identities i "
          "WHERE i.user_id = u.id) ORDER BY u.id LIMIT 1",
      person.email);
  return row ? std::optional<User>(row->user()) : std::nullopt;
}

bool somebody_signed_in(Transaction& transaction) {
  return transaction.sql.row<long long>("SELECT 1 FROM identities WHERE provider > '' LIMIT 1").has_value();
}

Result<User> join(Transaction& transaction, const SignIn& person) {
  const bool first = person.first_is_admin && !somebody_signed_in(transaction);
  std::optional<User> user = find_invited(transaction, person);
  if (!user && !person.may_join && !first)
    return fail(ErrorCode::kUnauthorized, "This account may not use the service; ask the operator to let " +
                                              (person.email.empty() ? "it" : person.email) + " in.");
  if (!user) {
    user = User{.id = make_uuid(), .email = person.email, .name = person.name};
    transaction.sql.execute("INSERT INTO users (id, name, created_at) VALUES (:id, :name, :created_at)",
                            user->id, user->name, transaction.now);
  }
  if (first && !user->disabled) {
    user->role = UserRole::kAdmin;
    transaction.sql.execute("UPDATE users SET role = 'admin' WHERE id = :id", user->id);
  }
  transaction.sql.execute(
      "INSERT INTO identities (provider, subject, user_id, email, created_at) VALUES (:provider, :subject, "
      ":user_id, :email, :created_at)",
      person.provider, person.subject, user->id, person.email, transaction.now);
  return *user;
}

/// What the provider says now.
User refresh(Transaction& transaction, User user, const SignIn& person) {
  if (!person.name.empty()) user.name = person.name;
  if (user.name.empty()) user.name = person.email.empty() ? "Somebody" : person.email;
  if (!person.email.empty()) user.email = person.email;
  user.picture_url = person.picture_url;
  if (person.admin) user.role = UserRole::kAdmin;
  transaction.sql.execute(
      "UPDATE users SET name = :name, email = :email, picture_url = :picture_url, role = :role WHERE id = "
      ":id",
      user.name, user.email, user.picture_url, role_name(user.role), user.id);
  transaction.sql.execute(
      "UPDATE identities SET last_sign_in_at = :now, email = :email WHERE provider = :provider AND subject = "
      ":subject",
      transaction.now, person.email, person.provider, person.subject);
  return user;
}

}  // namespace

Result<User> SqlSessionStore::sign_in(const SignIn& person) {
  return access_.write([&](Transaction& transaction) -> Result<User> {
    lock_sign_ins(transaction);
    std::optional<User> user = find_identity(transaction, person);
    if (!user) {
      VAT_ASSIGN(user, join(transaction, person));
    }
    if (user->disabled)
      return fail(ErrorCode::kUnauthorized, "This account is disabled; ask the operator about it.");
    return refresh(transaction, *std::move(user), person);
  });
}

Result<Session> SqlSessionStore::begin(const Session& session, const std::string& secret_sha256,
                                       const SessionLifetimes& lifetimes) {
  return access_.write([&](Transaction& transaction) -> Result<Session> {
    Session made = session;
    made.id = make_uuid();
    made.device.resize(std::min(made.device.size(), kMaxDeviceBytes));
    made.created_at = made.last_seen_at = transaction.now;
    made.ends_at = transaction.now + lifetimes.absolute;
    made.expires_at = std::min(made.ends_at, transaction.now + lifetimes.idle);
    transaction.sql.execute(
        "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE user_id = :user_id ORDER BY "
        "last_seen_at DESC, id DESC LIMIT 1000 OFFSET :kept)",
        made.user_id, kMaxSessions - 1);
    transaction.sql.execute(
        "INSERT INTO sessions (id, token_sha256, user_id, provider, subject, provider_session, device, "
        "address, created_at, last_seen_at, idle_millis, expires_at, ends_at) VALUES (:id, :token_sha256, "
        ":user_id, :provider, :subject, :provider_session, :device, :address, :created_at, :last_seen_at, "
        ":idle_millis, :expires_at, :ends_at)",
        made.id, secret_sha256, made.user_id, made.provider, made.subject, made.provider_session, made.device,
        made.address, made.created_at, made.last_seen_at, lifetimes.idle, made.expires_at, made.ends_at);
    return made;
  });
}

Result<std::optional<SessionOwner>> SqlSessionStore::find(const std::string& secret_sha256) {
  using Found = std::optional<SessionOwner>;
  const UtcTime now = access_.now();
  VAT_ASSIGN(
      const std::optional<SessionOwnerRow> row,
      access_.read([&](Connection& sql) -> Result<std::optional<SessionOwnerRow>> {
        return sql.row<SessionOwnerRow>(
            "SELECT " + std::string(kUserColumns) +
                ", s.id, s.last_seen_at, s.idle_millis, s.ends_at FROM sessions s JOIN users u ON u.id "
                "= s.user_id WHERE s.token_sha256 = :token_sha256 AND s.expires_at > :now AND "
                "u.disabled = 0",
            secret_sha256, now);
      }));
  if (!row) return Found();
  if (from_unix_millis(row->last_seen_at) + kSessionUseIsNoted <= now) {
    // It is valid, whether or not its use can be noted now.
    (void)access_.write([&](Transaction& transaction) -> Result<> {
      const UtcTime expires =
          std::min(from_unix_millis(row->ends_at), now + std::chrono::milliseconds(row->idle_millis));
      transaction.sql.execute(
          "UPDATE sessions SET last_seen_at = :now, expires_at = :expires_at WHERE id = :id", now, expires,
          row->session_id);
      return {};
    });
  }
  return Found(SessionOwner{row->user(), row->session_id});
}

Result<Session> SqlSessionStore::get(const std::string& user_id, const std::string& session_id) {
  if (!is_uuid(user_id) || !is_uuid(session_id)) return no_such_session();
  return access_.read([&](Connection& sql) -> Result<Session> {
    const auto row = sql.row<SessionRow>(std::string(kSelectSessions) + "id = :id AND user_id = :user_id",
                                         session_id, user_id);
    if (!row) return no_such_session();
    return row->session();
  });
}

Result<std::vector<Session>> SqlSessionStore::list(const std::string& user_id) {
  if (!is_uuid(user_id)) return std::vector<Session>();
  return access_.read([&](Connection& sql) -> Result<std::vector<Session>> {
    std::vector<Session> sessions;
    sql.each<SessionRow>(
        std::string(kSelectSessions) +
            "user_id = :user_id AND expires_at > :now ORDER BY last_seen_at DESC, id DESC",
        [&](const SessionRow& row) { sessions.push_back(row.session()); }, user_id, access_.now());
    return sessions;
  });
}

Result<> SqlSessionStore::remove(const std::string& user_id, const std::string& session_id) {
  if (!is_uuid(user_id) || !is_uuid(session_id)) return no_such_session();
  return access_.write_to_delete([&](Transaction& transaction) -> Result<> {
    if (transaction.sql.execute("DELETE FROM sessions WHERE id = :id AND user_id = :user_id", session_id,
                                user_id) == 0) {
      return no_such_session();
    }
    return {};
  });
}

Result<long long> SqlSessionStore::remove_all(const std::string& user_id, const std::string& kept) {
  if (!is_uuid(user_id)) return 0;
  const std::string other = is_uuid(kept) ? kept : std::string("00000000-0000-0000-0000-000000000000");
  return access_.write_to_delete([&](Transaction& transaction) -> Result<long long> {
    return transaction.sql.execute("DELETE FROM sessions WHERE user_id = :user_id AND id <> :kept", user_id,
                                   other);
  });
}

Result<long long> SqlSessionStore::end_at_provider(const std::string& provider, const std::string& subject,
                                                   const std::string& provider_session,
                                                   const std::string& token_id, UtcTime token_expires_at) {
  return access_.write([&](Transaction& transaction) -> Result<long long> {
    if (transaction.sql.execute(
            "INSERT INTO used_tokens (id, expires_at) VALUES (:id, :expires_at) ON CONFLICT DO NOTHING",
            provider + " " + token_id, token_expires_at) == 0) {
      return fail(ErrorCode::kExists, "The token was used before.");
    }
    if (provider_session.empty())
      return transaction.sql.execute("DELETE FROM sessions WHERE provider = :provider AND subject = :subject",
                                     provider, subject);
    if (subject.empty())
      return transaction.sql.execute(
          "DELETE FROM sessions WHERE provider = :provider AND provider_session = :provider_session AND "
          "provider_session <> ''",
          provider, provider_session);
    return transaction.sql.execute(
        "DELETE FROM sessions WHERE provider = :provider AND subject = :subject AND provider_session = "
        ":provider_session",
        provider, subject, provider_session);
  });
}

}  // namespace vat::db
