#include "http/trusted_proxies.h"

#include <gtest/gtest.h>

namespace vat::http {
namespace {

std::string address_seen(const TrustedProxies& proxies, const std::string& peer, HttpHeaders headers) {
  return proxies.look({.address = peer, .secure = false}, headers).address;
}

TEST(TrustedProxies, BelieveNobodyUnlessListed) {
  const HttpHeaders forged = {{"X-Forwarded-For", "192.0.2.9"}, {"X-Forwarded-Proto", "https"}};
  const TrustedProxies none;
  EXPECT_EQ(address_seen(none, "127.0.0.1", forged), "127.0.0.1");
  const TrustedProxies some = TrustedProxies::parse({"10.0.0.0/8", "::1"}).value();
  const ClientFacts facts = some.look({.address = "203.0.113.7", .secure = false}, forged);
  EXPECT_EQ(facts.address, "203.0.113.7");
  EXPECT_FALSE(facts.secure);
}

TEST(TrustedProxies, FindTheFirstAddressFromTheEndThatIsNoProxy) {
  const TrustedProxies proxies = TrustedProxies::parse({"10.0.0.0/8", "::1", "2001:db8::/33"}).value();
  const auto seen = [&](const std::string& chain) {
    return address_seen(proxies, "10.1.2.3", {{"X-Forwarded-For", chain}});
  };
  EXPECT_EQ(seen("198.51.100.1"), "198.51.100.1");
  EXPECT_EQ(seen("192.0.2.1, 198.51.100.1"), "198.51.100.1") << "what the client wrote itself does not count";
  EXPECT_EQ(seen("192.0.2.1, 198.51.100.1, 10.9.9.9,2001:db8:1::5"), "198.51.100.1");
  EXPECT_EQ(seen("198.51.100.1:4711"), "198.51.100.1");
  EXPECT_EQ(seen("[2001:db8:8000::1]:4711"), "2001:db8:8000::1");
  EXPECT_EQ(seen("::ffff:198.51.100.1"), "198.51.100.1");
  EXPECT_EQ(seen("192.0.2.1, nonsense"), "10.1.2.3") << "nothing behind nonsense is known";
  EXPECT_EQ(seen("nonsense, 10.7.7.7"), "10.7.7.7");
  EXPECT_EQ(seen(""), "10.1.2.3");
  const HttpHeaders two = {{"X-Forwarded-For", "192.0.2.1"}, {"x-forwarded-for", "198.51.100.2"}};
  EXPECT_EQ(address_seen(proxies, "::1", two), "198.51.100.2");
}

TEST(TrustedProxies, TellWhetherTheClientUsesTls) {
  const TrustedProxies proxies = TrustedProxies::parse({"127.0.0.1"}).value();
  const auto secure = [&](bool socket, const std::string& scheme) {
    HttpHeaders headers;
    if (!scheme.empty()) headers.emplace_back("X-Forwarded-Proto", scheme);
    return proxies.look({.address = "127.0.0.1", .secure = socket}, headers).secure;
  };
  EXPECT_TRUE(secure(false, "https"));
  EXPECT_FALSE(secure(true, "http")) << "TLS between proxy and server says nothing of the client";
  EXPECT_TRUE(secure(true, ""));
  EXPECT_FALSE(secure(false, "https, http"));
}

TEST(TrustedProxies, AreAddressesOrNetworks) {
  for (const char* const wrong : {"", "proxy", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/x", "10.0.0"})
    EXPECT_FALSE(TrustedProxies::parse({wrong})) << wrong;
}

}  // namespace
}  // namespace vat::http
