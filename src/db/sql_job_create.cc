// SqlJobStore::create(): new jobs, and the keys under which a repeated request finds them.
#include <string>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "base/uuid.h"
#include "db/job_changes.h"
#include "db/job_rows.h"
#include "db/quota_check.h"
#include "db/sql_job_store.h"

namespace vat::db {
namespace {

constexpr std::chrono::hours kKeysLive{24};

/// The result of an earlier request with the key.
struct IdempotencyRow {
  std::string request_hash, job_ids;
  long long created_at = 0;
  template <class Visit>
  void columns(Visit visit) {
    visit(request_hash), visit(job_ids), visit(created_at);
  }
};

std::optional<IdempotencyRow> find_key(Connection& sql, const std::string& user_id, const std::string& key,
                                       UtcTime now) {
  return sql.row<IdempotencyRow>(
      "SELECT request_hash, job_ids, created_at FROM idempotency_keys WHERE user_id = :user_id AND key = "
      ":key AND "
      "created_at > :oldest",
      user_id, key, now - kKeysLive);
}

/// Those of the jobs that still exist.
Result<std::vector<Job>> jobs_of_key(Connection& sql, const std::string& user_id, const IdempotencyRow& row,
                                     const std::string& request_hash) {
  static const std::string kSql = select_full_jobs() + "WHERE id = :id AND user_id = :user_id";
  if (row.request_hash != request_hash) {
    return fail(ErrorCode::kExists, "The Idempotency-Key was used for another request; use a new one.");
  }
  std::vector<Job> jobs;
  for (const std::string& id : from_json_array(row.job_ids)) {
    if (auto job = sql.row<FullJobRow>(kSql, id, user_id)) jobs.push_back(job->job());
  }
  return jobs;
}

/// Stores the key for these jobs. False when another request has it, whose jobs are the result.
bool keep_key(Transaction& transaction, const std::string& user_id, const IdempotencyKey& idempotency,
              const std::string& job_ids) {
  return transaction.sql.execute(
             "INSERT INTO idempotency_keys (user_id, key, request_hash, job_ids, created_at) "
             "VALUES (:user_id, :key, :request_hash, :job_ids, :created_at) ON CONFLICT (user_id, key) DO "
             "NOTHING",
             user_id, idempotency.key, idempotency.request_hash, job_ids, transaction.now) > 0;
}

/// The upload's length; marks it as used and locks it until the end of the transaction.
Result<Millis> take_upload(Transaction& transaction, const NewJob& job) {
  if (job.kind == JobKind::kSpeech) return Millis(0);
  std::optional<long long> duration;
  if (is_uuid(job.upload_id)) {
    duration = transaction.sql.row<long long>(
        "UPDATE uploads SET used = 1, expires_at = NULL WHERE id = :id AND user_id = :user_id AND state = "
        "'complete' "
        "AND partial = 0 AND object_key <> '' RETURNING duration",
        job.upload_id, job.user_id);
  }
  if (!duration) return fail(ErrorCode::kNotFound, "There is no such complete upload.");
  return Millis(*duration);
}

/// The upload that will be fetched, used by its job from the beginning.
std::string add_fetched_upload(Transaction& transaction, const NewJob& job) {
  std::string id = make_uuid();
  transaction.sql.execute(
      "INSERT INTO uploads (id, user_id, state, filename, content_type, metadata, partial, fingerprint, "
      "object_key, container, duration, has_video, audio_tracks, used, created_at) VALUES (:id, :user_id, "
      "'receiving', :filename, '', '', 0, '', '', '', 0, 0, 0, 1, :created_at)",
      id, job.user_id, to_utf8(job.source_name), transaction.now);
  return id;
}

Result<Job> add_job(Transaction& transaction, NewJob wanted, const std::string& id) {
  Millis duration{0};
  if (wanted.source_url.empty()) {
    VAT_ASSIGN(duration, take_upload(transaction, wanted));
  } else {
    wanted.upload_id = add_fetched_upload(transaction, wanted);
  }
  Job job;
  job.id = id;
  job.user_id = wanted.user_id;
  job.kind = wanted.kind;
  job.title = to_utf8(wanted.title);
  job.upload_id = wanted.kind == JobKind::kProcess ? wanted.upload_id : std::string();
  job.options = wanted.options;
  job.input_text = wanted.input_text;
  job.priority = wanted.priority;
  job.duration = duration;
  job.webhook_url = wanted.webhook_url;
  job.source_url = wanted.source_url;
  job.created_at = transaction.now;
  job.updated_at = transaction.now;
  if (!job.source_url.empty()) job.progress.stage = Stage::kFetch;
  std::optional<std::string> upload_id;
  if (!job.upload_id.empty()) upload_id = job.upload_id;
  transaction.sql.execute(
      "INSERT INTO jobs (id, user_id, kind, state, title, title_folded, upload_id, options, priority, stage, "
      "fraction, "
      "done, speed, transcript_done, attempt, lost_workers, engine, model, language, duration, failure_code, "
      "failure_message, failure_stage, warnings, webhook_url, source_url, created_at, updated_at, "
      "input_text) "
      "VALUES (:id, :user_id, :kind, 'queued', :title, :title_folded, :upload_id, :options, :priority, "
      ":stage, 0, 0, 0, 0, 0, 0, '', '', '', :duration, '', '', '', '[]', :webhook_url, :source_url, "
      ":created_at, :updated_at, :input_text)",
      job.id, job.user_id, job_kind_name(job.kind), job.title, fold_case(job.title), upload_id, job.options,
      job.priority, stage_name(job.progress.stage), job.duration, job.webhook_url, job.source_url,
      job.created_at, job.updated_at, job.input_text);
  transaction.add_event(job.user_id, job.id, "state", state_event(job));
  transaction.notify(Notification::Kind::kQueued, job.user_id, job.id);
  return job;
}

Result<> check(const std::vector<NewJob>& jobs) {
  for (const NewJob& job : jobs) {
    if (job.priority < -10 || job.priority > 10) {
      return fail_field("priority", "The priority must be a number from -10 to 10.");
    }
    if (!is_uuid(job.user_id) || job.user_id != jobs.front().user_id) {
      return fail(ErrorCode::kNotFound, "There is no such user.");
    }
  }
  return {};
}

/// The jobs of an earlier request with this key; empty when the key is free, which is then stored for
/// `job_ids`.
Result<std::vector<Job>> replay(Transaction& transaction, const std::string& user_id,
                                const IdempotencyKey& idempotency, const std::vector<std::string>& job_ids) {
  const std::string ids = to_json_array(job_ids);
  if (keep_key(transaction, user_id, idempotency, ids)) return std::vector<Job>();
  if (const auto row = find_key(transaction.sql, user_id, idempotency.key, transaction.now)) {
    VAT_ASSIGN(auto jobs, jobs_of_key(transaction.sql, user_id, *row, idempotency.request_hash));
    if (!jobs.empty()) return jobs;
  }
  // Too old, or all its jobs were removed.
  transaction.sql.execute(
      "UPDATE idempotency_keys SET request_hash = :request_hash, job_ids = :job_ids, created_at = "
      ":created_at "
      "WHERE user_id = :user_id AND key = :key",
      idempotency.request_hash, ids, transaction.now, user_id, idempotency.key);
  return std::vector<Job>();
}

}  // namespace

Result<CreatedJobs> SqlJobStore::create(const std::vector<NewJob>& jobs,
                                        const std::optional<IdempotencyKey>& idempotency) {
  if (jobs.empty()) return CreatedJobs();
  VAT_TRY(check(jobs));
  return access_.write([&](Transaction& transaction) -> Result<CreatedJobs> {
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < jobs.size(); ++i) ids.push_back(make_uuid());
    if (idempotency) {
      VAT_ASSIGN(auto earlier, replay(transaction, jobs.front().user_id, *idempotency, ids));
      if (!earlier.empty()) return CreatedJobs{std::move(earlier), true};
    }
    const std::string& user_id = jobs.front().user_id;
    VAT_TRY(use_queue(transaction, access_.quotas(), user_id, jobs.size()));
    CreatedJobs created;
    Millis sound{0};
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      VAT_ASSIGN(Job job, add_job(transaction, jobs[i], ids[i]));
      sound += job.duration;
      created.jobs.push_back(std::move(job));
    }
    VAT_TRY(use_sound(transaction, access_.quotas(), user_id, sound));
    return created;
  });
}

Result<std::vector<Job>> SqlJobStore::find_idempotent(const std::string& user_id,
                                                      const IdempotencyKey& idempotency) {
  if (!is_uuid(user_id)) return std::vector<Job>();
  return access_.read([&](Connection& sql) -> Result<std::vector<Job>> {
    const auto row = find_key(sql, user_id, idempotency.key, access_.now());
    if (!row) return std::vector<Job>();
    return jobs_of_key(sql, user_id, *row, idempotency.request_hash);
  });
}

}  // namespace vat::db
