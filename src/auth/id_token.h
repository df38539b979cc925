// What an OpenID provider says about a person: checks of an ID token's claims (OpenID Connect Core 1.0,
// section 3.1.3.7) and of a logout token's (Back-Channel Logout 1.0, section 2.6), whose signatures are
// verified.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/utc_time.h"

namespace vat::auth {

inline constexpr std::chrono::seconds kClockSkew{60};

struct Person {
  std::string issuer;
  std::string subject;
  std::string email;            ///< In lower case; empty when there is none.
  bool email_verified = false;  ///< Only then it says who the person is.
  std::string hosted_domain;    ///< Google's `hd`: the organisation that manages the account.
  std::string name;
  std::string picture_url;
  std::string provider_session;  ///< `sid`; empty when there is none.
};

struct IdTokenChecks {
  std::string issuer;
  std::string client_id;
  std::string nonce;
  std::string access_token;  ///< Which came with it, for `at_hash`.
  UtcTime now;
};
/// kUnauthorized with one sentence, and the claim that is wrong in the detail.
[[nodiscard]] Result<Person> check_id_token(std::string_view claims, const IdTokenChecks& checks);

/// The person with what the UserInfo endpoint says of them (OpenID Connect Core 1.0, section 5.3.2).
/// kUnauthorized when it speaks of another subject.
[[nodiscard]] Result<Person> add_profile(Person person, std::string_view user_info);

/// Which sessions the provider has ended.
struct ProviderLogout {
  std::string issuer;
  std::string subject;           ///< Empty: the session alone says it.
  std::string provider_session;  ///< Empty: all of the subject.
  std::string token_id;          ///< A token counts once.
  UtcTime expires_at;
};
[[nodiscard]] Result<ProviderLogout> check_logout_token(std::string_view claims, const std::string& issuer,
                                                        const std::string& client_id, UtcTime now);

}  // namespace vat::auth
