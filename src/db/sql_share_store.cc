#include "db/sql_share_store.h"

#include "base/uuid.h"
#include "db/job_rows.h"

namespace vat::db {
namespace {

constexpr long long kNoExpiry = -1;

struct ShareRow {
  std::string id, job_id, user_id;
  long long with_recording = 0, created_at = 0, expires_at = 0;
  template <class Visit>
  void columns(Visit visit) {
    for (std::string* text : {&id, &job_id, &user_id}) visit(*text);
    for (long long* number : {&with_recording, &created_at, &expires_at}) visit(*number);
  }
  [[nodiscard]] Share share() const {
    Share made{.id = id, .job_id = job_id, .with_recording = with_recording != 0};
    made.created_at = from_unix_millis(created_at);
    if (expires_at != kNoExpiry) made.expires_at = from_unix_millis(expires_at);
    return made;
  }
};

constexpr std::string_view kSelectShares =
    "SELECT s.id, s.job_id, j.user_id, s.with_recording, s.created_at, COALESCE(s.expires_at, -1) FROM "
    "shares s JOIN jobs j ON j.id = s.job_id ";

}  // namespace

Result<Share> SqlShareStore::create(const std::string& user_id, const Share& share,
                                    const std::string& secret_sha256) {
  return access_.write([&](Transaction& transaction) -> Result<Share> {
    VAT_TRY(lock_job(transaction, user_id, share.job_id));
    const auto present =
        transaction.sql.row<long long>("SELECT COUNT(*) FROM shares WHERE job_id = :job_id", share.job_id);
    if (present.value_or(0) >= static_cast<long long>(kMaxShares))
      return fail(ErrorCode::kExists, "There are " + std::to_string(kMaxShares) +
                                          " links to this transcript, which is the limit; revoke one first.");
    Share made = share;
    made.id = make_uuid();
    made.created_at = transaction.now;
    transaction.sql.execute(
        "INSERT INTO shares (id, job_id, secret_sha256, with_recording, created_at, expires_at) VALUES (:id, "
        ":job_id, :secret_sha256, :with_recording, :created_at, :expires_at)",
        made.id, made.job_id, secret_sha256, made.with_recording, made.created_at, made.expires_at);
    return made;
  });
}

Result<std::vector<Share>> SqlShareStore::list(const std::string& user_id, const std::string& job_id) {
  using Shares = std::vector<Share>;
  if (!is_uuid(user_id) || !is_uuid(job_id)) return no_such_job();
  return access_.read([&](Connection& sql) -> Result<Shares> {
    Shares found;
    sql.each<ShareRow>(
        std::string(kSelectShares) + "WHERE s.job_id = :job_id AND j.user_id = :user_id ORDER BY s.id DESC",
        [&](const ShareRow& row) { found.push_back(row.share()); }, job_id, user_id);
    if (found.empty() &&
        !sql.row<long long>("SELECT 1 FROM jobs WHERE id = :id AND user_id = :user_id", job_id, user_id))
      return no_such_job();
    return found;
  });
}

Result<> SqlShareStore::remove(const std::string& user_id, const std::string& job_id,
                               const std::string& share_id) {
  const auto missing = [] { return fail(ErrorCode::kNotFound, "There is no such link."); };
  if (!is_uuid(user_id) || !is_uuid(job_id) || !is_uuid(share_id)) return missing();
  return access_.write_to_delete([&](Transaction& transaction) -> Result<> {
    const bool removed = transaction.sql.execute(
                             "DELETE FROM shares WHERE id = :id AND job_id = :job_id AND job_id IN (SELECT "
                             "id FROM jobs WHERE id = :owned_id AND user_id = :user_id)",
                             share_id, job_id, job_id, user_id) > 0;
    if (!removed) return missing();
    return {};
  });
}

Result<std::optional<SharedJob>> SqlShareStore::find(const std::string& secret_sha256) {
  using Found = std::optional<SharedJob>;
  const UtcTime now = access_.now();
  return access_.read([&](Connection& sql) -> Result<Found> {
    const auto row = sql.row<ShareRow>(
        std::string(kSelectShares) +
            "JOIN users u ON u.id = j.user_id WHERE s.secret_sha256 = :secret_sha256 AND (s.expires_at IS "
            "NULL OR s.expires_at > :now) AND u.disabled = 0",
        secret_sha256, now);
    if (!row) return Found();
    return Found(SharedJob{row->share(), row->user_id});
  });
}

}  // namespace vat::db
