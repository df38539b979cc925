#include "auth/pending.h"

#include <algorithm>
#include <vector>

#include "auth/digest.h"
#include "auth/json_claims.h"
#include "base/base64.h"
#include "base/hash.h"
#include "base/number.h"
#include "base/random.h"

namespace vat::auth {
namespace {

constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kStateLength = 43;  // of 32 bytes in base64url
constexpr std::size_t kNameLength = 16;
constexpr std::size_t kMaxReturnPath = 1000;
constexpr std::size_t kMaxValue = 2000;

std::string derived(std::string_view secret, const std::string& what) {
  return base64url_encode(hmac_sha256(secret, what));
}

bool is_base64url(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/// The state covers everything that is in the cookie.
PendingSignIn derive(const std::string& prefix, std::string_view secret, const std::string& facts) {
  PendingSignIn pending;
  pending.ticket.state = derived(secret, "state\n" + facts);
  pending.ticket.nonce = derived(secret, "nonce\n" + facts);
  pending.ticket.verifier = derived(secret, "verifier\n" + facts);
  pending.cookie_name = pending_cookie_name(prefix, pending.ticket.state);
  pending.cookie_value = std::string(secret) + "." + base64url_encode(facts);
  return pending;
}

}  // namespace

std::string pending_cookie_name(const std::string& prefix, std::string_view state) {
  if (state.size() != kStateLength || !std::all_of(state.begin(), state.end(), is_base64url)) return {};
  return prefix + std::string(state.substr(0, kNameLength));
}

PendingSignIn begin_sign_in(const std::string& prefix, const std::string& provider_id,
                            const std::string& return_path, const std::string& redirect_uri, UtcTime now) {
  const std::string facts = std::to_string(to_unix_millis(now)) + "\n" + provider_id + "\n" + return_path;
  PendingSignIn pending = derive(prefix, random_token(kSecretBytes), facts);
  pending.provider_id = provider_id;
  pending.return_path = return_path;
  pending.ticket.redirect_uri = redirect_uri;
  return pending;
}

std::optional<PendingSignIn> resume_sign_in(const std::string& prefix, std::string_view state,
                                            std::string_view cookie_value, const std::string& redirect_uri,
                                            UtcTime now) {
  const std::size_t dot = cookie_value.find('.');
  if (dot != kStateLength || cookie_value.size() > kMaxValue) return std::nullopt;
  const auto facts = base64url_decode(cookie_value.substr(dot + 1));
  if (!facts) return std::nullopt;
  PendingSignIn pending = derive(prefix, cookie_value.substr(0, dot), *facts);
  if (!same_secret(pending.ticket.state, state)) return std::nullopt;
  std::string_view rest = *facts;
  const auto began = take_number<std::int64_t>(rest);
  const std::size_t line = rest.find('\n', 1);
  if (!began || !rest.starts_with('\n') || line == std::string_view::npos) return std::nullopt;
  const UtcTime at = from_unix_millis(*began);
  if (at > now + kClockSkew || at + kPendingLifetime < now) return std::nullopt;
  pending.provider_id = rest.substr(1, line - 1);
  pending.return_path = safe_return_path(rest.substr(line + 1));
  pending.ticket.redirect_uri = redirect_uri;
  return pending;
}

std::string safe_return_path(std::string_view text) {
  // "//host" and "/\host" lead elsewhere; browsers drop tabs and line breaks.
  const bool local = text.starts_with('/') && !text.starts_with("//") && text.size() <= kMaxReturnPath &&
                     text.find('\\') == std::string_view::npos &&
                     std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; }) &&
                     !text.starts_with("/auth/");
  return local ? std::string(text) : "/";
}

}  // namespace vat::auth
