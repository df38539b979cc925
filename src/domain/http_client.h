// The port to outbound HTTP: one request, one whole response in memory. Implemented by net.
#pragma once

#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace vat {

/// Field name and value, in the order on the wire. Names are case-insensitive.
using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// What methods and header names are made of (RFC 9110, section 5.6.2).
[[nodiscard]] bool is_http_token(std::string_view text);

/// The value of the first header of that name (case-insensitive, ASCII); empty when there is none.
[[nodiscard]] std::string_view find_header(const HttpHeaders& headers, std::string_view name);

struct HttpRequest {
  std::string method = "GET";
  std::string url;  ///< Absolute, http or https.
  HttpHeaders headers;
  std::string body;
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds total_timeout{120'000};  ///< From the call to the last byte of the response.
  std::chrono::milliseconds answer_timeout{
      0};  ///< From the call to the first byte of the body, through all redirects; 0: no limit.
  std::chrono::milliseconds idle_timeout{
      60'000};  ///< Longest time without a byte in either direction; 0: no limit.
  std::size_t max_response_bytes = 64U * 1024 * 1024;
  /// Only the status and the headers matter: a body that is too long, breaks off or does not end in time is
  /// cut off without an error.
  bool head_suffices = false;
};

struct HttpResponse {
  int status = 0;  ///< Any status the server sent; 4xx and 5xx are responses, not errors.
  HttpHeaders headers;
  std::string body;
  std::string url;  ///< That it is the answer to, after redirects.
};

/// What an answer's status means when it is no success: kInvalidArgument for 400, 413 and 422, kUnauthorized
/// for 401, 403 and 407, kNotFound for 404 and 410, kNetwork for the rest.
[[nodiscard]] ErrorCode code_of_answer(int status);

/// Safe to use from any thread, by many at once.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  /// Blocks until the whole response has arrived. Failures of the transport (name, connection, TLS, timeout)
  /// are kNetwork with `retryable` set; a response over `max_response_bytes` is kLimit; kCancelled soon after
  /// `stop`; a URL that may not be called is kInvalidArgument. Never retries.
  [[nodiscard]] virtual Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) = 0;
};

}  // namespace vat
