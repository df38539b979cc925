#include "db/sql_overview_store.h"

#include <tuple>

#include "base/uuid.h"
#include "db/job_rows.h"

namespace vat::db {
namespace {

constexpr const char* kLastId = "ffffffff-ffff-ffff-ffff-ffffffffffff";

JobSummary summary_of(const JobRow& row) {
  const Job job = row.job();
  return {.id = job.id,
          .user_id = job.user_id,
          .kind = job.kind,
          .state = job.state,
          .stage = job.progress.stage,
          .attempt = job.attempt,
          .priority = job.priority,
          .engine = job.engine,
          .model = job.model,
          .duration = job.duration,
          .failure_code = job.failure ? std::string(traits(job.failure->code).name) : std::string(),
          .created_at = job.created_at,
          .started_at = job.started_at,
          .finished_at = job.finished_at};
}

}  // namespace

Result<JobSummaries> SqlOverviewStore::jobs(std::optional<JobState> state, const std::string& after_id,
                                            std::size_t limit) {
  static const std::string kAll =
      "SELECT " + std::string(kJobColumns) + " FROM jobs WHERE id < :after_id ORDER BY id DESC LIMIT :limit";
  static const std::string kOfState =
      "SELECT " + std::string(kJobColumns) +
      " FROM jobs WHERE id < :after_id AND state = :state ORDER BY id DESC LIMIT "
      ":limit";
  if (!after_id.empty() && !is_uuid(after_id)) return fail_field("cursor", "There is no page after that.");
  const std::string after = after_id.empty() ? kLastId : after_id;
  return access_.read([&](Connection& sql) -> Result<JobSummaries> {
    JobSummaries found;
    const auto keep = [&](const JobRow& row) { found.jobs.push_back(summary_of(row)); };
    if (state)
      sql.each<JobRow>(kOfState, keep, after, job_state_name(*state), limit + 1);
    else
      sql.each<JobRow>(kAll, keep, after, limit + 1);
    found.more = found.jobs.size() > limit;
    if (found.more) found.jobs.pop_back();
    return found;
  });
}

Result<StoredFigures> SqlOverviewStore::storage() {
  return access_.read([](Connection& sql) -> Result<StoredFigures> {
    using Row = std::tuple<long long, long long>;
    const auto [recordings, recording_bytes] =
        sql.row<Row>(
               "SELECT COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM uploads WHERE object_key <> ''")
            .value_or(Row());
    const auto [results, result_bytes] =
        sql.row<Row>("SELECT COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM artifacts")
            .value_or(Row());
    const long long users = sql.row<long long>("SELECT COUNT(*) FROM users").value_or(0);
    const auto number = [](long long value) { return static_cast<std::uint64_t>(value); };
    return StoredFigures{.recordings = number(recordings),
                         .recording_bytes = number(recording_bytes),
                         .results = number(results),
                         .result_bytes = number(result_bytes),
                         .users = number(users)};
  });
}

}  // namespace vat::db
