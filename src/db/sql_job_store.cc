#include "db/sql_job_store.h"

#include <algorithm>
#include <array>
#include <limits>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "base/uuid.h"
#include "db/housekeeping.h"
#include "db/job_changes.h"
#include "db/job_removal.h"
#include "db/job_rows.h"

namespace vat::db {
namespace {

constexpr const char* kHighestId = "ffffffff-ffff-ffff-ffff-ffffffffffff";
constexpr std::size_t kMaxPageSize = 200;

bool are_uuids(const std::string& a, const std::string& b) { return is_uuid(a) && is_uuid(b); }

/// Whether the user has the job, for results that are empty either way.
Result<> check_job(Connection& sql, const std::string& user_id, const std::string& job_id) {
  const auto found =
      sql.row<long long>("SELECT 1 FROM jobs WHERE id = :id AND user_id = :user_id", job_id, user_id);
  if (!found) return no_such_job();
  return {};
}

/// Whether there still is what the job works on.
Result<> check_recording(Connection& sql, const FullJobRow& row) {
  // That of a link may be on its way still.
  if (row.upload_id.empty() ||
      !sql.row<long long>("SELECT 1 FROM uploads WHERE id = :id AND state = 'complete' AND object_key = ''",
                          row.upload_id))
    return {};
  return fail(ErrorCode::kExists, "The recording of this job was removed, because it was kept long enough.");
}

struct EventRow {
  long long id = 0, created_at = 0;
  std::string job_id, user_id, type, data;
  template <class Visit>
  void columns(Visit visit) {
    visit(id), visit(created_at), visit(job_id), visit(user_id), visit(type), visit(data);
  }
  [[nodiscard]] JobEvent event() const {
    return {.id = id,
            .job_id = job_id,
            .user_id = user_id,
            .type = type,
            .data = data,
            .created_at = from_unix_millis(created_at)};
  }
};
constexpr std::string_view kEventsOfUser =
    "SELECT id, created_at, job_id, user_id, type, data FROM events WHERE user_id = :user_id AND id > :after "
    "ORDER BY id LIMIT :limit";
constexpr std::string_view kEventsOfJob =
    "SELECT id, created_at, job_id, user_id, type, data FROM events WHERE job_id = :job_id AND id > :after "
    "AND "
    "user_id = :user_id ORDER BY id LIMIT :limit";

/// "%x%" for LIKE ... ESCAPE '\', which finds x in folded text.
std::string like_pattern(const std::string& text) {
  std::string pattern = "%";
  for (const char c : fold_case(to_utf8(text))) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + "%";
}

/// The arguments of the filter's statement, in this order. Every form of the statement takes all of them.
struct ListArguments {
  std::string user_id, after_id, state, kind, title, label;
  std::int64_t after = 0, before = 0, limit = 0;
};

ListArguments list_arguments(const std::string& user_id, const JobFilter& filter) {
  ListArguments arguments;
  arguments.user_id = user_id;
  arguments.after_id = filter.after_id.empty() ? kHighestId : filter.after_id;
  if (filter.state) arguments.state = job_state_name(*filter.state);
  if (filter.kind) arguments.kind = job_kind_name(*filter.kind);
  if (!filter.title.empty()) arguments.title = like_pattern(filter.title);
  // Of another form, it is nobody's label.
  if (!filter.label_id.empty()) arguments.label = is_uuid(filter.label_id) ? filter.label_id : kHighestId;
  arguments.after =
      filter.created_after ? to_unix_millis(*filter.created_after) : std::numeric_limits<std::int64_t>::min();
  arguments.before = filter.created_before ? to_unix_millis(*filter.created_before)
                                           : std::numeric_limits<std::int64_t>::max();
  // One more tells whether there is another page.
  arguments.limit = static_cast<std::int64_t>(std::clamp<std::size_t>(filter.limit, 1, kMaxPageSize)) + 1;
  return arguments;
}

/// An unused condition still takes its argument, which is then empty.
std::string make_list_statement(bool by_state, bool by_kind, bool by_title, bool by_label) {
  std::string sql =
      "SELECT " + std::string(kJobColumns) + " FROM jobs WHERE user_id = :user_id AND id < :after_id";
  sql += by_state ? " AND state = :state" : " AND :state = ''";
  sql += by_kind ? " AND kind = :kind" : " AND :kind = ''";
  sql += by_title ? " AND title_folded LIKE :title ESCAPE '\\'" : " AND :title = ''";
  sql += by_label
             ? " AND EXISTS (SELECT 1 FROM job_labels jl WHERE jl.job_id = jobs.id AND jl.label_id = :label)"
             : " AND :label = ''";
  sql += " AND created_at > :after AND created_at < :before ORDER BY id DESC LIMIT :limit";
  return sql;
}

std::array<std::string, 16> make_list_statements() {
  std::array<std::string, 16> statements;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    statements[i] = make_list_statement((i & 1U) != 0, (i & 2U) != 0, (i & 4U) != 0, (i & 8U) != 0);
  }
  return statements;
}

/// One of sixteen forms.
const std::string& list_statement(const JobFilter& filter) {
  static const std::array<std::string, 16> kStatements = make_list_statements();
  return kStatements.at((filter.state ? 1U : 0U) + (filter.kind ? 2U : 0U) +
                        (filter.title.empty() ? 0U : 4U) + (filter.label_id.empty() ? 0U : 8U));
}

}  // namespace

