#include "db/sql_retention_store.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/uuid.h"
#include "db/housekeeping.h"
#include "db/job_removal.h"

namespace vat::db {
namespace {

using DaysRow = std::tuple<long long, long long, long long>;
using UserDaysRow = std::tuple<std::string, long long, long long, long long>;

Retention retention_of(long long recordings, long long speech, long long jobs) {
  return {.recordings = Days(recordings), .speech = Days(speech), .jobs = Days(jobs)};
}

/// The statements of one kind, for one user.
struct Rule {
  Kept what;
  Days Retention::*days;
  std::string_view next;  ///< Jobs that still have it, the oldest first: id, title, finished_at.
};

constexpr Rule kRecordingRule = {
    Kept::kRecording, &Retention::recordings,
    "SELECT j.id, j.title, j.finished_at FROM jobs j JOIN uploads u ON u.id = j.upload_id WHERE j.user_id = "
    ":user_id AND j.finished_at IS NOT NULL AND u.object_key <> '' AND NOT EXISTS (SELECT 1 FROM jobs k "
    "WHERE "
    "k.upload_id = u.id AND (k.finished_at IS NULL OR k.finished_at > j.finished_at)) ORDER BY j.finished_at "
    "LIMIT :limit"};
constexpr Rule kSpeechRule = {
    Kept::kSpeech, &Retention::speech,
    "SELECT j.id, j.title, j.finished_at FROM jobs j WHERE j.user_id = :user_id AND j.finished_at IS NOT "
    "NULL "
    "AND EXISTS (SELECT 1 FROM artifacts a WHERE a.job_id = j.id AND a.kind IN ('speech', 'dub')) ORDER BY "
    "j.finished_at LIMIT :limit"};
constexpr Rule kJobRule = {Kept::kJob, &Retention::jobs,
                           "SELECT j.id, j.title, j.finished_at FROM jobs j WHERE j.user_id = :user_id AND "
                           "j.finished_at IS NOT NULL "
                           "ORDER BY j.finished_at LIMIT :limit"};

struct OwnedJob {
  std::string id, user_id;
  template <class Visit>
  void columns(Visit visit) {
    visit(id), visit(user_id);
  }
};

/// Jobs of the user, or of all with an empty one, that ended by `before` and have what the rule is about.
std::vector<OwnedJob> due_jobs(Connection& sql, const Rule& rule, const std::string& user_id, UtcTime before,
                               std::size_t limit) {
  const std::string who = user_id.empty() ? "" : "j.user_id = :user_id AND ";
  std::string statement = "SELECT j.id, j.user_id FROM jobs j WHERE " + who + "j.finished_at <= :before";
  if (rule.what == Kept::kRecording)
    statement +=
        " AND EXISTS (SELECT 1 FROM uploads u WHERE u.id = j.upload_id AND u.object_key <> '') AND NOT "
        "EXISTS "
        "(SELECT 1 FROM jobs k WHERE k.upload_id = j.upload_id AND (k.finished_at IS NULL OR k.finished_at > "
        "j.finished_at))";
  if (rule.what == Kept::kSpeech)
    statement +=
        " AND EXISTS (SELECT 1 FROM artifacts a WHERE a.job_id = j.id AND a.kind IN ('speech', 'dub'))";
  statement += " LIMIT :limit";
  if (user_id.empty()) return sql.rows<OwnedJob>(statement, before, limit);
  return sql.rows<OwnedJob>(statement, user_id, before, limit);
}

/// Of one job, in a transaction; nothing when it is not due any more.
void remove_kept(Transaction& transaction, const Rule& rule, const OwnedJob& owned,
                 std::vector<std::string>& keys) {
  const Result<FullJobRow> row = lock_job(transaction, owned.user_id, owned.id);
  if (!row || !is_final(row->job().state)) return;
  Connection& sql = transaction.sql;
  switch (rule.what) {
    case Kept::kRecording: {
      const auto key = sql.row<std::string>("SELECT object_key FROM uploads WHERE id = :id", row->upload_id);
      sql.execute("UPDATE uploads SET object_key = '', fingerprint = '' WHERE id = :id", row->upload_id);
      if (key) keys.push_back(*key);
      for (std::string& preview : sql.rows<std::string>(
               "DELETE FROM artifacts WHERE kind IN ('waveform', 'thumbnail', 'filmstrip') AND job_id IN "
               "(SELECT id FROM jobs WHERE upload_id = :upload_id) RETURNING object_key",
               row->upload_id))
        keys.push_back(std::move(preview));
      break;
    }
    case Kept::kSpeech:
      for (std::string& key :
           sql.rows<std::string>("DELETE FROM artifacts WHERE job_id = :job_id AND kind "
                                 "IN ('speech', 'dub', 'takes', 'master', 'take') RETURNING object_key",
                                 owned.id))
        keys.push_back(std::move(key));
      break;
    case Kept::kJob:
      remove_job_rows(transaction, *row, keys);
      break;
  }
}

}  // namespace

Result<Retention> SqlRetentionStore::own(const std::string& user_id) {
  if (!is_uuid(user_id)) return Retention();
  return access_.read([&](Connection& sql) -> Result<Retention> {
    const auto row = sql.row<DaysRow>(
        "SELECT recordings_days, speech_days, jobs_days FROM user_retention WHERE user_id = :user_id",
        user_id);
    return row ? std::apply(retention_of, *row) : Retention();
  });
}

Result<> SqlRetentionStore::set_own(const std::string& user_id, const Retention& retention) {
  const auto missing = [] { return fail(ErrorCode::kNotFound, "There is no such user."); };
  if (!is_uuid(user_id)) return missing();
  return access_.write([&](Transaction& transaction) -> Result<> {
    if (!transaction.sql.row<long long>("SELECT 1 FROM users WHERE id = :id", user_id)) return missing();
    transaction.sql.execute(
        "INSERT INTO user_retention (user_id, recordings_days, speech_days, jobs_days) VALUES (:user_id, "
        ":recordings, :speech, :jobs) ON CONFLICT (user_id) DO UPDATE SET recordings_days = "
        "excluded.recordings_days, speech_days = excluded.speech_days, jobs_days = excluded.jobs_days",
        user_id, retention.recordings.count(), retention.speech.count(), retention.jobs.count());
    return {};
  });
}

Result<std::vector<Removal>> SqlRetentionStore::upcoming(const std::string& user_id, std::size_t limit) {
  VAT_ASSIGN(const Retention own_wish, own(user_id));
  const Retention rules = stricter(installation_, own_wish);
  return access_.read([&](Connection& sql) -> Result<std::vector<Removal>> {
    std::vector<Removal> removals;
    for (const Rule& rule : {kRecordingRule, kSpeechRule, kJobRule}) {
      const Days days = rules.*rule.days;
      if (days.count() == 0) continue;
      using Row = std::tuple<std::string, std::string, long long>;
      sql.each<Row>(
          rule.next,
          [&](const Row& row) {
            removals.push_back({.job_id = std::get<0>(row),
                                .title = std::get<1>(row),
                                .what = rule.what,
                                .at = from_unix_millis(std::get<2>(row)) + days});
          },
          user_id, limit);
    }
    std::stable_sort(removals.begin(), removals.end(),
                     [](const Removal& a, const Removal& b) { return a.at < b.at; });
    return removals;
  });
}

Result<std::vector<std::pair<std::string, Retention>>> SqlRetentionStore::scopes() {
  using Scopes = std::vector<std::pair<std::string, Retention>>;
  return access_.read([&](Connection& sql) -> Result<Scopes> {
    Scopes found = {{"", installation_}};
    sql.each<UserDaysRow>("SELECT user_id, recordings_days, speech_days, jobs_days FROM user_retention",
                          [&](const UserDaysRow& row) {
                            const auto& [user_id, recordings, speech, jobs] = row;
                            found.emplace_back(user_id, retention_of(recordings, speech, jobs));
                          });
    return found;
  });
}

Result<RetentionStore::Carried> SqlRetentionStore::carry_out(UtcTime now, std::size_t limit) {
  VAT_ASSIGN(const auto all, scopes());
  Carried carried;
  for (const auto& scope : all) {
    const std::string& user_id = scope.first;
    const Retention& retention = scope.second;
    for (const Rule& rule : {kRecordingRule, kSpeechRule, kJobRule}) {
      const Days days = retention.*rule.days;
      if (days.count() == 0 || carried.removed >= limit) continue;
      VAT_ASSIGN(const std::vector<OwnedJob> due,
                 access_.read([&](Connection& sql) -> Result<std::vector<OwnedJob>> {
                   return due_jobs(sql, rule, user_id, now - days, limit - carried.removed);
                 }));
      for (const OwnedJob& owned : due) {
        auto remove = [&](Transaction& transaction) -> Result<std::vector<std::string>> {
          lock_content(transaction, owned.user_id);
          std::vector<std::string> keys;
          remove_kept(transaction, rule, owned, keys);
          return unused_objects(transaction, std::move(keys));
        };
        VAT_ASSIGN(std::vector<std::string> keys, access_.write_to_delete(remove));
        ++carried.removed;
        for (std::string& key : keys) carried.object_keys.push_back(std::move(key));
      }
    }
  }
  return carried;
}

}  // namespace vat::db
