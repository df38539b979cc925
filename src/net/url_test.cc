#include "net/url.h"

#include <gtest/gtest.h>

namespace vat::net {
namespace {

std::string host_of(const std::string& text) {
  const Result<Url> url = parse_url(text);
  return url ? url->host : "refused";
}

TEST(Url, HasItsPartsAndTheUsualPort) {
  const Url url = parse_url("HTTPS://Example.COM/a?b").value();
  EXPECT_EQ(url.scheme, "https");
  EXPECT_EQ(url.host, "example.com");
  EXPECT_EQ(url.port, "443");
  EXPECT_EQ(url.display(), "example.com");
  EXPECT_EQ(parse_url("http://example.com:8080").value().display(), "example.com:8080");
  EXPECT_FALSE(url.has_user || url.has_zone || url.has_fragment);
}

TEST(Url, SaysWhatElseStandsInIt) {
  EXPECT_TRUE(parse_url("http://user@example.com/").value().has_user);
  EXPECT_TRUE(parse_url("http://:secret@example.com/").value().has_user);
  EXPECT_TRUE(parse_url("http://[fe80::1%25eth0]/").value().has_zone);
  EXPECT_TRUE(parse_url("http://example.com/#x").value().has_fragment);
}

TEST(Url, AnAddressIsReadHoweverItIsWritten) {
  for (const char* const text : {"http://127.0.0.1/", "http://127.1/", "http://2130706433/",
                                 "http://0x7f.0.0.1/", "http://0x7f000001/", "http://0177.0.0.1/"})
    EXPECT_EQ(host_of(text), "127.0.0.1") << text;
  EXPECT_EQ(host_of("http://[::1]/"), "[::1]");
}

TEST(Url, IsComplete) {
  for (const char* const text :
       {"", "example.com", "//example.com/", "http:example.com", "http:/example.com", "http:///example.com",
        "http://", "ftp://example.com/", "file:///etc/passwd", "http://exa mple.com/",
        "http://example.com/\t", "http://example.com:99999/"})
    EXPECT_EQ(host_of(text), "refused") << text;
}

TEST(Url, AnOriginIsSchemeHostAndPort) {
  const Url url = parse_url("https://example.com/a").value();
  EXPECT_TRUE(url.same_origin(parse_url("https://example.com:443/b#c").value()));
  EXPECT_FALSE(url.same_origin(parse_url("http://example.com:443/a").value()));
  EXPECT_FALSE(url.same_origin(parse_url("https://example.com:444/a").value()));
  EXPECT_FALSE(url.same_origin(parse_url("https://www.example.com/a").value()));
}

}  // namespace
}  // namespace vat::net
