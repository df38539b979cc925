#include "net/network.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

namespace vat::net {
namespace {

bool contains(const std::string& network, const char* address) {
  const auto parsed = Network::parse(network);
  if (!parsed) {
    ADD_FAILURE() << parsed.error().message;
    return false;
  }
  std::array<std::uint8_t, 16> bytes{};
  if (::inet_pton(AF_INET, address, bytes.data()) == 1) return parsed->contains(std::span(bytes).first(4));
  EXPECT_EQ(::inet_pton(AF_INET6, address, bytes.data()), 1) << address;
  return parsed->contains(bytes);
}

TEST(NetworkTest, ANetworkHasTheAddressesOfItsPrefix) {
  EXPECT_TRUE(contains("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(contains("172.16.0.0/12", "172.31.255.255"));
  EXPECT_FALSE(contains("172.16.0.0/12", "172.32.0.0"));
  EXPECT_TRUE(contains("192.168.1.5", "192.168.1.5"));
  EXPECT_FALSE(contains("192.168.1.5", "192.168.1.4"));
  EXPECT_TRUE(contains("0.0.0.0/0", "203.0.113.9"));
  EXPECT_TRUE(contains("fd00::/8", "fd12:3456::1"));
  EXPECT_FALSE(contains("fd00::/8", "fe80::1"));
  EXPECT_TRUE(contains("::1", "::1"));
  EXPECT_FALSE(contains("::/0", "10.0.0.1"));
  EXPECT_TRUE(contains("10.0.0.0/8", "::ffff:10.1.2.3"));
  EXPECT_FALSE(contains("::ffff:0:0/96", "::ffff:10.1.2.3")) << "it is an IPv4 address";
}

TEST(NetworkTest, AnythingElseIsRefused) {
  for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.1/8", "10.0.0/8",
                           "nas", "fd00::/129", "fd00::1/8", "10.0.0.0/8/8", "0x0a.0.0.0/8", "10.0.0.0/+8"})
    EXPECT_FALSE(Network::parse(text)) << text;
}

TEST(NetworkTest, ListsAreSeparatedByCommasOrBlanks) {
  EXPECT_EQ(parse_networks("")->size(), 0U);
  EXPECT_EQ(parse_networks("10.0.0.0/8, fd00::/8 192.168.1.5,")->size(), 3U);
  const auto bad = parse_networks("10.0.0.0/8, nas");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().message, "\"nas\" is not a network such as 10.0.0.0/8 or fd00::/8.");
}

}  // namespace
}  // namespace vat::net
