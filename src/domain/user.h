// Users of the service and their API keys.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/utc_time.h"

namespace vat {

/// The only user in local mode. The first migration creates the row.
inline constexpr const char* kLocalUserId = "00000000-0000-7000-8000-000000000001";

struct User {
  std::string id;     ///< UUID.
  std::string email;  ///< Empty for the local user.
  std::string name;
  std::string picture_url;  ///< Empty when there is none.
  UtcTime created_at;
};

/// A secret with which a program signs in. Only its digest is stored.
struct ApiKey {
  std::string id;  ///< UUID.
  std::string user_id;
  std::string name;    ///< Chosen by its owner.
  std::string prefix;  ///< The first characters of the secret, to tell keys apart: "vat_3fGk".
  UtcTime created_at;
  std::optional<UtcTime> last_used_at;
  std::optional<UtcTime> expires_at;
};

}  // namespace vat
