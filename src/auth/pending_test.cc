#include "auth/pending.h"

#include <gtest/gtest.h>

#include "auth/entry.h"

namespace vat::auth {
namespace {

const UtcTime kBegin = from_unix_seconds(1'800'000'000);
constexpr const char* kCallback = "https://vat.example/auth/callback";

PendingSignIn begun() { return begin_sign_in("vat_", "google", "/jobs/1?x=2", kCallback, kBegin); }
bool resumes(const PendingSignIn& pending, const std::string& state, const std::string& value,
             UtcTime now = kBegin) {
  return pending_cookie_name("vat_", state) == pending.cookie_name &&
         resume_sign_in("vat_", state, value, kCallback, now).has_value();
}

TEST(PendingTest, IsResumedInTheBrowserThatBeganIt) {
  const PendingSignIn pending = begun();
  const auto back = resume_sign_in("vat_", pending.ticket.state, pending.cookie_value, kCallback,
                                   kBegin + std::chrono::minutes(5));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->provider_id, "google");
  EXPECT_EQ(back->return_path, "/jobs/1?x=2");
  EXPECT_EQ(back->ticket.nonce, pending.ticket.nonce);
  EXPECT_EQ(back->ticket.verifier, pending.ticket.verifier);
  EXPECT_EQ(back->cookie_name, pending.cookie_name);
  EXPECT_GE(pending.ticket.verifier.size(), 43U) << "RFC 7636, section 4.1";
  EXPECT_NE(pending.ticket.nonce, pending.ticket.verifier);
}

TEST(PendingTest, IsNotResumedByAnotherState) {
  const PendingSignIn mine = begun();
  const PendingSignIn other = begun();
  EXPECT_TRUE(resumes(mine, mine.ticket.state, mine.cookie_value));
  EXPECT_FALSE(resume_sign_in("vat_", other.ticket.state, mine.cookie_value, kCallback, kBegin));
  EXPECT_FALSE(resume_sign_in("vat_", "", mine.cookie_value, kCallback, kBegin));
  EXPECT_FALSE(resume_sign_in("vat_", mine.ticket.state, "", kCallback, kBegin));
  EXPECT_FALSE(resume_sign_in("vat_", mine.ticket.state, std::string(5000, 'x'), kCallback, kBegin));
  const PendingSignIn microsoft = begin_sign_in("vat_", "entra", "/", kCallback, kBegin);
  // Another provider's facts under this secret make another state.
  const std::string mixed = mine.cookie_value.substr(0, mine.cookie_value.find('.')) +
                            microsoft.cookie_value.substr(microsoft.cookie_value.find('.'));
  EXPECT_FALSE(resume_sign_in("vat_", mine.ticket.state, mixed, kCallback, kBegin));
}

TEST(PendingTest, Expires) {
  const PendingSignIn pending = begun();
  EXPECT_TRUE(resumes(pending, pending.ticket.state, pending.cookie_value, kBegin + kPendingLifetime));
  EXPECT_FALSE(resumes(pending, pending.ticket.state, pending.cookie_value,
                       kBegin + kPendingLifetime + std::chrono::seconds(1)));
  EXPECT_FALSE(
      resumes(pending, pending.ticket.state, pending.cookie_value, kBegin - std::chrono::seconds(61)));
}

TEST(PendingTest, NamesOnlyCookiesOfStates) {
  EXPECT_EQ(pending_cookie_name("vat_", "x; Path=/"), "");
  EXPECT_EQ(pending_cookie_name("vat_", std::string(42, 'a') + ";"), "");
  EXPECT_EQ(pending_cookie_name("vat_", std::string(43, 'a')), "vat_" + std::string(16, 'a'));
}

TEST(ReturnPathTest, StaysOnThisSite) {
  for (const char* const path : {"/", "/jobs/1", "/jobs?search=a%20b&x=//y", "/#top"})
    EXPECT_EQ(safe_return_path(path), path);
  for (const char* const path :
       {"", "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example",
        "/\t/evil.example", "/\n/evil.example", " /x", "jobs", "javascript:alert(1)", "/x y", "/\xc3\xa9",
        "/auth/login", "/a\r\nSet-Cookie: x=y"})
    EXPECT_EQ(safe_return_path(path), "/") << path;
  EXPECT_EQ(safe_return_path("/" + std::string(2000, 'x')), "/");
}

Person ada(bool verified = true) {
  return {.email = "ada@example.com", .email_verified = verified, .hosted_domain = ""};
}

TEST(EntryTest, IsOpenUnlessTheOperatorSaysOtherwise) {
  EXPECT_TRUE(admission_of({}, ada(false)).may_join);
  EXPECT_FALSE(admission_of({.invited_only = true}, ada()).may_join);
  EXPECT_TRUE(admission_of({}, ada()).first_is_admin);
}

TEST(EntryTest, TrustsVerifiedAddressesOnly) {
  EXPECT_TRUE(admission_of({.domains = {"example.com"}}, ada()).may_join);
  EXPECT_FALSE(admission_of({.domains = {"example.com"}}, ada(false)).may_join);
  EXPECT_FALSE(admission_of({.domains = {"ample.com"}}, ada()).may_join);
  EXPECT_TRUE(admission_of({.emails = {"ada@example.com"}}, ada()).may_join);
  EXPECT_FALSE(admission_of({.emails = {"ada@example.com"}}, ada(false)).may_join);
  EXPECT_FALSE(admission_of({.emails = {"bob@example.com"}}, ada()).may_join);
  Person hosted = ada(false);
  hosted.hosted_domain = "example.com";
  EXPECT_TRUE(admission_of({.domains = {"example.com"}}, hosted).may_join);
  EXPECT_FALSE(admission_of({.domains = {"example.com"}}, Person{}).may_join);
}

TEST(EntryTest, AdminsAreNamedByVerifiedAddress) {
  const EntryRules rules{.admins = {"ada@example.com"}, .invited_only = true};
  EXPECT_TRUE(admission_of(rules, ada()).admin);
  EXPECT_TRUE(admission_of(rules, ada()).may_join);
  EXPECT_FALSE(admission_of(rules, ada()).first_is_admin);
  EXPECT_FALSE(admission_of(rules, ada(false)).admin);
  EXPECT_FALSE(admission_of(rules, ada(false)).may_join);
}

}  // namespace
}  // namespace vat::auth
