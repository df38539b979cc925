#include "net/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <string>

namespace vat::net {
namespace {

struct Prefix4 {
  std::uint32_t network;  // Host order.
  int bits;
};

// IANA IPv4 Special-Purpose Address Registry, and multicast.
constexpr std::array kSpecial4 = {
    Prefix4{0x00000000, 8},   // "This network", RFC 791
    Prefix4{0x0A000000, 8},   // Private, RFC 1918
    Prefix4{0x64400000, 10},  // Shared by carriers, RFC 6598
    Prefix4{0x7F000000, 8},   // Loopback, RFC 1122
    Prefix4{0xA9FE0000, 16},  // Link-local, RFC 3927; cloud metadata services live here
    Prefix4{0xAC100000, 12},  // Private, RFC 1918
    Prefix4{0xC0000000, 24},  // IETF protocol assignments, RFC 6890
    Prefix4{0xC0000200, 24},  // Documentation, RFC 5737
    Prefix4{0xC0586300, 24},  // 6to4 relays, RFC 7526
    Prefix4{0xC0A80000, 16},  // Private, RFC 1918
    Prefix4{0xC6120000, 15},  // Benchmarking, RFC 2544
    Prefix4{0xC6336400, 24},  // Documentation, RFC 5737
    Prefix4{0xCB007100, 24},  // Documentation, RFC 5737
    Prefix4{0xE0000000, 4},   // Multicast, RFC 5771
    Prefix4{0xF0000000, 4},   // Reserved and broadcast, RFC 1112
};

struct Prefix6 {
  std::array<std::uint8_t, 4> network;
  int bits;
};

// What is special inside 2000::/3, the only part of IPv6 that is globally unicast.
constexpr std::array kSpecial6 = {
    Prefix6{{0x20, 0x01, 0x00, 0x00}, 23},  // IETF protocol assignments with Teredo, RFC 2928
    Prefix6{{0x20, 0x01, 0x0D, 0xB8}, 32},  // Documentation, RFC 3849
    Prefix6{{0x20, 0x02, 0x00, 0x00}, 16},  // 6to4, RFC 3056: holds any IPv4 address
    Prefix6{{0x3F, 0xFF, 0x00, 0x00}, 20},  // Documentation, RFC 9637
};

constexpr std::array<std::uint8_t, 12> kMapped4 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr std::array<std::uint8_t, 12> kNat64 = {0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0};

std::uint32_t big_endian(std::span<const std::uint8_t> bytes) {
  return static_cast<std::uint32_t>(bytes[0]) << 24 | static_cast<std::uint32_t>(bytes[1]) << 16 |
         static_cast<std::uint32_t>(bytes[2]) << 8 | static_cast<std::uint32_t>(bytes[3]);
}

bool in_prefix(std::uint32_t address, std::uint32_t network, int bits) {
  return ((address ^ network) >> (32 - bits)) == 0;
}

bool is_public4(std::span<const std::uint8_t> bytes) {
  const std::uint32_t address = big_endian(bytes);
  return std::none_of(kSpecial4.begin(), kSpecial4.end(),
                      [&](const Prefix4& prefix) { return in_prefix(address, prefix.network, prefix.bits); });
}

bool is_public6(std::span<const std::uint8_t> bytes) {
  const auto starts_with = [&](const std::array<std::uint8_t, 12>& prefix) {
    return std::equal(prefix.begin(), prefix.end(), bytes.begin());
  };
  if (starts_with(kMapped4) || starts_with(kNat64)) return is_public4(bytes.last(4));
  const std::uint32_t front = big_endian(bytes);
  if (!in_prefix(front, 0x20000000, 3)) return false;
  return std::none_of(kSpecial6.begin(), kSpecial6.end(), [&](const Prefix6& prefix) {
    return in_prefix(front, big_endian(prefix.network), prefix.bits);
  });
}

}  // namespace

bool is_public_address(std::span<const std::uint8_t> bytes) {
  if (bytes.size() == 4) return is_public4(bytes);
  if (bytes.size() == 16) return is_public6(bytes);
  return false;
}

bool is_public_address(std::string_view text) {
  const std::string terminated(text);
  std::array<std::uint8_t, 16> bytes{};
  if (::inet_pton(AF_INET, terminated.c_str(), bytes.data()) == 1)
    return is_public_address(std::span<const std::uint8_t>(bytes).first(4));
  if (::inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1)
    return is_public_address(std::span<const std::uint8_t>(bytes));
  return false;
}

}  // namespace vat::net
