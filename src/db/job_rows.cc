#include "db/job_rows.h"

#include <boost/json.hpp>

#include "base/json_writer.h"
#include "base/uuid.h"
#include "db/late_owner.h"

namespace vat::db {
namespace {

ErrorCode parse_error_code(std::string_view name) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    if (traits(static_cast<ErrorCode>(code)).name == name) return static_cast<ErrorCode>(code);
  }
  return ErrorCode::kInternal;
}

Stage parse_stage(std::string_view name) {
  for (const Stage stage :
       {Stage::kFetch, Stage::kTranscribe, Stage::kSubtitles, Stage::kSpeak, Stage::kMux}) {
    if (stage_name(stage) == name) return stage;
  }
  return Stage::kPrepare;
}

tl::unexpected<Error> lost() {
  return fail(ErrorCode::kCancelled, "The job was cancelled or taken over by another worker.");
}

bool plausible(const Lease& lease) { return is_uuid(lease.job_id) && !lease.token.empty(); }

}  // namespace

std::optional<UtcTime> time_of(long long millis) {
  if (millis == kNoTime) return std::nullopt;
  return from_unix_millis(millis);
}

Job JobRow::job() const {
  Job job;
  job.id = id;
  job.user_id = user_id;
  job.kind = parse_job_kind(kind).value_or(JobKind::kProcess);
  job.state = parse_job_state(state).value_or(JobState::kFailed);
  job.title = title;
  job.upload_id = upload_id;
  job.options = options;
  job.priority = static_cast<int>(priority);
  job.progress = {parse_stage(stage), fraction, Millis(done), speed};
  job.transcript_done = transcript_done != 0;
  job.attempt = static_cast<int>(attempt);
  job.lost_workers = static_cast<int>(lost_workers);
  job.engine = engine;
  job.model = model;
  job.language = language;
  job.duration = Millis(duration);
  if (!failure_code.empty()) {
    job.failure = JobFailure{parse_error_code(failure_code), failure_message, parse_stage(failure_stage)};
  }
  if (warnings != "[]") job.warnings = from_json_array(warnings);
  job.webhook_url = webhook_url;
  job.source_url = source_url;
  job.created_at = from_unix_millis(created_at);
  job.updated_at = from_unix_millis(updated_at);
  job.started_at = time_of(started_at);
  job.finished_at = time_of(finished_at);
  job.not_before = time_of(not_before);
  job.has_waveform = has_waveform != 0;
  job.has_thumbnail = has_thumbnail != 0;
  job.has_filmstrip = has_filmstrip != 0;
  return job;
}

Job FullJobRow::job() const {
  Job job = JobRow::job();
  job.input_text = input_text;
  return job;
}

std::string select_full_jobs() {
  return "SELECT " + std::string(kJobColumns) + ", input_text, lease_token FROM jobs ";
}

Artifact ArtifactRow::artifact() const {
  return {.id = id,
          .job_id = job_id,
          .name = name,
          .kind = kind,
          .content_type = content_type,
          .size = static_cast<std::uint64_t>(size),
          .sha256 = sha256,
          .object_key = object_key,
          .created_at = from_unix_millis(created_at)};
}

std::string select_artifacts() {
  return "SELECT a.id, a.job_id, a.name, a.kind, a.content_type, a.sha256, a.object_key, a.size, "
         "a.created_at "
         "FROM artifacts a JOIN jobs j ON j.id = a.job_id ";
}

tl::unexpected<Error> no_such_job() { return fail(ErrorCode::kNotFound, "There is no such job."); }

Result<FullJobRow> lock_job(Transaction& transaction, const std::string& user_id, const std::string& job_id) {
  if (!is_uuid(job_id) || !is_uuid(user_id)) return no_such_job();
  auto row = transaction.sql.row<FullJobRow>(
      select_full_jobs() + "WHERE id = :id AND user_id = :user_id" + transaction.sql.for_update(), job_id,
      user_id);
  if (!row) return no_such_job();
  return *std::move(row);
}

namespace {

/// `read()` finds the row if the lease is valid. An owner who returns late, and whose job nobody has begun
/// since, takes it back.
template <class Read>
auto lock_held(Transaction& transaction, const Lease& lease, Read read)
    -> Result<typename decltype(read())::value_type> {
  if (!plausible(lease)) return lost();
  auto row = read();
  if (!row && return_late(transaction, lease) == LateReturn::kTakenBack) row = read();
  if (!row) return lost();
  return *std::move(row);
}

}  // namespace

Result<FullJobRow> lock_leased(Transaction& transaction, const Lease& lease) {
  return lock_held(transaction, lease, [&] {
    return transaction.sql.row<FullJobRow>(
        select_full_jobs() + "WHERE id = :id AND lease_token = :token" + transaction.sql.for_update(),
        lease.job_id, lease.token);
  });
}

Result<std::string> lock_lease(Transaction& transaction, const Lease& lease) {
  return lock_held(transaction, lease, [&] {
    return transaction.sql.row<std::string>(
        std::string("SELECT user_id FROM jobs WHERE id = :id AND lease_token = :token") +
            transaction.sql.for_update(),
        lease.job_id, lease.token);
  });
}

std::string to_json_array(const std::vector<std::string>& texts) {
  std::string out;
  JsonWriter(out).strings(texts);
  return out;
}

std::vector<std::string> from_json_array(const std::string& json) {
  std::vector<std::string> texts;
  boost::json::error_code error;
  const boost::json::value value = boost::json::parse(json, error);
  if (error || !value.is_array()) return texts;
  for (const boost::json::value& text : value.get_array()) {
    if (text.is_string()) texts.emplace_back(text.get_string().begin(), text.get_string().end());
  }
  return texts;
}

}  // namespace vat::db
