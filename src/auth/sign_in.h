// Signing in and out with OpenID providers, and the sessions of this site, without any HTTP of our own.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/entry.h"
#include "auth/pending.h"
#include "auth/provider.h"
#include "auth/session_cache.h"
#include "domain/session_store.h"

namespace vat::auth {

struct SignInOptions {
  std::vector<ProviderSettings> providers;  ///< May be empty: keys alone let people in.
  std::string base_url;                     ///< Of this site, without a slash at the end.
  EntryRules rules;
  SessionLifetimes lifetimes;
};

struct SignInStart {
  std::string location;  ///< Where the browser goes.
  std::string cookie_name;
  std::string cookie_value;
};

struct SignInAnswer {
  std::string state, code, issuer;
  std::string error;  ///< The provider's word for what went wrong (RFC 6749, section 4.1.2.1).
  std::string cookie_value;
  std::string device, address;
  std::string old_secret;  ///< Of the session that the browser has; it ends.
};

struct SignedIn {
  User user;
  std::string session_id;
  std::string provider;  ///< For people: "Google".
  std::string secret;    ///< Of the session, for its cookie.
  std::string return_path;
};

/// Functions that ask a provider or the database block; any thread may call any of them.
class SignIns {
 public:
  /// `sessions` and `http` outlive it.
  SignIns(SignInOptions options, SessionStore& sessions, HttpClient& http, UtcClock clock = utc_now);

  [[nodiscard]] const SignInOptions& options() const { return options_; }
  /// Whether cookies are for https only.
  [[nodiscard]] bool secure() const;
  /// "__Host-vat_session" under https (RFC 6265bis, section 4.1.3.2), which no other host can set.
  [[nodiscard]] const std::string& session_cookie() const { return session_cookie_; }
  [[nodiscard]] const std::string& pending_prefix() const { return pending_prefix_; }

  /// kNotFound for a provider that is not configured; an empty id is the only one.
  [[nodiscard]] Result<SignInStart> start(const std::string& provider_id, std::string_view return_path);
  [[nodiscard]] Result<SignedIn> finish(const SignInAnswer& answer);
  /// Ends the session; where the browser goes now: to the provider's end-session endpoint, else to "/".
  [[nodiscard]] Result<std::string> sign_out(const std::string& user_id, const std::string& session_id);
  /// What a provider tells us directly (Back-Channel Logout 1.0). kUnauthorized unless a provider signed it.
  [[nodiscard]] Result<ProviderLogout> sign_out_by_provider(const std::string& logout_token);

  /// Without waiting; empty when the database must be asked.
  [[nodiscard]] std::optional<SessionOwner> recent(std::string_view secret) const;
  /// Empty: no such session.
  [[nodiscard]] Result<std::optional<SessionOwner>> find(std::string_view secret);
  [[nodiscard]] Result<std::vector<Session>> sessions(const std::string& user_id);
  [[nodiscard]] Result<> end_session(const std::string& user_id, const std::string& session_id);
  /// All but `kept`, which may be empty.
  [[nodiscard]] Result<> end_sessions(const std::string& user_id, const std::string& kept);
  /// For whoever disables users or ends sessions behind our back.
  void forget() { cache_.forget_all(); }

 private:
  [[nodiscard]] Provider* provider(std::string_view id) const;
  [[nodiscard]] Provider* provider_of_issuer(std::string_view issuer) const;
  [[nodiscard]] std::string redirect_uri() const { return options_.base_url + "/auth/callback"; }
  void end_old_session(const std::string& secret);

  const SignInOptions options_;
  SessionStore& sessions_;
  const UtcClock clock_;
  const std::string session_cookie_;
  const std::string pending_prefix_;
  std::vector<std::unique_ptr<Provider>> providers_;
  SessionCache cache_;
};

/// What a page sends back with unsafe requests, and another site cannot know. It follows from the session's
/// secret, so it is valid for as long as the session.
[[nodiscard]] std::string csrf_token(std::string_view session_secret);
[[nodiscard]] bool is_csrf_token(std::string_view token, std::string_view session_secret);

}  // namespace vat::auth
