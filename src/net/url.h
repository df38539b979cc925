// What the HTTP client needs to know about a URL, parsed by curl's own parser so that both always agree.
// Private to net.
#pragma once

#include <string>

#include "base/result.h"

namespace vat::net {

struct Url {
  std::string scheme;  ///< "http" or "https".
  std::string host;    ///< Lower case; an IPv6 address in brackets.
  std::string port;    ///< Decimal, also when it is the scheme's own.

  /// RFC 6454: whoever may see a secret meant for one may see it for the other.
  friend bool operator==(const Url&, const Url&) = default;
  /// "example.com" or "example.com:8080": for sentences. Holds no user name, password, path or query.
  [[nodiscard]] std::string display() const;
};

/// kInvalidArgument for anything but an absolute http or https URL.
[[nodiscard]] Result<Url> parse_url(const std::string& text);

}  // namespace vat::net
