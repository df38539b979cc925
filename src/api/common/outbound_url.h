// URLs of clients that this service will call. Private to api.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace vat::api {

struct UrlRules {
  std::string_view noun;   ///< "webhook": for messages.
  std::string_view field;  ///< That errors are about.
  std::size_t max_bytes = 2048;
  bool allow_private = false;
};

/// An address that may be called, as the client that will call it reads it: http or https, without user name
/// and fragment. kInvalidArgument for anything else, kPermission (403) for one that is plainly on a private
/// network unless the rules allow it; names are looked at again once they are resolved, by the caller. Any
/// thread.
[[nodiscard]] Result<> check_outbound_url(std::string_view url, const UrlRules& rules);

}  // namespace vat::api
