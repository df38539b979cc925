#include "http/trusted_proxies.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/number.h"
#include "base/text.h"

namespace vat::http {
namespace {

namespace ip = boost::asio::ip;

/// An IPv4 network is one of mapped addresses.
struct Network {
  ip::address_v6::bytes_type bytes{};
  unsigned bits = 0;
};

std::optional<ip::address> parse_address(std::string_view text) {
  boost::system::error_code error;
  const ip::address address = ip::make_address(std::string(text), error);
  return error ? std::nullopt : std::optional(address);
}

ip::address_v6::bytes_type bytes_of(const ip::address& address) {
  return (address.is_v4() ? ip::make_address_v6(ip::v4_mapped, address.to_v4()) : address.to_v6()).to_bytes();
}

std::optional<Network> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  const unsigned width = address->is_v4() ? 32 : 128;
  unsigned bits = width;
  if (slash != std::string_view::npos) {
    const auto given = parse_number<unsigned>(text.substr(slash + 1));
    if (!given || *given > width) return std::nullopt;
    bits = *given;
  }
  return Network{bytes_of(*address), 128 - width + bits};
}

bool contains(const Network& network, const ip::address_v6::bytes_type& bytes) {
  for (unsigned at = 0; at < network.bits; at += 8) {
    const unsigned left = std::min(8U, network.bits - at);
    const auto mask = static_cast<unsigned char>(0xFFU << (8 - left));
    if (((network.bytes[at / 8] ^ bytes[at / 8]) & mask) != 0) return false;
  }
  return true;
}

std::string shown(const ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return ip::make_address_v4(ip::v4_mapped, address.to_v6()).to_string();
  return address.to_string();
}

/// Some proxies add the port: "192.0.2.1:4711", "[2001:db8::1]:4711".
std::string_view without_port(std::string_view text) {
  if (text.starts_with('[')) return text.substr(1, std::min(text.find(']'), text.size()) - 1);
  const std::size_t colon = text.find(':');
  const bool one_colon =
      colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos;
  return one_colon ? text.substr(0, colon) : text;
}

/// The elements of all fields of that name, in order.
std::vector<std::string_view> elements_of(const HttpHeaders& headers, std::string_view wanted) {
  std::vector<std::string_view> elements;
  for (const auto& [name, value] : headers) {
    if (!equals_ignoring_case(name, wanted)) continue;
    std::string_view rest = value;
    while (true) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      elements.push_back(trim(rest.substr(0, comma)));
      if (comma == rest.size()) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return elements;
}

}  // namespace

struct TrustedProxies::State {
  std::vector<Network> networks;

  [[nodiscard]] bool trusts(const ip::address& address) const {
    const auto bytes = bytes_of(address);
    return std::any_of(networks.begin(), networks.end(),
                       [&](const Network& network) { return contains(network, bytes); });
  }
};

TrustedProxies::TrustedProxies() = default;
TrustedProxies::~TrustedProxies() = default;
TrustedProxies::TrustedProxies(TrustedProxies&&) noexcept = default;
TrustedProxies& TrustedProxies::operator=(TrustedProxies&&) noexcept = default;

Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& networks) {
  auto state = std::make_unique<State>();
  for (const std::string& text : networks) {
    const auto network = parse_network(text);
    if (!network)
      return fail(ErrorCode::kInvalidArgument,
                  "\"" + text + "\" is not an address or network of a proxy, such as 10.0.0.0/8.");
    state->networks.push_back(*network);
  }
  TrustedProxies proxies;
  if (!state->networks.empty()) proxies.state_ = std::move(state);
  return proxies;
}

ClientFacts TrustedProxies::look(const ClientFacts& peer, const HttpHeaders& headers) const {
  if (!state_) return peer;
  const auto socket = parse_address(peer.address);
  if (!socket || !state_->trusts(*socket)) return peer;
  ClientFacts facts = peer;
  const auto chain = elements_of(headers, "X-Forwarded-For");
  for (auto link = chain.rbegin(); link != chain.rend(); ++link) {
    const auto address = parse_address(without_port(*link));
    if (!address) break;
    facts.address = shown(*address);
    if (!state_->trusts(*address)) break;
  }
  if (const auto schemes = elements_of(headers, "X-Forwarded-Proto"); !schemes.empty())
    facts.secure = equals_ignoring_case(schemes.back(), "https");
  return facts;
}

}  // namespace vat::http
