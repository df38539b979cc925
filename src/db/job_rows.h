// Jobs and their artifacts as rows: the columns, and how a row is read and locked. Private to db.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/access.h"
#include "domain/job.h"
#include "domain/job_queue.h"

namespace vat::db {

/// A missing time is -1 in a row that was read.
inline constexpr long long kNoTime = -1;
[[nodiscard]] std::optional<UtcTime> time_of(long long millis);

/// The columns of kJobColumns, in their order.
struct JobRow {
  std::string id, user_id, kind, state, title, upload_id, options, stage, engine, model, language;
  std::string failure_code, failure_message, failure_stage, warnings, webhook_url, source_url;
  long long priority = 0, done = 0, transcript_done = 0, attempt = 0, lost_workers = 0, duration = 0;
  long long created_at = 0, updated_at = 0, started_at = 0, finished_at = 0, not_before = 0;
  long long has_waveform = 0, has_thumbnail = 0, has_filmstrip = 0;
  double fraction = 0, speed = 0;

  template <class Visit>
  void columns(Visit visit) {
    for (std::string* text :
         {&id, &user_id, &kind, &state, &title, &upload_id, &options, &stage, &engine, &model, &language,
          &failure_code, &failure_message, &failure_stage, &warnings, &webhook_url, &source_url}) {
      visit(*text);
    }
    for (long long* number :
         {&priority, &done, &transcript_done, &attempt, &lost_workers, &duration, &created_at, &updated_at,
          &started_at, &finished_at, &not_before, &has_waveform, &has_thumbnail, &has_filmstrip}) {
      visit(*number);
    }
    visit(fraction);
    visit(speed);
  }
  [[nodiscard]] Job job() const;
};
inline constexpr std::string_view kJobColumns =
    "id, user_id, kind, state, title, COALESCE(CAST(upload_id AS TEXT), ''), options, stage, engine, model, "
    "language, "
    "failure_code, failure_message, failure_stage, warnings, webhook_url, source_url, "
    "priority, done, transcript_done, attempt, lost_workers, duration, created_at, updated_at, "
    "COALESCE(started_at, -1), COALESCE(finished_at, -1), COALESCE(not_before, -1), "
    "CAST((SELECT COUNT(*) FROM artifacts a WHERE a.job_id = jobs.id AND a.kind = 'waveform') AS BIGINT), "
    "CAST((SELECT COUNT(*) FROM artifacts a WHERE a.job_id = jobs.id AND a.kind = 'thumbnail') AS BIGINT), "
    "CAST((SELECT COUNT(*) FROM artifacts a WHERE a.job_id = jobs.id AND a.kind = 'filmstrip') AS BIGINT), "
    "fraction, speed";

/// A job with its text and its lease.
struct FullJobRow : JobRow {
  std::string input_text, lease_token;

  template <class Visit>
  void columns(Visit visit) {
    JobRow::columns(visit);
    visit(input_text);
    visit(lease_token);
  }
  [[nodiscard]] Job job() const;
};
/// "SELECT ... FROM jobs " for FullJobRow.
[[nodiscard]] std::string select_full_jobs();

/// kNotFound with the user's message.
[[nodiscard]] tl::unexpected<Error> no_such_job();

/// The job, locked until the end of the transaction. kNotFound when it is not the user's.
[[nodiscard]] Result<FullJobRow> lock_job(Transaction& transaction, const std::string& user_id,
                                          const std::string& job_id);

/// The job of a lease that is still held, locked until the end of the transaction. kCancelled when the lease
/// is lost.
[[nodiscard]] Result<FullJobRow> lock_leased(Transaction& transaction, const Lease& lease);
/// The same without reading the job: its user.
[[nodiscard]] Result<std::string> lock_lease(Transaction& transaction, const Lease& lease);

struct ArtifactRow {
  std::string id, job_id, name, kind, content_type, sha256, object_key;
  long long size = 0, created_at = 0;

  template <class Visit>
  void columns(Visit visit) {
    for (std::string* text : {&id, &job_id, &name, &kind, &content_type, &sha256, &object_key}) visit(*text);
    visit(size);
    visit(created_at);
  }
  [[nodiscard]] Artifact artifact() const;
};
/// "SELECT ... FROM " for ArtifactRow: artifacts as `a` with their jobs as `j`.
[[nodiscard]] std::string select_artifacts();

[[nodiscard]] std::string to_json_array(const std::vector<std::string>& texts);
/// The reverse of to_json_array().
[[nodiscard]] std::vector<std::string> from_json_array(const std::string& json);

}  // namespace vat::db
