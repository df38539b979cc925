#include "api/events/event_streams.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "api/common/handler.h"
#include "api/common/identity.h"
#include "api/jobs/job_json.h"
#include "http/event_stream.h"

namespace vat::api {
namespace {

using http::BodyWriter;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kPage = 100;
constexpr std::chrono::milliseconds kRetryInterval{2'000};  // before the database is asked again
constexpr std::size_t kMaxProgressing = 64;

/// Notifications since the stream's last check. Written by the bus's thread.
class PendingNotifications {
 public:
  void take(const Notification& notification) {
    const std::lock_guard lock(mutex_);
    if (notification.kind == Notification::Kind::kEvent) events_ = true;
    if (notification.kind == Notification::Kind::kLabels) labels_ = true;
    if (notification.kind == Notification::Kind::kPreferences) preferences_ = true;
    if (notification.kind != Notification::Kind::kProgress || progressing_.size() >= kMaxProgressing) return;
    if (std::find(progressing_.begin(), progressing_.end(), notification.job_id) == progressing_.end())
      progressing_.push_back(notification.job_id);
  }
  /// Whether there are new events.
  bool take_events() {
    const std::lock_guard lock(mutex_);
    return std::exchange(events_, false);
  }
  /// Whether the user has other labels.
  bool take_labels() {
    const std::lock_guard lock(mutex_);
    return std::exchange(labels_, false);
  }
  /// Whether the user chose other preferences.
  bool take_preferences() {
    const std::lock_guard lock(mutex_);
    return std::exchange(preferences_, false);
  }
  void listen_again() {
    const std::lock_guard lock(mutex_);
    events_ = true;
  }
  std::vector<std::string> take_progressing() {
    const std::lock_guard lock(mutex_);
    return std::exchange(progressing_, {});
  }
  bool has_progressing() {
    const std::lock_guard lock(mutex_);
    return !progressing_.empty();
  }

 private:
  std::mutex mutex_;
  bool events_ = true;  // those before the stream began
  bool labels_ = false;
  bool preferences_ = false;
  std::vector<std::string> progressing_;
};

/// The data with the job that it is about.
std::string with_job_id(const JobEvent& event) {
  const std::string member = R"({"job_id":")" + event.job_id + '"';
  if (!event.data.starts_with('{') || event.data.starts_with(R"({"job_id":)")) return event.data;
  return member + (event.data == "{}" ? "" : ",") + event.data.substr(1);
}

std::string format(const std::vector<JobEvent>& events) {
  std::string text;
  for (const JobEvent& event : events)
    text += http::format_event(std::to_string(event.id), event.type, with_job_id(event));
  return text;
}

/// Whether the credentials with which a stream began are still valid, asked again once in a heartbeat: a
/// stream lasts for hours, and a session or a key may end meanwhile.
class StillAllowed {
 public:
  StillAllowed(const Services& services, const http::Request& request) : services_(services) {
    credentials_.method = http::Method::kGet;
    credentials_.path = request.path;
    for (const char* const name : {"Authorization", "Cookie"}) {
      if (const std::string_view value = request.header(name); !value.empty())
        credentials_.headers.emplace_back(name, value);
    }
  }
  http::Task<bool> ask() {
    if (credentials_.headers.empty() || Clock::now() - asked_at_ < services_.limits.heartbeat) co_return true;
    asked_at_ = Clock::now();
    const Result<Caller> caller = co_await identify(services_, credentials_);
    co_return caller || caller.error().code != ErrorCode::kUnauthorized;
  }

 private:
  const Services& services_;
  http::Request credentials_;
  Clock::time_point asked_at_ = Clock::now();
};

/// One connection. It holds the number of the last sent event but no events: what a slow reader has not read
/// yet stays in the database.
class Stream {
 public:
  Stream(const Services& services, std::shared_ptr<ProgressBoard> board, StillAllowed allowed,
         std::string user_id, std::string job_id, std::int64_t after, std::shared_ptr<void> slot)
      : services_(services),
        board_(std::move(board)),
        allowed_(std::move(allowed)),
        user_id_(std::move(user_id)),
        job_id_(std::move(job_id)),
        after_(after),
        slot_(std::move(slot)) {}

