// Recognises addresses on the public internet, so that an untrusted URL cannot make this machine call its own
// network.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace vat::net {

/// Addresses that an HTTP client may connect to.
enum class AddressPolicy {
  kAny,
  kPublicOnly,  ///< Rejects loopback, private, link-local and every other special-purpose address.
};

/// `bytes`: 4 (IPv4) or 16 (IPv6) in network order. False for what the IANA special-purpose registries (RFC
/// 6890) do not list as globally reachable, for multicast, and for any other length. An IPv4 address inside
/// an IPv6 address (mapped, or NAT64 of RFC 6052) is judged by itself.
[[nodiscard]] bool is_public_address(std::span<const std::uint8_t> bytes);

/// The same for "192.0.2.1" or "2001:db8::1"; false for anything that is not an address.
[[nodiscard]] bool is_public_address(std::string_view text);

}  // namespace vat::net
