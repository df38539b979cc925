#include "api/events/progress_board.h"

#include "api/jobs/job_json.h"
#include "base/json_writer.h"

namespace vat::api {
namespace {

constexpr std::size_t kMaxEntries = 4096;

std::string progress_json(const Job& job, const JobDetails& details) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("job_id").string(job.id);
  write_progress(json, job, details);
  json.end_object();
  return text;
}

}  // namespace

ProgressBoard::Text ProgressBoard::look(const std::string& user_id, const std::string& job_id) const {
  const Result<Job> job = services_.jobs.get(user_id, job_id);
  if (!job || job->state != JobState::kProcessing) return nullptr;
  return std::make_shared<const std::string>(progress_json(*job, quick_details(services_, *job)));
}

http::Task<ProgressBoard::Text> ProgressBoard::find(const std::string& user_id, const std::string& job_id) {
  const std::string key = user_id + job_id;
  {
    const std::lock_guard lock(mutex_);
    if (entries_.size() >= kMaxEntries) entries_.clear();
    Entry& entry = entries_[key];
    const auto now = std::chrono::steady_clock::now();
    if (entry.finding || now - entry.found_at < kFresh) co_return entry.text;
    entry.finding = true;
  }
  auto work = [&]() -> Result<Text> { return look(user_id, job_id); };
  const Result<Text> found = co_await services_.pool.run(work);
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[key];
  entry.finding = false;
  entry.found_at = std::chrono::steady_clock::now();
  entry.text = found ? *found : nullptr;
  co_return entry.text;
}

}  // namespace vat::api
