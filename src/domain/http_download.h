// The port to outbound HTTP for answers that do not fit in memory: their bytes are handed on as they arrive.
// Implemented by net; consumed by catalog for models, and by whoever fetches media from a URL.
#pragma once

#include <functional>
#include <stop_token>
#include <string_view>

#include "base/result.h"
#include "domain/http_client.h"

namespace vat {

/// Takes one answer in pieces, on the thread that called download(). An Error ends the transfer and is what
/// download() returns.
struct HttpSink {
  /// Status and headers of the answer that redirects ended at, with an empty body. Once, before the first
  /// write.
  std::function<Result<>(const HttpResponse& head)> begin;
  /// The next bytes of the body; valid during the call only.
  std::function<Result<>(std::string_view bytes)> write;
};

/// Safe to use from any thread, by many at once.
class HttpDownloader {
 public:
  virtual ~HttpDownloader() = default;
  /// Blocks until the sink has the whole answer; returns status and headers with an empty body. The request's
  /// limits and the errors are those of HttpClient::send(), except that a `total_timeout` of zero means none.
  /// When the connection breaks off, the sink has what came before. Never retries by itself.
  [[nodiscard]] virtual Result<HttpResponse> download(const HttpRequest& request, const HttpSink& sink,
                                                      std::stop_token stop) = 0;
};

}  // namespace vat
