// What is known about a URL before it is fetched, parsed by curl's own parser so that both always agree.
#pragma once

#include <string>

#include "base/result.h"

namespace vat::net {

struct Url {
  std::string scheme;  ///< "http" or "https".
  /// Lower case; an IPv6 address in brackets. An IPv4 address is in four decimal numbers, however it was
  /// written
  /// ("0x7f.1").
  std::string host;
  std::string port;       ///< Decimal, even if it is the scheme's default.
  bool has_user = false;  ///< Or a password.
  bool has_zone = false;  ///< "[fe80::1%25eth0]"
  bool has_fragment = false;

  /// RFC 6454: a secret for one may be sent to the other.
  [[nodiscard]] bool same_origin(const Url& other) const {
    return scheme == other.scheme && host == other.host && port == other.port;
  }
  /// "example.com" or "example.com:8080": for messages. Without user name, password, path or query.
  [[nodiscard]] std::string display() const;
};

/// kInvalidArgument for anything but an absolute http or https URL. Any thread.
[[nodiscard]] Result<Url> parse_url(const std::string& text);

}  // namespace vat::net
