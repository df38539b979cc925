// Jobs as rows: their columns, and the ways in which a row changes. Private to db.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.h"
#include "db/access.h"
#include "domain/job.h"

namespace vat::db {

/// A time that may be missing is -1 in a row that was read.
inline constexpr long long kNoTime = -1;
[[nodiscard]] std::optional<UtcTime> time_of(long long millis);

/// The columns of kJobColumns, in their order.
struct JobRow {
  std::string id, user_id, kind, state, title, upload_id, options, stage, engine, model, language;
  std::string failure_code, failure_message, failure_stage, warnings, webhook_url;
  long long priority = 0, done = 0, transcript_done = 0, attempt = 0, lost_workers = 0, duration = 0;
  long long created_at = 0, updated_at = 0, started_at = 0, finished_at = 0, not_before = 0;
  double fraction = 0, speed = 0;

  template <class Visit>
  void columns(Visit visit) {
    for (std::string* text :
         {&id, &user_id, &kind, &state, &title, &upload_id, &options, &stage, &engine, &model, &language,
          &failure_code, &failure_message, &failure_stage, &warnings, &webhook_url}) {
      visit(*text);
    }
    for (long long* number : {&priority, &done, &transcript_done, &attempt, &lost_workers, &duration,
                              &created_at, &updated_at, &started_at, &finished_at, &not_before}) {
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
    "failure_code, failure_message, failure_stage, warnings, webhook_url, "
    "priority, done, transcript_done, attempt, lost_workers, duration, created_at, updated_at, "
    "COALESCE(started_at, -1), COALESCE(finished_at, -1), COALESCE(not_before, -1), fraction, speed";

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

/// kNotFound in the words of the product.
[[nodiscard]] tl::unexpected<Error> no_such_job();

/// The job, which nobody else changes until the end of the transaction. kNotFound when it is not the user's.
[[nodiscard]] Result<FullJobRow> lock_job(Transaction& transaction, const std::string& user_id,
                                          const std::string& job_id);

/// A lease that a job gets with JobAction::kClaim.
struct NewLease {
  std::string token, worker;
  std::chrono::milliseconds length{0};
};

/// Does what the action means for `job`, whose row is locked: state, times, event, notices and, at the end,
/// deliveries. Everything else that the caller changed in attempt, lost_workers, failure, progress, warnings
/// and not_before is stored with it. False when the action makes no sense in the job's state; nothing is
/// changed then.
[[nodiscard]] bool apply(Transaction& transaction, Job& job, JobAction action, const NewLease& lease = {});

/// {"state":"failed","attempt":2,"error":{...}}; `priority` only where it changed.
[[nodiscard]] std::string state_event(const Job& job, bool with_priority = false);
/// {"code":...,"message":...,"stage":...}
void write_failure(JsonWriter& json, const JobFailure& failure);

/// Adds a delivery for every webhook that wants to know how the job ended.
void add_deliveries(Transaction& transaction, const Job& job);

[[nodiscard]] std::string to_json_array(const std::vector<std::string>& texts);
/// Of what to_json_array() wrote.
[[nodiscard]] std::vector<std::string> from_json_array(const std::string& json);

}  // namespace vat::db
