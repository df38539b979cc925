#include "api/openai/awaited_job.h"

#include <utility>

#include "api/jobs/delete_job.h"
#include "base/log.h"

namespace vat::api {
namespace {

constexpr std::size_t kEventsAtOnce = 200;

/// Blocks.
void remove_quietly(const Services& services, const Job& job) {
  const Result<> removed = delete_job(services, job.user_id, job.id);
  if (!removed && removed.error().code != ErrorCode::kNotFound)
    log(LogLevel::kWarning,
        "A job that nobody waits for any more could not be removed: " + removed.error().message,
        {{"job", job.id}});
}

}  // namespace

AwaitedJob::AwaitedJob(const Services& services, const Job& job, const boost::asio::any_io_executor& executor)
    : services_(services),
      job_(job),
      changed_(executor),
      subscription_(services.bus.subscribe(job.user_id, job.id,
                                           [wake = changed_.notifier()](const Notification& notification) {
                                             if (notification.kind == Notification::Kind::kEvent) wake();
                                           })) {}

AwaitedJob::~AwaitedJob() {
  if (removed_) return;
  auto work = [&services = services_, job = job_] { remove_quietly(services, job); };
  if (services_.pool.try_post(work)) return;
  log(LogLevel::kWarning, "A job that nobody waits for any more was left, because the service is busy.",
      {{"job", job_.id}});
}

http::Task<Result<bool>> AwaitedJob::look() {
  auto work = [&] { return services_.jobs.get(job_.user_id, job_.id); };
  Result<Job> job = co_await services_.pool.run(work);
  if (!job) {
    removed_ = job.error().code == ErrorCode::kNotFound;  // It was deleted.
    co_return fail(std::move(job).error());
  }
  job_ = std::move(*job);
  co_return is_final(job_.state);
}

http::Task<Result<std::vector<std::string>>> AwaitedJob::new_segments() {
  auto work = [&]() -> Result<std::vector<std::string>> {
    std::vector<std::string> segments;
    while (true) {
      VAT_ASSIGN(const std::vector<JobEvent> events,
                 services_.jobs.events(job_.user_id, job_.id, last_event_, kEventsAtOnce));
      for (const JobEvent& event : events) {
        if (event.type == "segment") segments.push_back(event.data);
        last_event_ = event.id;
      }
      if (events.size() < kEventsAtOnce) return segments;
    }
  };
  Result<std::vector<std::string>> segments = co_await services_.pool.run(work);
  co_return segments;
}

http::Task<Result<Transcript>> AwaitedJob::outcome() {
  if (job_.state == JobState::kCancelled) co_return fail(ErrorCode::kCancelled, "The job was cancelled.");
  if (job_.state == JobState::kFailed && !job_.transcript_done) {
    const JobFailure failure = job_.failure.value_or(JobFailure{.message = "The job failed."});
    co_return fail(failure.code, failure.message);
  }
  auto work = [&]() -> Result<Transcript> {
    VAT_ASSIGN(StoredTranscript stored, services_.transcripts.get(job_.user_id, job_.id));
    return std::move(stored.transcript);
  };
  Result<Transcript> transcript = co_await services_.pool.run(work);
  co_return transcript;
}

http::Task<> AwaitedJob::remove() {
  auto work = [&]() -> Result<> {
    remove_quietly(services_, job_);
    return {};
  };
  const Result<> done = co_await services_.pool.run(work);
  removed_ = done.has_value();
}

}  // namespace vat::api
