#include "db/sql_token_store.h"

#include "base/uuid.h"
#include "db/user_rows.h"

namespace vat::db {
namespace {

/// A family's user, and the family.
struct FamilyRow : UserRow {
  std::string scopes, session_id, key_id;
  template <class Visit>
  void columns(Visit visit) {
    UserRow::columns(visit);
    for (std::string* text : {&scopes, &session_id, &key_id}) visit(*text);
  }
};

struct RefreshRow {
  std::string user_id, scopes, session_id, key_id, refresh_sha256;
  template <class Visit>
  void columns(Visit visit) {
    for (std::string* text : {&user_id, &scopes, &session_id, &key_id, &refresh_sha256}) visit(*text);
  }
};

struct SigningKeyRow {
  std::string kid, private_jwk;
  long long signs_until = 0, expires_at = 0;
  template <class Visit>
  void columns(Visit visit) {
    visit(kid);
    visit(private_jwk);
    visit(signs_until);
    visit(expires_at);
  }
};

constexpr std::string_view kFamilyColumns =
    "f.scopes, COALESCE(CAST(f.session_id AS TEXT), ''), COALESCE(CAST(f.key_id AS TEXT), '')";
/// What a family was made from is still valid, and so is its user.
constexpr std::string_view kLiveFamily =
    " FROM token_families f JOIN users u ON u.id = f.user_id LEFT JOIN sessions s ON s.id = f.session_id "
    "LEFT JOIN api_keys k ON k.id = f.key_id WHERE f.id = :id AND f.expires_at > :now AND u.disabled = 0 AND "
    "(s.id IS NOT NULL OR k.id IS NOT NULL) AND (s.id IS NULL OR s.expires_at > :session_now) AND (k.id IS "
    "NULL OR k.expires_at IS NULL OR k.expires_at > :key_now)";

std::optional<std::string> id_or_null(const std::string& id) {
  return id.empty() ? std::nullopt : std::optional<std::string>(id);
}

}  // namespace

Result<TokenFamily> SqlTokenStore::begin_family(const TokenFamily& family,
                                                const std::string& refresh_sha256) {
  return access_.write([&](Transaction& transaction) -> Result<TokenFamily> {
    TokenFamily made = family;
    if (!is_uuid(made.id)) made.id = make_uuid();
    transaction.sql.execute(
        "DELETE FROM token_families WHERE id IN (SELECT id FROM token_families WHERE user_id = :user_id "
        "ORDER "
        "BY id DESC LIMIT 1000 OFFSET :kept)",
        made.user_id, kMaxTokenFamilies - 1);
    transaction.sql.execute(
        "INSERT INTO token_families (id, user_id, session_id, key_id, scopes, refresh_sha256, created_at, "
        "expires_at) VALUES (:id, :user_id, :session_id, :key_id, :scopes, :refresh_sha256, :created_at, "
        ":expires_at)",
        made.id, made.user_id, id_or_null(made.session_id), id_or_null(made.key_id), to_text(made.scopes),
        refresh_sha256, transaction.now, made.expires_at);
    return made;
  });
}

Result<std::optional<TokenFamily>> SqlTokenStore::rotate(const std::string& family_id,
                                                         const std::string& old_sha256,
                                                         const std::string& new_sha256, UtcTime expires_at) {
  using Rotated = std::optional<TokenFamily>;
  if (!is_uuid(family_id)) return Rotated();
  return access_.write([&](Transaction& transaction) -> Result<Rotated> {
    const UtcTime now = transaction.now;
    const auto row = transaction.sql.row<RefreshRow>(
        "SELECT f.user_id, " + std::string(kFamilyColumns) + ", f.refresh_sha256" + std::string(kLiveFamily),
        family_id, now, now, now);
    if (!row) return Rotated();
    // The condition again, so that of two at once one is late.
    if (transaction.sql.execute(
            "UPDATE token_families SET refresh_sha256 = :new, expires_at = :expires_at WHERE id = :id AND "
            "refresh_sha256 = :old",
            new_sha256, expires_at, family_id, old_sha256) == 0) {
      transaction.sql.execute("DELETE FROM token_families WHERE id = :id", family_id);
      return Rotated();
    }
    return Rotated(TokenFamily{family_id, row->user_id, row->session_id, row->key_id,
                               parse_scopes(row->scopes).value_or(Scopes()), expires_at});
  });
}

Result<std::optional<Caller>> SqlTokenStore::find_family(const std::string& family_id) {
  using Found = std::optional<Caller>;
  if (!is_uuid(family_id)) return Found();
  const UtcTime now = access_.now();
  return access_.read([&](Connection& sql) -> Result<Found> {
    const auto row = sql.row<FamilyRow>(
        "SELECT " + std::string(kUserColumns) + ", " + std::string(kFamilyColumns) + std::string(kLiveFamily),
        family_id, now, now, now);
    if (!row) return Found();
    Caller caller{row->user()};
    caller.scopes = parse_scopes(row->scopes).value_or(Scopes());
    caller.session_id = row->session_id;
    caller.key_id = row->key_id;
    return Found(caller);
  });
}

Result<std::vector<StoredSigningKey>> SqlTokenStore::signing_keys() {
  return access_.read([&](Connection& sql) -> Result<std::vector<StoredSigningKey>> {
    std::vector<StoredSigningKey> keys;
    sql.each<SigningKeyRow>(
        "SELECT kid, private_jwk, signs_until, expires_at FROM signing_keys WHERE expires_at > :now ORDER BY "
        "created_at DESC, kid",
        [&](const SigningKeyRow& row) {
          keys.push_back({row.kid, row.private_jwk, from_unix_millis(row.signs_until),
                          from_unix_millis(row.expires_at)});
        },
        access_.now());
    return keys;
  });
}

Result<> SqlTokenStore::add_signing_key(const StoredSigningKey& key) {
  return access_.write([&](Transaction& transaction) -> Result<> {
    transaction.sql.execute("DELETE FROM signing_keys WHERE expires_at <= :now", transaction.now);
    transaction.sql.execute(
        "INSERT INTO signing_keys (kid, private_jwk, created_at, signs_until, expires_at) VALUES (:kid, "
        ":private_jwk, :created_at, :signs_until, :expires_at)",
        key.kid, key.private_jwk, transaction.now, key.signs_until, key.expires_at);
    return {};
  });
}

}  // namespace vat::db
