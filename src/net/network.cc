#include "net/network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <optional>
#include <string>

#include "base/number.h"
#include "base/text.h"

namespace vat::net {
namespace {

constexpr std::size_t kBytes4 = 4;
constexpr std::size_t kBytes6 = 16;
constexpr int kBitsPerByte = 8;

/// The IPv4 address of a mapped one; any other address as it is.
std::span<const std::uint8_t> unmapped(std::span<const std::uint8_t> address) {
  constexpr std::array<std::uint8_t, 12> kPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  const bool mapped =
      address.size() == kBytes6 && std::equal(kPrefix.begin(), kPrefix.end(), address.begin());
  return mapped ? address.last(kBytes4) : address;
}

bool have_same_bits(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b, int bits) {
  const auto whole = static_cast<std::size_t>(bits / kBitsPerByte);
  if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin())) return false;
  const int rest = bits % kBitsPerByte;
  return rest == 0 || ((a[whole] ^ b[whole]) >> (kBitsPerByte - rest)) == 0;
}

bool has_bits_behind(std::span<const std::uint8_t> address, int bits) {
  for (std::size_t i = 0; i < address.size(); ++i) {
    const int kept = std::clamp(bits - kBitsPerByte * static_cast<int>(i), 0, kBitsPerByte);
    if ((address[i] & (0xFFU >> static_cast<unsigned>(kept))) != 0) return true;
  }
  return false;
}

}  // namespace

Result<Network> Network::parse(std::string_view text) {
  const auto invalid = [text] {
    return fail(ErrorCode::kInvalidArgument,
                "\"" + to_utf8(text) + "\" is not a network such as 10.0.0.0/8 or fd00::/8.");
  };
  Network network;
  const std::size_t slash = text.find('/');
  const std::string address(text.substr(0, slash));
  if (::inet_pton(AF_INET6, address.c_str(), network.bytes_.data()) == 1) {
    network.length_ = kBytes6;
  } else if (::inet_pton(AF_INET, address.c_str(), network.bytes_.data()) != 1) {
    return invalid();
  }
  const int all = kBitsPerByte * static_cast<int>(network.length_);
  network.bits_ = all;
  if (slash != std::string_view::npos) {
    const std::optional<int> bits = parse_number<int>(text.substr(slash + 1), 0, all);
    if (!bits) return invalid();
    network.bits_ = *bits;
  }
  if (has_bits_behind(std::span(network.bytes_).first(network.length_), network.bits_)) return invalid();
  return network;
}

bool Network::contains(std::span<const std::uint8_t> address) const {
  const std::span<const std::uint8_t> plain = unmapped(address);
  return plain.size() == length_ && have_same_bits(bytes_, plain, bits_);
}

Result<std::vector<Network>> parse_networks(std::string_view text) {
  std::vector<Network> networks;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(", "), text.size());
    if (end > 0) {
      VAT_ASSIGN(const Network network, Network::parse(text.substr(0, end)));
      networks.push_back(network);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return networks;
}

}  // namespace vat::net