Result<Job> SqlJobStore::get(const std::string& user_id, const std::string& job_id) {
  static const std::string kSql = select_full_jobs() + "WHERE id = :id AND user_id = :user_id";
  if (!are_uuids(user_id, job_id)) return no_such_job();
  return access_.read([&](Connection& sql) -> Result<Job> {
    std::optional<Job> job;
    sql.each<FullJobRow>(
        kSql, [&](const FullJobRow& row) { job = row.job(); }, job_id, user_id);
    if (!job) return no_such_job();
    return *std::move(job);
  });
}

Result<JobPage> SqlJobStore::list(const std::string& user_id, const JobFilter& filter) {
  if (!filter.after_id.empty() && !is_uuid(filter.after_id)) {
    return fail_field("after", "There is no page after that.");
  }
  if (!is_uuid(user_id)) return JobPage();
  const ListArguments arguments = list_arguments(user_id, filter);
  return access_.read([&](Connection& sql) -> Result<JobPage> {
    JobPage page;
    sql.each<JobRow>(
        list_statement(filter), [&](const JobRow& row) { page.jobs.push_back(row.job()); }, arguments.user_id,
        arguments.after_id, arguments.state, arguments.kind, arguments.title, arguments.label,
        arguments.after, arguments.before, arguments.limit);
    page.more = std::cmp_equal(page.jobs.size(), arguments.limit);
    if (page.more) page.jobs.pop_back();
    return page;
  });
}

Result<std::vector<std::uint64_t>> SqlJobStore::count_by_state(const std::string& user_id) {
  std::vector<std::uint64_t> counts(static_cast<std::size_t>(JobState::kCancelled) + 1);
  if (!is_uuid(user_id)) return counts;
  return access_.read([&](Connection& sql) -> Result<std::vector<std::uint64_t>> {
    std::fill(counts.begin(), counts.end(), 0);
    sql.each<std::tuple<std::string, long long>>(
        "SELECT state, COUNT(*) FROM jobs WHERE user_id = :user_id GROUP BY state",
        [&](const auto& row) {
          const auto state = parse_job_state(std::get<0>(row));
          if (state)
            counts.at(static_cast<std::size_t>(*state)) = static_cast<std::uint64_t>(std::get<1>(row));
        },
        user_id);
    return counts;
  });
}

Result<Job> SqlJobStore::cancel(const std::string& user_id, const std::string& job_id) {
  return access_.write([&](Transaction& transaction) -> Result<Job> {
    VAT_ASSIGN(const FullJobRow row, lock_job(transaction, user_id, job_id));
    Job job = row.job();
    if (!apply(transaction, job, JobAction::kCancel)) {
      return fail(ErrorCode::kExists, "The job has already ended.");
    }
    return job;
  });
}

Result<Job> SqlJobStore::retry(const std::string& user_id, const std::string& job_id) {
  return access_.write([&](Transaction& transaction) -> Result<Job> {
    VAT_ASSIGN(const FullJobRow row, lock_job(transaction, user_id, job_id));
    VAT_TRY(check_recording(transaction.sql, row));
    Job job = row.job();
    job.attempt = 0;
    job.lost_workers = 0;
    job.failure.reset();
    job.warnings.clear();
    job.progress = {};
    job.started_at.reset();
    job.not_before.reset();
    if (!apply(transaction, job, JobAction::kRetry)) {
      return fail(ErrorCode::kExists, "Only a job that failed or was cancelled can be retried.");
    }
    return job;
  });
}

