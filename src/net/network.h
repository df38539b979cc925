// Networks in CIDR notation, such as those that a client may call besides the public internet.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vat::net {

/// Every address with the same first bits. An IPv4 address inside an IPv6 address (mapped, RFC 4291 section
/// 2.5.5.2) is the IPv4 address.
class Network {
 public:
  /// "10.0.0.0/8", "fd00::/8", or one address. kInvalidArgument for anything else, and for bits that are set
  /// behind the prefix.
  [[nodiscard]] static Result<Network> parse(std::string_view text);

  /// `address`: 4 (IPv4) or 16 (IPv6) bytes in network order; false for any other length. Any thread.
  [[nodiscard]] bool contains(std::span<const std::uint8_t> address) const;

 private:
  std::array<std::uint8_t, 16> bytes_{};
  std::size_t length_ = 4;  ///< Bytes of an address.
  int bits_ = 0;
};

/// Several, separated by commas or blanks. May be empty.
[[nodiscard]] Result<std::vector<Network>> parse_networks(std::string_view text);

}  // namespace vat::net
