// Entries of the audit log for what requests do. Private to api.
#pragma once

#include <string>
#include <string_view>

#include "api/services.h"
#include "base/result.h"
#include "domain/user.h"
#include "http/message.h"

namespace vat::api {

/// Adds an entry: the user did `action` ("key.created") to `subject`. Blocks.
[[nodiscard]] Result<> add_audit_entry(const Services& services, const http::Request& request,
                                       const User& actor, std::string_view action, std::string_view subject,
                                       std::string_view detail = {});

}  // namespace vat::api
