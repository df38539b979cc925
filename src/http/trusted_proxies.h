// Which clients are reverse proxies whose word about their own clients counts.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/http_client.h"  // HttpHeaders

namespace vat::http {

/// What is known of the client of a request.
struct ClientFacts {
  std::string address;  ///< Without port.
  bool secure = false;  ///< It speaks TLS, to this server or to the proxy.
};

/// Immutable. Any thread.
class TrustedProxies {
 public:
  /// Each is an address or a network: "10.0.0.0/8", "::1". kInvalidArgument for anything else.
  [[nodiscard]] static Result<TrustedProxies> parse(const std::vector<std::string>& networks);
  /// Trusts nobody.
  TrustedProxies();
  ~TrustedProxies();
  TrustedProxies(TrustedProxies&&) noexcept;
  TrustedProxies& operator=(TrustedProxies&&) noexcept;

  /// `peer`: what the socket says. Only if that is a trusted proxy, X-Forwarded-For is read from its end to
  /// the first address that is not one, and X-Forwarded-Proto's last value counts.
  [[nodiscard]] ClientFacts look(const ClientFacts& peer, const HttpHeaders& headers) const;

 private:
  struct State;
  std::unique_ptr<const State> state_;  ///< Null: none.
};

}  // namespace vat::http
