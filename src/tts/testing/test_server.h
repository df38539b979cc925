// A small HTTP/1.1 server on a free loopback port, for tests of HTTP clients.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "domain/http_client.h"

namespace vat::tts::testing {

struct ServerRequest {
  std::string method;
  std::string target;
  HttpHeaders headers;
  std::string body;
};

struct ServerResponse {
  int status = 200;
  HttpHeaders headers;
  std::string body;
  bool cut = false;   ///< Announces more bytes than it sends, then closes.
  bool hang = false;  ///< Never responds, until the server is destroyed.
};

/// Serves until destroyed, one thread for each connection. The handler is called from those threads.
class TestServer {
 public:
  using Handler = std::function<ServerResponse(const ServerRequest&)>;
  explicit TestServer(Handler handler);
  ~TestServer();
  /// "http://127.0.0.1:PORT"
  [[nodiscard]] std::string url() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vat::tts::testing
