// Entries of the audit log for what requests do. Private to api.
#pragma once

#include <string>
#include <string_view>

#include "api/services.h"
#include "base/result.h"
#include "domain/user.h"
#include "http/message.h"

namespace vat::api {

/// Who acts where it is no user.
inline constexpr std::string_view kNobody = "nobody";      ///< Somebody whom nothing let in.
inline constexpr std::string_view kProvider = "provider";  ///< An identity provider, directly.

/// Adds an entry: the user did `action` ("key.created") to `subject`. Blocks.
[[nodiscard]] Result<> add_audit_entry(const Services& services, const http::Request& request,
                                       const User& actor, std::string_view action, std::string_view subject,
                                       std::string_view detail = {});
/// The same for an actor by its id, or one of those above.
[[nodiscard]] Result<> add_audit_entry(const Services& services, const http::Request& request,
                                       std::string_view actor_id, std::string_view action,
                                       std::string_view subject, std::string_view detail = {});

}  // namespace vat::api
