// The HTTP server: listens, reads requests, and lets the router's handlers answer them. HTTP/1.1 (RFC 9110,
// 9112), with TLS if given a certificate.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/router.h"

namespace vat::http {

struct ServerOptions {
  std::string address = "127.0.0.1";  ///< An IP address to listen on.
  std::uint16_t port = 8000;          ///< 0: any free one.
  int threads = 2;                    ///< I/O threads.
  std::filesystem::path certificate;  ///< PEM chain; empty: no TLS.
  std::filesystem::path private_key;  ///< PEM.
  /// Addresses and networks of proxies: see TrustedProxies.
  std::vector<std::string> trusted_proxies;
  /// "https://vat.example": requests in plain text are refused; browsers are led there. Empty: they are
  /// served.
  std::string https_origin;
  /// Paths that are served in plain text all the same.
  std::vector<std::string> plain_paths;

  std::size_t max_header_bytes = 32U * 1024;
  std::size_t max_connections = 20'000;
  std::size_t max_connections_per_address = 15'000;
  std::chrono::milliseconds header_timeout{10'000};  ///< From the first byte of a request to its last header.
  std::chrono::milliseconds idle_timeout{60'000};    ///< Between requests.
  std::chrono::milliseconds body_timeout{30'000};    ///< Without a byte of a body that is being read.
  std::chrono::milliseconds write_timeout{30'000};   ///< Without the client reading a byte.
  /// Bytes per second. The timeout of a slower client, in either direction, covers all the time that the
  /// server waits for it. 0: no minimum.
  std::uint64_t min_rate = 500;
};

/// One handled request, for the access log and the metrics.
struct AccessRecord {
  const Request& request;
  int status = 0;               ///< Of the response; 499 if the client left before it.
  std::uint64_t bytes_in = 0;   ///< Of the body.
  std::uint64_t bytes_out = 0;  ///< Of the body.
  std::chrono::microseconds duration{0};
};

struct ServerStatistics {
  std::uint64_t connections = 0;       ///< Open now.
  std::uint64_t requests_running = 0;  ///< In progress now.
  std::uint64_t accepted = 0;          ///< Connections accepted since the start.
  std::uint64_t refused = 0;           ///< Over a connection limit.
};

class Server {
 public:
  /// `router` and `pool` must outlive the server. `on_access` is called on I/O threads, after each response;
  /// it must not block.
  Server(ServerOptions options, const Router& router, BlockingPool& pool,
         std::function<void(const AccessRecord&)> on_access = {});
  ~Server();

  /// Listens and returns. kExists when the port is in use, kInvalidArgument for an invalid address or proxy,
  /// kBadData for an invalid certificate.
  [[nodiscard]] Result<> start();
  [[nodiscard]] std::uint16_t port() const;
  /// Reloads the certificate's files, for new connections. If they are not valid, the old one stays in use.
  [[nodiscard]] Result<> reload_certificate();
  [[nodiscard]] ServerStatistics statistics() const;
  /// No new connections; idle ones close; running requests have until the deadline, and streams see
  /// BodyWriter::stopping(). Returns when all have ended.
  void stop(std::chrono::milliseconds deadline);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vat::http
