// A sign-in that has begun and waits for the provider. It is kept in a cookie of the browser that began it,
// so that the server keeps nothing for visitors who never come back, and each tab has its own.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "auth/provider.h"

namespace vat::auth {

/// How long a person may take at the provider.
inline constexpr std::chrono::minutes kPendingLifetime{15};

struct PendingSignIn {
  std::string provider_id;
  std::string return_path;
  Ticket ticket;
  std::string cookie_name;   ///< Ends with a part of the state: one for each tab.
  std::string cookie_value;  ///< 256 random bits from which state, nonce and verifier follow, and the rest.
};

/// Names of cookies begin with `prefix`.
[[nodiscard]] PendingSignIn begin_sign_in(const std::string& prefix, const std::string& provider_id,
                                          const std::string& return_path, const std::string& redirect_uri,
                                          UtcTime now);
/// The name of the cookie that belongs to a state; empty for a text that is no state.
[[nodiscard]] std::string pending_cookie_name(const std::string& prefix, std::string_view state);
/// Empty unless the cookie's value belongs to this state and is not older than kPendingLifetime. So no answer
/// is accepted in a browser that did not ask, nor for another provider.
[[nodiscard]] std::optional<PendingSignIn> resume_sign_in(const std::string& prefix, std::string_view state,
                                                          std::string_view cookie_value,
                                                          const std::string& redirect_uri, UtcTime now);

/// The path and query on this site; "/" for anything that a browser could take to another.
[[nodiscard]] std::string safe_return_path(std::string_view text);

}  // namespace vat::auth
