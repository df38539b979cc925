// Where a webhook may be sent to. Private to api.
#pragma once

#include <string_view>

#include "base/result.h"

namespace vat::api {

/// An address that webhooks may be sent to, as the client that will call it reads it: http or https, without
/// user name and fragment, at most 2048 bytes. kInvalidArgument for anything else, kPermission (403) for one
/// that is plainly on a private network unless `allow_private`; names are looked at again once they are
/// resolved, by the sender. Errors are about `field`.
[[nodiscard]] Result<> check_webhook_url(std::string_view url, bool allow_private, std::string_view field);

}  // namespace vat::api
