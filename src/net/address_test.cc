#include "net/address.h"

#include <gtest/gtest.h>

#include <array>

namespace vat::net {
namespace {

TEST(AddressTest, AddressesOfTheInternetArePublic) {
  for (const char* address :
       {"1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1",
        "198.17.255.255", "198.20.0.1", "223.255.255.254", "2606:4700::1111", "2a00:1450:4001::1",
        "2001:200::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"}) {
    EXPECT_TRUE(is_public_address(std::string_view(address))) << address;
  }
}

TEST(AddressTest, AddressesOfPrivateNetworksAreNot) {
  for (const char* address : {"0.0.0.0",
                              "10.0.0.1",
                              "100.64.0.1",
                              "100.127.255.255",
                              "127.0.0.1",
                              "127.255.255.255",
                              "169.254.169.254",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.0.0.8",
                              "192.0.2.1",
                              "192.88.99.1",
                              "192.168.1.1",
                              "198.18.0.1",
                              "198.19.255.255",
                              "198.51.100.1",
                              "203.0.113.1",
                              "224.0.0.1",
                              "239.255.255.255",
                              "240.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "::7f00:1",
                              "fe80::1",
                              "fec0::1",
                              "fc00::1",
                              "fd12:3456::1",
                              "ff02::1",
                              "2001::1",
                              "2001:db8::1",
                              "2002:7f00:1::",
                              "3fff::1",
                              "64:ff9b:1::1",
                              "64:ff9b::10.0.0.1",
                              "64:ff9b::127.0.0.1",
                              "::ffff:127.0.0.1",
                              "::ffff:169.254.169.254",
                              "::ffff:10.1.2.3"}) {
    EXPECT_FALSE(is_public_address(std::string_view(address))) << address;
  }
}

TEST(AddressTest, WhatIsNoAddressIsNotPublic) {
  for (const char* text :
       {"", "example.com", "8.8.8", "8.8.8.8.8", "8.8.8.8/8", " 8.8.8.8", "0x08.8.8.8", "[2606::1]"})
    EXPECT_FALSE(is_public_address(std::string_view(text))) << text;
  EXPECT_FALSE(is_public_address(std::array<std::uint8_t, 5>{8, 8, 8, 8, 8}));
}

}  // namespace
}  // namespace vat::net
