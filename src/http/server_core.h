// What all connections of a server share.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>

#include "http/server.h"
#include "http/trusted_proxies.h"

namespace vat::http {

/// Counts connections, in total and by address, and lets the server's shutdown wait for them. Any thread.
class ConnectionCount {
 public:
  ConnectionCount(std::size_t max, std::size_t max_per_address)
      : max_(max), max_per_address_(max_per_address) {}
  /// False over a limit.
  [[nodiscard]] bool enter(const std::string& address);
  void leave(const std::string& address);
  /// False when some are left at the deadline.
  [[nodiscard]] bool wait_for_none(std::chrono::milliseconds timeout);
  void wait_for_none();
  [[nodiscard]] std::size_t now() const;

 private:
  const std::size_t max_;
  const std::size_t max_per_address_;
  mutable std::mutex mutex_;
  std::condition_variable none_;
  std::size_t count_ = 0;
  std::unordered_map<std::string, std::size_t> by_address_;
};

struct ServerCore {
  ServerCore(ServerOptions the_options, const Router& the_router, BlockingPool& the_pool,
             std::function<void(const AccessRecord&)> the_observer)
      : options(std::move(the_options)),
        router(the_router),
        pool(the_pool),
        on_access(std::move(the_observer)),
        connections(options.max_connections, options.max_connections_per_address) {}

  const ServerOptions options;
  TrustedProxies proxies;  ///< Set before the first connection.
  const Router& router;
  BlockingPool& pool;
  const std::function<void(const AccessRecord&)> on_access;
  ConnectionCount connections;
  std::atomic<bool> stopping{false};
  std::atomic<std::uint64_t> requests_running{0};
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> refused{0};
};

}  // namespace vat::http
