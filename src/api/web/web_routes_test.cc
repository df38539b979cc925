#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <string>

#include "api/testing/test_service.h"

namespace vat::api {
namespace {

using http::Method;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Reply;
using testing::TestService;

TEST(WebRoutes, OnePageStandsForEveryAddress) {
  TestService service;
  const Reply page = service.client->get("/dashboard");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("<vat-app>"));
  for (const char* const path : {"/", "/jobs/019395a1-8f0e-7c3a-9d52-6d1f0c8b7e21", "/speak", "/settings"})
    EXPECT_EQ(service.client->get(path).body, page.body) << path;
  EXPECT_EQ(page.header("Cache-Control"), "no-cache");
}

TEST(WebRoutes, ThePageAllowsNothingInlineAndNothingFromElsewhere) {
  TestService service;
  const Reply page = service.client->get("/dashboard");
  const std::string policy(page.header("Content-Security-Policy"));
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, HasSubstr("script-src 'self';"));
  EXPECT_THAT(policy, HasSubstr("style-src 'self';"));
  EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_THAT(policy, Not(HasSubstr("http")));
}

TEST(WebRoutes, WhatThePageNamesIsThereForEver) {
  TestService service;
  const std::string page = service.client->get("/dashboard").body;
  const std::regex named("/assets/[^\"]+");
  std::size_t count = 0;
  for (std::sregex_iterator at(page.begin(), page.end(), named), end; at != end; ++at, ++count) {
    const Reply file = service.client->get(at->str());
    EXPECT_EQ(file.status, 200) << at->str();
    EXPECT_EQ(file.header("Cache-Control"), "public, max-age=31536000, immutable") << at->str();
    EXPECT_EQ(file.header("X-Content-Type-Options"), "nosniff");
  }
  EXPECT_GE(count, 5U);
  EXPECT_EQ(service.client->get("/manifest.webmanifest").header("Cache-Control"), "no-cache");
}

TEST(WebRoutes, ABrowserIsShownThatAPageIsMissingAndAProgramIsToldSo) {
  TestService service;
  const HttpHeaders browser = {{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"}};
  const Reply page = service.client->get("/nowhere", browser);
  EXPECT_EQ(page.status, 404);
  EXPECT_THAT(page.body, HasSubstr("<vat-app>"));
  for (const auto& [path, headers] : {std::pair{"/nowhere", HttpHeaders{}}, {"/api/v1/nowhere", browser}}) {
    const Reply problem = service.client->get(path, headers);
    EXPECT_EQ(problem.status, 404);
    EXPECT_EQ(problem.header("Content-Type"), "application/problem+json") << path;
  }
  EXPECT_THAT(service.client->send(Method::kPost, "/nowhere", {}, browser).body, Not(HasSubstr("<vat-app>")));
}

}  // namespace
}  // namespace vat::api