  http::Task<Result<>> run(BodyWriter& writer) {
    http::Signal signal(co_await boost::asio::this_coro::executor);
    const EventBus::Subscription subscription = subscribe(signal);
    VAT_CO_TRY(co_await greet(writer));
    while (!ended_ && !writer.stopping()) {
      const bool allowed = co_await allowed_.ask();
      if (!allowed) break;
      if (pending_->take_events()) VAT_CO_TRY(co_await write_events(writer));
      if (ended_) break;
      if (pending_->take_labels())
        VAT_CO_TRY(co_await writer.write(http::format_event({}, "label_list", "{}")));
      if (pending_->take_preferences())
        VAT_CO_TRY(co_await writer.write(http::format_event({}, "preferences", "{}")));
      if (progress_is_due() && pending_->has_progressing()) VAT_CO_TRY(co_await write_progress(writer));
      const bool woken = co_await writer.wait(signal, until_next());
      // A long silence, or a disconnected client, which a write detects.
      const bool more_to_say = progress_is_due() && pending_->has_progressing();
      if (woken || more_to_say || writer.stopping()) continue;
      // A change by another server on the same database causes no notification here.
      pending_->listen_again();
      VAT_CO_TRY(co_await writer.write(http::kHeartbeat));
    }
    co_return Result<>();
  }

 private:
  EventBus::Subscription subscribe(http::Signal& signal) {
    return services_.bus.subscribe(
        user_id_, job_id_, [pending = pending_, wake = signal.notifier()](const Notification& notification) {
          if (notification.kind != Notification::Kind::kEvent &&
              notification.kind != Notification::Kind::kProgress &&
              notification.kind != Notification::Kind::kLabels &&
              notification.kind != Notification::Kind::kPreferences)
            return;
          pending->take(notification);
          wake();
        });
  }

  [[nodiscard]] bool progress_is_due() const { return Clock::now() - progress_at_ >= ProgressBoard::kFresh; }
  std::chrono::milliseconds until_next() {
    if (retry_) return kRetryInterval;
    if (!pending_->has_progressing()) return services_.limits.heartbeat;
    const auto left = progress_at_ + ProgressBoard::kFresh - Clock::now();
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(left), std::chrono::milliseconds(1));
  }

  /// Sends something at once, so that the client knows that it is connected: for one job, its current state.
  http::Task<Result<>> greet(BodyWriter& writer) {
    if (job_id_.empty()) co_return co_await writer.write(": connected\n\n");
    co_return co_await write_job_event(writer, "job");
  }

  http::Task<Result<>> write_job_event(BodyWriter& writer, std::string_view type) {
    auto work = [&]() -> Result<std::string> {
      VAT_ASSIGN(const Job job, services_.jobs.get(user_id_, job_id_));
      return detailed_job_json(services_, job);
    };
    const Result<std::string> text = co_await services_.pool.run(work);
    // Deleted in the meantime: the stream ends without it.
    if (!text) co_return Result<>();
    co_return co_await writer.write(http::format_event({}, type, *text));
  }

  /// Sends everything new, and the end of the stream if it has come.
  http::Task<Result<>> write_events(BodyWriter& writer) {
    VAT_CO_TRY(co_await write_pages(writer));
    if (retry_ || job_id_.empty() || !state_changed_) co_return Result<>();
    const bool over = co_await is_over();
    if (!over) co_return Result<>();
    // The last events may have been added between the last page and that check.
    VAT_CO_TRY(co_await write_pages(writer));
    if (retry_ || writer.stopping()) co_return Result<>();
    ended_ = true;
    co_return co_await write_job_event(writer, "done");
  }

