#include "db/sql_overview_store.h"

#include <tuple>

#include "base/uuid.h"
#include "db/job_rows.h"

namespace vat::db {
namespace {

constexpr const char* kLastId = "ffffffff-ffff-ffff-ffff-ffffffffffff";

struct WorkRow : JobRow {
  std::string worker;

  template <class Visit>
  void columns(Visit visit) {
    JobRow::columns(visit);
    visit(worker);
  }
};

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

Result<std::vector<WorkedJob>> SqlOverviewStore::work(std::size_t limit) {
  static const std::string kSql =
      "SELECT " + std::string(kJobColumns) +
      ", lease_worker FROM jobs WHERE state = 'processing' ORDER BY lease_worker, id LIMIT :limit";
  return access_.read([&](Connection& sql) -> Result<std::vector<WorkedJob>> {
    std::vector<WorkedJob> found;
    sql.each<WorkRow>(
        kSql,
        [&](const WorkRow& row) {
          found.push_back({.worker = row.worker, .job = summary_of(row), .fraction = row.fraction});
        },
        limit);
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
    const auto number = [](long long value) { return static_cast<std::uint64_t>(value); };
    StoredFigures figures;
    figures.recordings = number(recordings);
    figures.recording_bytes = number(recording_bytes);
    figures.users = number(sql.row<long long>("SELECT COUNT(*) FROM users").value_or(0));
    sql.each<std::tuple<long long, long long, std::string>>(
        "SELECT COUNT(*), CAST(SUM(size) AS BIGINT), kind FROM artifacts GROUP BY kind ORDER BY kind",
        [&](const auto& row) {
          const auto& [files, bytes, kind] = row;
          figures.kinds.push_back({.kind = kind, .files = number(files), .bytes = number(bytes)});
          figures.results += number(files);
          figures.result_bytes += number(bytes);
        });
    return figures;
  });
}

}  // namespace vat::db
