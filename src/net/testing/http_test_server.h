// A real HTTP/1.1 server on the loopback interface that misbehaves as a test requires: drops connections,
// lies about lengths, never ends, never answers. Test-only.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/http_client.h"

namespace vat::test_server {

struct ServedRequest {
  std::string method;
  std::string target;  ///< "/path?query"; the whole URL if the client uses this server as a proxy.
  HttpHeaders headers;
  std::string body;

  [[nodiscard]] std::string header(std::string_view name) const {
    return std::string(find_header(headers, name));
  }
};

struct Reply {
  int status = 200;
  HttpHeaders headers;
  std::string body;
  /// Closes the connection after so many bytes of the body.
  std::optional<std::size_t> close_after;
  /// Content-Length, if it differs from the body's size.
  std::optional<std::size_t> claimed_length;
  /// Sends `body` again and again, without a Content-Length, until the client goes away.
  bool endless = false;
  /// Sends nothing until the client goes away or the server stops.
  bool silent = false;
  /// Sends the head and the body up to `close_after`, then nothing, with the connection open.
  bool stall = false;
  /// Sends the body in pieces of one byte, each after this time.
  std::chrono::milliseconds drip{0};
};

/// Called on the connections' threads, possibly at the same time.
using Handler = std::function<Reply(const ServedRequest&)>;

class HttpTestServer {
 public:
  /// Listens on 127.0.0.1 at a free port; every request is given to `handler`.
  explicit HttpTestServer(Handler handler);
  /// Gives the same reply to every request.
  explicit HttpTestServer(Reply reply);
  /// Ends all connections.
  ~HttpTestServer();
  HttpTestServer(const HttpTestServer&) = delete;
  HttpTestServer& operator=(const HttpTestServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  /// "http://127.0.0.1:port" + path.
  [[nodiscard]] std::string url(std::string_view path) const;
  /// The requests so far, in the order in which they were read.
  [[nodiscard]] std::vector<ServedRequest> requests() const;
  /// Waits until `count` requests have been read; false if that takes longer than `limit`.
  [[nodiscard]] bool wait_for_requests(std::size_t count,
                                       std::chrono::milliseconds limit = std::chrono::seconds(30)) const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

/// Serves `content` as a well-behaved file server does: ETag, and Range with If-Range (RFC 9110 section 14).
[[nodiscard]] Reply serve_file(const ServedRequest& request, std::string_view content, std::string_view etag);

/// A port of 127.0.0.1 on which nothing listens.
[[nodiscard]] std::uint16_t unused_port();

}  // namespace vat::test_server