Result<Job> SqlJobStore::change(const std::string& user_id, const std::string& job_id,
                                const JobChanges& changes) {
  if (changes.priority && (*changes.priority < -10 || *changes.priority > 10))
    return fail_field("priority", "The priority must be a number from -10 to 10.");
  return access_.write([&](Transaction& transaction) -> Result<Job> {
    VAT_ASSIGN(const FullJobRow row, lock_job(transaction, user_id, job_id));
    Job job = row.job();
    job.priority = changes.priority.value_or(job.priority);
    if (changes.title) job.title = to_utf8(*changes.title);
    job.updated_at = transaction.now;
    transaction.sql.execute(
        "UPDATE jobs SET priority = :priority, title = :title, title_folded = :title_folded, "
        "updated_at = :updated_at WHERE id = :id",
        job.priority, job.title, fold_case(job.title), job.updated_at, job_id);
    transaction.add_event(user_id, job_id, "state", state_event(job, true));
    if (changes.priority && job.state == JobState::kQueued)
      transaction.notify(Notification::Kind::kQueued, user_id, job_id);
    return job;
  });
}

Result<std::vector<std::string>> SqlJobStore::remove(const std::string& user_id, const std::string& job_id) {
  using Keys = std::vector<std::string>;
  return access_.write_to_delete([&](Transaction& transaction) -> Result<Keys> {
    if (!is_uuid(user_id)) return no_such_job();
    lock_content(transaction, user_id);
    VAT_ASSIGN(const FullJobRow row, lock_job(transaction, user_id, job_id));
    if (row.job().state == JobState::kProcessing) {
      return fail(ErrorCode::kExists, "The job is running; cancel it first.");
    }
    Keys keys;
    remove_job_rows(transaction, row, keys);
    return unused_objects(transaction, std::move(keys));
  });
}

Result<std::vector<Artifact>> SqlJobStore::artifacts(const std::string& user_id, const std::string& job_id) {
  using Artifacts = std::vector<Artifact>;
  if (!are_uuids(user_id, job_id)) return no_such_job();
  return access_.read([&](Connection& sql) -> Result<Artifacts> {
    Artifacts found;
    static const std::string kSql =
        select_artifacts() + "WHERE a.job_id = :job_id AND j.user_id = :user_id ORDER BY a.id";
    sql.each<ArtifactRow>(
        kSql, [&](const ArtifactRow& row) { found.push_back(row.artifact()); }, job_id, user_id);
    if (found.empty()) VAT_TRY(check_job(sql, user_id, job_id));
    return found;
  });
}

Result<Artifact> SqlJobStore::artifact(const std::string& user_id, const std::string& job_id,
                                       const std::string& name) {
  if (!are_uuids(user_id, job_id)) return no_such_job();
  return access_.read([&](Connection& sql) -> Result<Artifact> {
    static const std::string kSql =
        select_artifacts() + "WHERE a.job_id = :job_id AND a.name = :name AND j.user_id = :user_id";
    const auto row = sql.row<ArtifactRow>(kSql, job_id, name, user_id);
    if (row) return row->artifact();
    VAT_TRY(check_job(sql, user_id, job_id));
    return fail(ErrorCode::kNotFound, "The job has no file with that name.");
  });
}

Result<std::vector<JobEvent>> SqlJobStore::events(const std::string& user_id, const std::string& job_id,
                                                  std::int64_t after_id, std::size_t limit) {
  using Events = std::vector<JobEvent>;
  if (!is_uuid(user_id) || (!job_id.empty() && !is_uuid(job_id))) return no_such_job();
  const auto max = static_cast<std::int64_t>(std::min<std::size_t>(limit, 10'000));
  return access_.read([&](Connection& sql) -> Result<Events> {
    Events events;
    const auto keep = [&](const EventRow& row) { events.push_back(row.event()); };
    if (job_id.empty()) {
      sql.each<EventRow>(kEventsOfUser, keep, user_id, after_id, max);
    } else {
      sql.each<EventRow>(kEventsOfJob, keep, job_id, after_id, user_id, max);
      if (events.empty()) VAT_TRY(check_job(sql, user_id, job_id));
    }
    return events;
  });
}

Result<std::int64_t> SqlJobStore::last_event_id(const std::string& user_id) {
  if (!is_uuid(user_id)) return 0;
  return access_.read([&](Connection& sql) -> Result<std::int64_t> {
    return sql.row<long long>("SELECT COALESCE(MAX(id), 0) FROM events WHERE user_id = :user_id", user_id)
        .value_or(0);
  });
}

}  // namespace vat::db
