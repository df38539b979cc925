// One OpenID provider: discovery, its keys, and the authorization code flow with PKCE (OpenID Connect Core
// 1.0 and Discovery 1.0; RFC 6749, 7636, 9207).
#pragma once

#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "auth/id_token.h"
#include "auth/jose.h"
#include "base/result.h"
#include "base/utc_time.h"
#include "domain/http_client.h"

namespace vat::auth {

struct ProviderSettings {
  std::string id;    ///< In addresses: "google".
  std::string name;  ///< For people: "Google".
  std::string issuer;
  std::string client_id;
  std::string client_secret;  ///< Empty: a public client.
  std::string scopes = "openid email profile";
  std::vector<Algorithm> algorithms = {Algorithm::kRs256, Algorithm::kEs256};
};

/// kInvalidArgument unless the issuer is https, or http on this machine, and there is a client.
[[nodiscard]] Result<> validate(const ProviderSettings& settings);

/// What one sign-in and the provider agree on.
struct Ticket {
  std::string state;
  std::string nonce;
  std::string verifier;      ///< RFC 7636: secret until the code is exchanged.
  std::string redirect_uri;  ///< The same in both steps.
};

/// What comes back in the browser (RFC 6749, section 4.1.2; RFC 9207).
struct Callback {
  std::string code;
  std::string issuer;  ///< `iss`; empty when there is none.
};

/// Every function may block for as long as the provider's deadline, and be called by any thread.
class Provider {
 public:
  /// `http` outlives the provider.
  Provider(ProviderSettings settings, HttpClient& http, UtcClock clock = utc_now);

  [[nodiscard]] const ProviderSettings& settings() const { return settings_; }

  /// Where the browser goes to sign in. kNetwork or kBadData, in one sentence, when the provider cannot be
  /// discovered.
  [[nodiscard]] Result<std::string> authorization_url(const Ticket& ticket);
  /// Exchanges the code and verifies who it is. kUnauthorized when the provider or this program refuses.
  [[nodiscard]] Result<Person> redeem(const Callback& callback, const Ticket& ticket);
  /// Where the browser goes to sign out; empty when the provider has no such place. It comes back to
  /// `return_url`.
  [[nodiscard]] std::string end_session_url(const std::string& return_url);
  /// kUnauthorized unless it is this provider's logout token.
  [[nodiscard]] Result<ProviderLogout> verify_logout(std::string_view token);

 private:
  struct Metadata;
  using KeptMetadata = std::shared_ptr<const Metadata>;
  using KeptKeys = std::shared_ptr<const KeySet>;

  [[nodiscard]] Result<std::string> fetch(const std::string& url);
  [[nodiscard]] Result<KeptMetadata> metadata();
  [[nodiscard]] Result<KeptMetadata> discover();
  [[nodiscard]] Result<KeptKeys> keys(const std::string& kid);
  [[nodiscard]] Result<std::string> verified_claims(std::string_view token);
  [[nodiscard]] Result<Person> with_profile(const Metadata& metadata, Person person,
                                            const std::string& access_token);
  [[nodiscard]] HttpRequest token_request(const Metadata& metadata, const Callback& callback,
                                          const Ticket& ticket) const;

  const ProviderSettings settings_;
  HttpClient& http_;
  const UtcClock clock_;
  std::mutex mutex_;  ///< Held while fetching: those who need the same wait for it.
  KeptMetadata metadata_;
  UtcTime metadata_tried_at_{};
  UtcTime metadata_at_{};
  KeptKeys keys_;
  UtcTime keys_at_{};
  UtcTime keys_tried_at_{};
};

}  // namespace vat::auth
