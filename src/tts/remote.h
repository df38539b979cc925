// What the remote engines share: retries while a service is busy, and the clock, which tests replace.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/http_client.h"

namespace vat::tts {

/// Waits for the duration; false if `stop` was requested first.
[[nodiscard]] bool wait_for(std::chrono::milliseconds duration, std::stop_token stop);

struct RemotePolicy {
  int max_attempts = 5;
  std::chrono::milliseconds first_delay{500};  ///< Doubled after each attempt, with jitter.
  std::chrono::milliseconds max_delay{16'000};
  std::chrono::milliseconds max_retry_after{60'000};  ///< A service that asks for a longer wait is given up.
  std::chrono::milliseconds request_timeout{60'000};
  std::function<std::chrono::system_clock::time_point()> now = std::chrono::system_clock::now;
  std::function<bool(std::chrono::milliseconds, std::stop_token)> wait = wait_for;
};

/// Sends again after a transport failure, 429 and 5xx, as long as the policy allows, honouring Retry-After
/// (RFC 9110, section 10.2.3). Returns the last response whatever its status. `final` may tell that a
/// response is not worth a retry.
[[nodiscard]] Result<HttpResponse> send_patiently(HttpClient& client, HttpRequest request,
                                                  const RemotePolicy& policy, std::stop_token stop,
                                                  const std::function<bool(const HttpResponse&)>& final = {});

/// The Error for an unsuccessful response. `explanation` is the service's own message, which is truncated and
/// cleaned here; may be empty.
[[nodiscard]] Error remote_error(std::string_view service, int status, std::string_view explanation);

/// kInvalidArgument when a secret contains characters that are not allowed in a header; `name` is for the
/// message.
[[nodiscard]] Result<> check_header_value(std::string_view value, std::string_view name);

}  // namespace vat::tts
