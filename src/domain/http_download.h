// The port to outbound HTTP for responses that do not fit in memory: their bytes are passed on as they
// arrive. Implemented by net.
#pragma once

#include <functional>
#include <stop_token>
#include <string_view>

#include "base/result.h"
#include "domain/http_client.h"

namespace vat {

/// Receives one response in pieces, on the thread that called download(). An Error ends the transfer and is
/// returned by download().
struct HttpSink {
  /// Status and headers of the response after redirects, with an empty body. Called once, before the first
  /// write.
  std::function<Result<>(const HttpResponse& head)> begin;
  /// The next bytes of the body; valid only during the call.
  std::function<Result<>(std::string_view bytes)> write;
};

/// Safe to use from any thread, by many at once.
class HttpDownloader {
 public:
  virtual ~HttpDownloader() = default;
  /// Blocks until the sink has the whole response; returns status and headers with an empty body. The
  /// request's limits and the errors are those of HttpClient::send(), except that a `total_timeout` of zero
  /// means none. When the connection breaks, the sink keeps what it received. Never retries.
  [[nodiscard]] virtual Result<HttpResponse> download(const HttpRequest& request, const HttpSink& sink,
                                                      std::stop_token stop) = 0;
};

}  // namespace vat
