#include "tts/remote.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <random>

#include "base/ascii.h"
#include "base/number.h"
#include "base/text.h"
#include "base/utc_time.h"

namespace vat::tts {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMaxExplanation = 300;

bool is_busy(int status) { return status == 429 || status >= 500; }

/// Seconds or an HTTP date, as the time from now; empty if it is neither.
std::optional<milliseconds> retry_after(const HttpResponse& response,
                                        const std::chrono::system_clock::time_point& now) {
  constexpr std::int64_t kMaxSeconds = 1'000'000;
  const std::string_view value = trim(find_header(response.headers, "Retry-After"));
  if (const auto seconds = parse_number<std::int64_t>(value))
    return std::chrono::seconds(std::clamp<std::int64_t>(*seconds, 0, kMaxSeconds));
  const std::optional<UtcTime> then = parse_http_date(value);
  if (!then) return std::nullopt;
  return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(*then - now));
}

/// Half of the delay is fixed and half random, so that many clients do not retry at the same moment.
milliseconds with_jitter(milliseconds delay) {
  thread_local std::minstd_rand random{std::random_device{}()};
  std::uniform_int_distribution<std::int64_t> part(delay.count() / 2, delay.count());
  return milliseconds(part(random));
}

bool worth_repeating(const Result<HttpResponse>& result,
                     const std::function<bool(const HttpResponse&)>& final) {
  if (!result) return result.error().retryable && result.error().code == ErrorCode::kNetwork;
  return is_busy(result->status) && !(final && final(*result));
}

}  // namespace

bool wait_for(milliseconds duration, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, duration, [] { return false; });
  return !stop.stop_requested();
}

Result<HttpResponse> send_patiently(HttpClient& client, HttpRequest request, const RemotePolicy& policy,
                                    std::stop_token stop,
                                    const std::function<bool(const HttpResponse&)>& final) {
  request.total_timeout = policy.request_timeout;
  milliseconds delay = policy.first_delay;
  for (int attempt = 1;; ++attempt) {
    Result<HttpResponse> result = client.send(request, stop);
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "Speech was cancelled.");
    if (attempt >= policy.max_attempts || !worth_repeating(result, final)) return result;
    milliseconds pause = with_jitter(delay);
    if (result) pause = std::max(pause, retry_after(*result, policy.now()).value_or(pause));
    if (pause > policy.max_retry_after) return result;
    if (!policy.wait(pause, stop)) return fail(ErrorCode::kCancelled, "Speech was cancelled.");
    delay = std::min(delay * 2, policy.max_delay);
  }
}

Error remote_error(std::string_view service, int status, std::string_view explanation) {
  Error error(code_of_answer(status), std::string(service), "HTTP status " + std::to_string(status));
  error.retryable = is_busy(status);
  switch (error.code) {
    case ErrorCode::kInvalidArgument:
      error.message += " did not accept the request";
      break;
    case ErrorCode::kUnauthorized:
      error.message += " rejected the credentials; check the key and its permissions";
      break;
    case ErrorCode::kNotFound:
      error.message += " does not know the requested voice or model";
      break;
    default:
      error.message += status == 429 ? " is over its limit; try again later" : " failed; try again later";
  }
  error.message += " (status " + std::to_string(status) + ")";
  const std::string said = one_line(explanation.substr(0, kMaxExplanation));
  error.message += said.empty() ? "." : ": " + said;
  return error;
}

Result<> check_header_value(std::string_view value, std::string_view name) {
  if (std::all_of(value.begin(), value.end(), is_graphic)) return {};
  return fail(ErrorCode::kInvalidArgument,
              std::string(name) + " contains spaces or unprintable characters; copy it again.");
}

}  // namespace vat::tts
