// A job whose client waits for its end on the same connection, and which is removed when the client has its
// response or disconnects. Private to api.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "api/services.h"
#include "base/result.h"
#include "domain/event_bus.h"
#include "domain/job.h"
#include "domain/transcript.h"
#include "http/message.h"
#include "http/task.h"

namespace vat::api {

class AwaitedJob {
 public:
  /// `executor`: of the waiting coroutine.
  AwaitedJob(const Services& services, const Job& job, const boost::asio::any_io_executor& executor);
  /// Removes the job, unless remove() did, on a thread of the pool.
  ~AwaitedJob();
  AwaitedJob(const AwaitedJob&) = delete;
  AwaitedJob& operator=(const AwaitedJob&) = delete;

  /// Notified when something about the job changes.
  [[nodiscard]] http::Signal& changed() { return changed_; }
  /// How long to wait for that before checking anyway.
  static constexpr std::chrono::milliseconds kPollInterval{5'000};

  /// True when it has ended.
  [[nodiscard]] http::Task<Result<bool>> look();
  /// Data of the new "segment" events since the last call, in order.
  [[nodiscard]] http::Task<Result<std::vector<std::string>>> new_segments();
  /// After its end: the transcript, or the error.
  [[nodiscard]] http::Task<Result<Transcript>> outcome();
  /// The job with its files, its upload too.
  [[nodiscard]] http::Task<> remove();

 private:
  const Services& services_;
  Job job_;
  http::Signal changed_;
  EventBus::Subscription subscription_;
  std::int64_t last_event_ = 0;
  bool removed_ = false;
};

}  // namespace vat::api
