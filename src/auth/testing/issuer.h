// An OpenID issuer without sockets: signs whatever a test wants, and answers as a provider does. Test-only.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "domain/http_client.h"

namespace vat::auth::testing {

/// A key pair that signs with any header; "RSA" or "EC".
class TestKey {
 public:
  TestKey(const std::string& type, const std::string& kid);
  ~TestKey();
  TestKey(TestKey&&) noexcept;
  [[nodiscard]] std::string public_jwk() const;
  /// `members`: further members of the header: JSON strings without escapes, objects and arrays.
  [[nodiscard]] std::string sign(const std::string& algorithm, const std::string& claims,
                                 const std::map<std::string, std::string>& members = {}) const;

 private:
  struct Key;
  std::unique_ptr<Key> key_;
};

/// Base64url of the header, the claims and HMAC-SHA256 (or nothing) of both.
[[nodiscard]] std::string symmetric_token(const std::string& header, const std::string& claims,
                                          const std::string& secret);
[[nodiscard]] std::string key_set(const std::vector<std::string>& jwks);

/// Answers requests by their address; counts them. Any thread.
class TestWeb final : public HttpClient {
 public:
  std::function<Result<HttpResponse>(const HttpRequest&)> answer;
  std::atomic<int> discoveries = 0;
  std::atomic<int> key_requests = 0;
  Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override;
};

}  // namespace vat::auth::testing
