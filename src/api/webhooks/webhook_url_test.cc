#include "api/webhooks/webhook_url.h"

#include <gtest/gtest.h>

#include <string>

namespace vat::api {
namespace {

int status_of(std::string_view url, bool allow_private = false) {
  const auto checked = check_webhook_url(url, allow_private, "url");
  if (checked) return 200;
  EXPECT_EQ(checked.error().field, "url");
  return traits(checked.error().code).http_status;
}

TEST(WebhookUrl, TakesPublicAddresses) {
  for (const char* const url :
       {"https://hooks.example.com/vat?x=1", "http://example.com", "HTTPS://Example.COM:8443/",
        "https://93.184.216.34/x", "https://[2606:4700::1111]:443/x", "https://a.b-c.io/%20"}) {
    EXPECT_EQ(status_of(url), 200) << url;
  }
}

TEST(WebhookUrl, RefusesPrivateAddressesUnlessTheyAreAllowed) {
  for (const char* const url :
       {"http://localhost/x", "http://LOCALHOST:80", "http://a.localhost/", "http://127.0.0.1/",
        "http://10.1.2.3/", "http://169.254.169.254/latest", "http://[::1]/", "http://[fd00::1]/",
        "http://[::ffff:10.0.0.1]/", "http://127.1/", "http://2130706433/", "http://0x7f.0.0.1/",
        "http://0x7f000001/", "http://0177.0.0.1/", "http://printer.local/", "http://db.internal/",
        "http://intranet/", "http://localhost./", "http://0.0.0.0/"}) {
    EXPECT_EQ(status_of(url), 403) << url;
    EXPECT_EQ(status_of(url, true), 200) << url;
  }
}

TEST(WebhookUrl, RefusesWhatIsNoHttpAddress) {
  for (const std::string& url :
       {std::string(), std::string("example.com"), std::string("ftp://example.com/"),
        std::string("file:///etc/passwd"), std::string("javascript:alert(1)"), std::string("http://"),
        std::string("http:///x"), std::string("http://user:pass@example.com/"),
        std::string("http://example.com@10.0.0.1/"), std::string("http://example.com#x"),
        std::string("http://exa mple.com/"), std::string("http://example.com:99999/"),
        std::string("http://example.com:/"), std::string("http://example.com\\@10.0.0.1/"),
        std::string("http://[::1"), std::string("http://ex%61mple.com/"), std::string("http://münchen.de/"),
        std::string("http://example.com/\r\nX: y"), "http://example.com/" + std::string(3000, 'a')}) {
    EXPECT_EQ(status_of(url), 400) << url;
  }
}

// URLs on which parsers commonly disagree: none of them may bypass the check.

TEST(WebhookUrl, AnotherHostIsNotHiddenBehindAUserOrABackslash) {
  for (const char* const url :
       {"http://example.com:80@127.0.0.1/", "http://example.com@127.0.0.1:80@example.com/",
        "http://@127.0.0.1/", "http://:@127.0.0.1/", "http://127.0.0.1\\@example.com/",
        "http://example.com\\.evil.org/", "http:\\\\127.0.0.1/", "http://example.com#@127.0.0.1/",
        "http://example.com?@127.0.0.1/#x", "http://127.0.0.1#.example.com/",
        "http://example.com;@127.0.0.1/", "http://example.com%40127.0.0.1/",
        "http://example.com%2f@127.0.0.1/"}) {
    EXPECT_EQ(status_of(url), 400) << url;
  }
}

TEST(WebhookUrl, BlanksAndControlCharactersAreRefusedWhereverTheyStand) {
  for (const std::string& url :
       {std::string("http://exam\tple.com/"), std::string("http://127.0.0.1\t.example.com/"),
        std::string("\thttp://example.com/"), std::string(" http://example.com/"),
        std::string("http://example.com/ "), std::string("http://example.com\n/"),
        std::string("ht\ntp://example.com/"), std::string("http://example.com\0.evil.org/", 30),
        std::string("http://example.com/\x7f")}) {
    EXPECT_EQ(status_of(url), 400) << url;
  }
}

TEST(WebhookUrl, SlashesAreTwo) {
  for (const char* const url :
       {"http:example.com", "http:/example.com/", "http:///example.com/", "http:////example.com/",
        "http:/127.0.0.1/", "http:///127.0.0.1/", "//example.com/"})
    EXPECT_EQ(status_of(url, true), 400) << url;
}

TEST(WebhookUrl, AnAddressIsJudgedHoweverItIsWritten) {
  for (const char* const url :
       {"http://0x7F.1/", "http://0x7f.0x0.0x0.0x1/", "http://017700000001/", "http://127.0.1/",
        "http://0xA9FEA9FE/", "http://169.16689662/", "http://0251.0376.0251.0376/", "http://0/",
        "http://127.0.0.1./", "http://10.0.0.1../", "http://127.0.0.1:80/", "http://3232235777/",
        "http://[0:0:0:0:0:0:0:1]/", "http://[::ffff:7f00:1]/", "http://[::ffff:127.0.0.1]:80/",
        "http://[::]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://[FE80::1]/"}) {
    EXPECT_EQ(status_of(url), 403) << url;
  }
  EXPECT_EQ(status_of("http://1572395042/"), 200) << "93.184.216.34";
  EXPECT_EQ(status_of("http://0x5db8d822/"), 200) << "93.184.216.34";
  EXPECT_EQ(status_of("https://[2606:4700:0:0:0:0:0:1111]/"), 200);
}

TEST(WebhookUrl, AnIpv6AddressHasNoZone) {
  for (const char* const url : {"http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", "http://[::1%25lo]/",
                                "http://[2606:4700::1111%251]/"})
    EXPECT_EQ(status_of(url, true), 400) << url;
}

TEST(WebhookUrl, DotsAtTheEndHideNoLocalName) {
  for (const char* const url : {"http://localhost./", "http://localhost../", "http://db.internal./",
                                "http://printer.LOCAL./", "http://intranet./"})
    EXPECT_EQ(status_of(url), 403) << url;
  EXPECT_EQ(status_of("http://example.com./"), 200);
}

TEST(WebhookUrl, NamesAreInAscii) {
  for (const char* const url :
       {"http://münchen.de/", "http://ⓔxample.com/", "http://example。com/", "http://127。0。0。1/",
        "http://１２７.0.0.1/", "http://localhost\u00AD/", "http://xn--80ak6aa92e.com%2eevil.org/",
        "http://%6c%6f%63%61%6c%68%6f%73%74/"})
    EXPECT_EQ(status_of(url), 400) << url;
  EXPECT_EQ(status_of("http://xn--mnchen-3ya.de/"), 200);
}

}  // namespace
}  // namespace vat::api
