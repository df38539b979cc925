// Reports errors to a Sentry-compatible service, using its envelope protocol
// (develop.sentry.dev/sdk/data-model/envelopes).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/result.h"
#include "domain/http_client.h"

namespace vat::operation {

/// "https://PUBLIC_KEY@HOST/PATH/PROJECT", as the service shows it.
struct SentryDsn {
  std::string public_key;
  std::string envelope_url;  ///< "https://HOST/PATH/api/PROJECT/envelope/".
};
/// kInvalidArgument for anything else.
[[nodiscard]] Result<SentryDsn> parse_sentry_dsn(std::string_view dsn);

struct SentryOptions {
  std::string environment = "production";
  std::string release;      ///< "vat@0.1.0".
  std::string server_name;  ///< Of this machine.
  std::size_t max_waiting = 100;
  std::chrono::milliseconds last_words{2'000};  ///< For events that are waiting when the program ends.
};

/// Until when nothing may be sent, according to the service's responses.
class SentryPause {
 public:
  using Clock = std::chrono::steady_clock;
  /// Reads X-Sentry-Rate-Limits, or Retry-After of a 429 (60 s without one).
  void learn(const HttpResponse& response, Clock::time_point now);
  [[nodiscard]] bool over(Clock::time_point now) const { return now >= until_; }

 private:
  Clock::time_point until_{};
};

/// Safe to use from any thread.
class Sentry {
 public:
  /// `http` must outlive this.
  Sentry(HttpClient& http, SentryDsn dsn, SentryOptions options);
  /// Sends the waiting events, within the time for last words.
  ~Sentry();
  Sentry(const Sentry&) = delete;
  Sentry& operator=(const Sentry&) = delete;

  /// Queues the line as an event; drops it when too many wait. Never blocks: for set_error_observer().
  void report(const LogRecord& record);
  /// Waits until everything has been sent, or until the timeout.
  void flush(std::chrono::milliseconds timeout);
  /// Events that were not queued, or rejected by the service.
  [[nodiscard]] std::uint64_t dropped() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The event of a line, one JSON object. Its fields "request_id", "route", "method", "job" and "code" are
/// tags, which make events searchable.
[[nodiscard]] std::string sentry_event(const LogRecord& record, const std::string& event_id,
                                       const SentryOptions& options);

}  // namespace vat::operation
