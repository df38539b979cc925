// Google's service accounts: the key file, the signed assertion, and access tokens that renew themselves
// (RFC 7523 over RFC 6749). Internal to tts.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/http_client.h"
#include "tts/remote.h"

namespace vat::tts {

/// The used fields of a key file.
struct ServiceAccount {
  std::string client_email;
  std::string private_key;     ///< PEM, PKCS #8.
  std::string private_key_id;  ///< May be empty.
  std::string token_uri;
};

/// Reads the JSON of a key file. kBadData with what is missing.
[[nodiscard]] Result<ServiceAccount> parse_service_account(std::string_view json);

/// A JSON Web Token (RFC 7519) signed with RS256 (RFC 7518, section 3.3): valid for one hour from `now`.
[[nodiscard]] Result<std::string> sign_assertion(const ServiceAccount& account,
                                                 std::chrono::system_clock::time_point now);

struct AccessToken {
  std::string value;
  std::chrono::seconds lifetime{0};
};
/// The response of a token endpoint (RFC 6749, section 5.1). kBadData for anything else.
[[nodiscard]] Result<AccessToken> parse_access_token(std::string_view json);

/// Returns one access token until shortly before it expires, then requests another. Safe to use from any
/// thread; while one requests a token, the others wait.
class TokenSource {
 public:
  TokenSource(ServiceAccount account, std::shared_ptr<HttpClient> client, RemotePolicy policy);
  [[nodiscard]] Result<std::string> token(std::stop_token stop);
  /// Discards a token that the service rejected, unless it has been renewed since.
  void refuse(const std::string& token);

 private:
  Result<AccessToken> fetch(std::stop_token stop);

  ServiceAccount account_;
  std::shared_ptr<HttpClient> client_;
  RemotePolicy policy_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool fetching_ = false;
  std::string token_;
  std::chrono::system_clock::time_point renew_at_;
};

}  // namespace vat::tts
