// A server of the module with routes of a test, on a free port of the loopback interface. For tests alone.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "http/server.h"
#include "http/testing/raw_client.h"

namespace vat::http::testing {

struct Access {
  std::string target, route, id, remote_address;
  int status = 0;
  std::uint64_t bytes_in = 0, bytes_out = 0;
};

class TestServer {
 public:
  using Fill = std::function<void(Router&, BlockingPool&)>;
  explicit TestServer(const Fill& fill, ServerOptions options = {}, int pool_threads = 2);
  ~TestServer() { server_.stop(std::chrono::seconds(0)); }

  [[nodiscard]] Server& server() { return server_; }
  [[nodiscard]] std::uint16_t port() const { return server_.port(); }
  [[nodiscard]] Reply get(std::string_view target, std::string_view more_headers = {}) const {
    return testing::get(port(), target, more_headers);
  }
  /// Waits until that many requests were answered.
  [[nodiscard]] std::vector<Access> accesses(std::size_t count);
  /// Waits until so many connections are open; false when that does not happen.
  [[nodiscard]] bool wait_for_connections(std::uint64_t count);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Access> accesses_;
  Router router_;
  BlockingPool pool_;
  Server server_;
};

/// A handler that answers 200 with this text.
[[nodiscard]] Handler answer(std::string text);
/// A handler that gives the body back.
[[nodiscard]] Handler echo(std::size_t max_bytes = 64U << 20U);
/// Something that a test waits for, given from a handler.
class Event {
 public:
  void set();
  /// False when it was not set within half a minute.
  [[nodiscard]] bool wait();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

}  // namespace vat::http::testing