  http::Task<Result<>> write_pages(BodyWriter& writer) {
    while (!writer.stopping()) {
      auto work = [&] { return services_.jobs.events(user_id_, job_id_, after_, kPage); };
      const Result<std::vector<JobEvent>> page = co_await services_.pool.run(work);
      retry_ = !page && page.error().retryable;
      if (retry_) {
        pending_->listen_again();
        break;
      }
      // Deleted in the meantime: is_over() detects it.
      if (!page && page.error().code == ErrorCode::kNotFound) state_changed_ = true;
      if (!page && page.error().code != ErrorCode::kNotFound) co_return fail(page.error());
      if (!page || page->empty()) break;
      VAT_CO_TRY(co_await writer.write(format(*page)));
      after_ = page->back().id;
      state_changed_ = state_changed_ || has_state(*page);
      if (page->size() < kPage) break;
    }
    co_return Result<>();
  }

  static bool has_state(const std::vector<JobEvent>& events) {
    return std::any_of(events.begin(), events.end(), [](const JobEvent& event) {
      return event.type == "state" || event.type == "deleted";
    });
  }

  /// The job is final or deleted.
  http::Task<bool> is_over() {
    auto work = [&] { return services_.jobs.get(user_id_, job_id_); };
    const Result<Job> job = co_await services_.pool.run(work);
    if (!job && job.error().retryable) {
      retry_ = true;
      pending_->listen_again();
      co_return false;
    }
    const bool over = job ? is_final(job->state) : true;
    state_changed_ = over;
    co_return over;
  }

  http::Task<Result<>> write_progress(BodyWriter& writer) {
    progress_at_ = Clock::now();
    std::string text;
    for (const std::string& job_id : pending_->take_progressing()) {
      const ProgressBoard::Text progress = co_await board_->find(user_id_, job_id);
      if (progress) text += http::format_event({}, "progress", *progress);
    }
    if (text.empty()) co_return Result<>();
    co_return co_await writer.write(text);
  }

  const Services& services_;
  std::shared_ptr<ProgressBoard> board_;
  StillAllowed allowed_;
  std::string user_id_;
  std::string job_id_;  ///< Empty: all jobs of the user, without end.
  std::int64_t after_;
  std::shared_ptr<void> slot_;
  std::shared_ptr<PendingNotifications> pending_ = std::make_shared<PendingNotifications>();
  Clock::time_point progress_at_{};
  bool retry_ = false;         ///< The database was not available.
  bool state_changed_ = true;  ///< Since the last is_over().
  bool ended_ = false;
};

}  // namespace

/// How many streams each user has open. Safe to use from any thread.
class EventStreams::Counter : public std::enable_shared_from_this<Counter> {
 public:
  explicit Counter(std::size_t max) : max_(max) {}
  /// Counts until the last copy is destroyed; null when there are too many.
  std::shared_ptr<void> open(const std::string& user_id) {
    const std::lock_guard lock(mutex_);
    std::size_t& count = counts_[user_id];
    if (count >= max_) return nullptr;
    ++count;
    return {this, [self = shared_from_this(), user_id](void*) { self->close(user_id); }};
  }

 private:
  void close(const std::string& user_id) {
    const std::lock_guard lock(mutex_);
    if (const auto found = counts_.find(user_id); found != counts_.end() && --found->second == 0)
      counts_.erase(found);
  }
  const std::size_t max_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> counts_;
};

EventStreams::EventStreams(const Services& services)
    : services_(services),
      board_(std::make_shared<ProgressBoard>(services)),
      counter_(std::make_shared<Counter>(services.limits.max_event_streams)) {}

Result<http::Response> EventStreams::open(const http::Request& request, const std::string& user_id,
                                          const std::string& job_id, std::int64_t after) {
  std::shared_ptr<void> slot = counter_->open(user_id);
  if (!slot) {
    return fail(Error(ErrorCode::kLimit, "You have " + std::to_string(services_.limits.max_event_streams) +
                                             " open event streams, which is the limit.")
                    .as_retryable());
  }
  auto stream = std::make_shared<Stream>(services_, board_, StillAllowed(services_, request), user_id, job_id,
                                         after, std::move(slot));
  return http::event_stream_response([stream](BodyWriter& writer) { return stream->run(writer); });
}

}  // namespace vat::api
