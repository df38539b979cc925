// The events of jobs as server-sent event streams. Private to api.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "api/events/progress_board.h"
#include "api/services.h"
#include "base/result.h"
#include "http/message.h"

namespace vat::api {

/// Safe to use from any thread.
class EventStreams {
 public:
  /// `services` must outlive this and the streams.
  explicit EventStreams(const Services& services);

  /// The events after the number `after`: of the job until it ends, or, with `job_id` empty, of all jobs of
  /// the user without end. It ends soon after the credentials of `request` have stopped being valid. kLimit,
  /// retryable, when the user has too many streams open.
  [[nodiscard]] Result<http::Response> open(const http::Request& request, const std::string& user_id,
                                            const std::string& job_id, std::int64_t after);

 private:
  class Counter;
  const Services& services_;
  std::shared_ptr<ProgressBoard> board_;
  std::shared_ptr<Counter> counter_;
};

}  // namespace vat::api
