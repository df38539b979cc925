// Sign-ins by an identity provider, and the sessions that they begin.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/utc_time.h"
#include "domain/user.h"

namespace vat {

/// A person whom a provider vouches for, and what the operator's rules say about them.
struct SignIn {
  std::string provider;  ///< The issuer.
  std::string subject;   ///< Unique and stable there.
  std::string email;     ///< In lower case; may be empty.
  bool email_verified = false;
  std::string name;
  std::string picture_url;
  bool may_join = false;        ///< Whether a user may be made for them.
  bool admin = false;           ///< Whether they are an admin from now on.
  bool first_is_admin = false;  ///< If nobody has signed in before, they may join, as an admin.
};

/// Where somebody is signed in. The secret is in the browser; only its digest is stored.
struct Session {
  std::string id;  ///< UUID.
  std::string user_id;
  std::string provider;
  std::string subject;
  std::string provider_session;  ///< Empty when the provider gives it no name.
  std::string device;            ///< The browser's User-Agent.
  std::string address;           ///< From which it was begun.
  UtcTime created_at;
  UtcTime last_seen_at;
  UtcTime expires_at;  ///< Unless it is used before.
  UtcTime ends_at;     ///< However much it is used.
};

struct SessionLifetimes {
  std::chrono::milliseconds idle = std::chrono::hours(24 * 14);
  std::chrono::milliseconds absolute = std::chrono::hours(24 * 90);
};

struct SessionOwner {
  User user;
  std::string session_id;
};

}  // namespace vat
