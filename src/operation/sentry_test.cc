#include "operation/sentry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <vector>

#include "net/curl_http_client.h"
#include "net/testing/http_test_server.h"

namespace vat::operation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using test_server::HttpTestServer;
using test_server::Reply;
using ::testing::HasSubstr;

SentryOptions options() {
  return {.environment = "test", .release = "vat@1.2.3", .server_name = "host", .last_words = minutes(1)};
}

LogRecord record(const std::vector<LogField>& fields) {
  return {LogLevel::kError, "It \"broke\".", fields,
          std::chrono::system_clock::time_point(std::chrono::milliseconds(1'764'031'657'123))};
}

SentryDsn dsn_of(const HttpTestServer& server) {
  return parse_sentry_dsn("http://public@127.0.0.1:" + std::to_string(server.port()) + "/sentry/42").value();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1)
    lines.push_back(text.substr(begin, end - begin));
  return lines;
}

TEST(SentryDsn, SaysWhereEnvelopesGo) {
  const auto dsn = parse_sentry_dsn("https://abc123@o1.ingest.sentry.io/4501").value();
  EXPECT_EQ(dsn.public_key, "abc123");
  EXPECT_EQ(dsn.envelope_url, "https://o1.ingest.sentry.io/api/4501/envelope/");
  EXPECT_EQ(parse_sentry_dsn("http://k:old@glitch:9000/a/b/7").value().envelope_url,
            "http://glitch:9000/a/b/api/7/envelope/");
  EXPECT_EQ(parse_sentry_dsn("http://k:old@glitch:9000/a/b/7").value().public_key, "k");
}

TEST(SentryDsn, AnythingElseIsRefused) {
  for (const char* const text :
       {"", "abc", "https://host/1", "ftp://k@host/1", "https://k@host", "https://k@host/", "https://@host/1",
        "https://k@/1", "https://k@host/1?x", "https://k @host/1"})
    EXPECT_FALSE(parse_sentry_dsn(text)) << text;
}

TEST(Sentry, AnErrorBecomesAnEnvelopeWithItsContext) {
  const HttpTestServer server(Reply{});
  net::CurlHttpClient http;
  Sentry sentry(http, dsn_of(server), options());
  sentry.report(
      record({{"request_id", "r-1"}, {"route", "/api/v1/jobs/{id}"}, {"detail", "why"}, {"attempt", 2}}));
  ASSERT_TRUE(server.wait_for_requests(1));
  const auto request = server.requests().front();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/sentry/api/42/envelope/");
  EXPECT_EQ(request.header("Content-Type"), "application/x-sentry-envelope");
  EXPECT_THAT(request.header("X-Sentry-Auth"), HasSubstr("sentry_key=public"));

  const auto lines = lines_of(request.body);
  ASSERT_EQ(lines.size(), 3U);
  const auto head = boost::json::parse(lines[0]).as_object();
  const auto item = boost::json::parse(lines[1]).as_object();
  EXPECT_EQ(item.at("type").as_string(), "event");
  EXPECT_EQ(item.at("length").as_int64(), static_cast<std::int64_t>(lines[2].size()));
  const auto event = boost::json::parse(lines[2]).as_object();
  EXPECT_EQ(event.at("event_id"), head.at("event_id"));
  EXPECT_EQ(event.at("event_id").as_string().size(), 32U);
  EXPECT_EQ(event.at("timestamp").as_string(), "2025-11-25T00:47:37.123Z");
  EXPECT_EQ(event.at("release").as_string(), "vat@1.2.3");
  EXPECT_EQ(event.at("environment").as_string(), "test");
  EXPECT_EQ(event.at("level").as_string(), "error");
  EXPECT_EQ(event.at("logentry").as_object().at("formatted").as_string(), "It \"broke\".");
  EXPECT_EQ(event.at("tags").as_object().at("request_id").as_string(), "r-1");
  EXPECT_EQ(event.at("tags").as_object().at("route").as_string(), "/api/v1/jobs/{id}");
  EXPECT_EQ(event.at("extra").as_object().at("detail").as_string(), "why");
  EXPECT_EQ(event.at("extra").as_object().at("attempt").as_int64(), 2);
}

TEST(Sentry, WhatWaitsIsSentWhenItEnds) {
  const HttpTestServer server(Reply{});
  net::CurlHttpClient http;
  {
    Sentry sentry(http, dsn_of(server), options());
    for (int i = 0; i < 20; ++i) sentry.report(record({}));
  }
  EXPECT_EQ(server.requests().size(), 20U);
}

TEST(Sentry, AServiceThatDoesNotAnswerHoldsUpNobody) {
  const HttpTestServer server(Reply{.silent = true});
  net::CurlHttpClient http;
  SentryOptions few = options();
  few.max_waiting = 3;
  few.last_words = std::chrono::milliseconds(50);
  Sentry sentry(http, dsn_of(server), few);
  sentry.report(record({}));
  ASSERT_TRUE(server.wait_for_requests(1));
  for (int i = 0; i < 10; ++i) sentry.report(record({}));
  EXPECT_EQ(sentry.dropped(), 7U);
  sentry.flush(std::chrono::milliseconds(1));
}

TEST(Sentry, ALimitIsHonoured) {
  const HttpTestServer server(Reply{.status = 429, .headers = {{"Retry-After", "600"}}});
  net::CurlHttpClient http;
  {
    Sentry sentry(http, dsn_of(server), options());
    for (int i = 0; i < 5; ++i) sentry.report(record({}));
    sentry.flush(minutes(1));
    EXPECT_EQ(sentry.dropped(), 5U);
  }
  EXPECT_EQ(server.requests().size(), 1U);
}

HttpResponse answer(int status, HttpHeaders headers) { return {status, std::move(headers), ""}; }

TEST(SentryPause, LimitsOfOtherKindsDoNotCount) {
  const auto now = SentryPause::Clock::now();
  SentryPause pause;
  pause.learn(answer(200, {}), now);
  EXPECT_TRUE(pause.over(now));
  pause.learn(answer(200, {{"X-Sentry-Rate-Limits", "60:transaction;session:key"}}), now);
  EXPECT_TRUE(pause.over(now));
  // A limit of another category may also cause a 429.
  pause.learn(answer(429, {{"X-Sentry-Rate-Limits", "60:transaction:key"}}), now);
  EXPECT_TRUE(pause.over(now));
  pause.learn(answer(200, {{"X-Sentry-Rate-Limits", "10:transaction:key, 30:error;default:organization"}}),
              now);
  EXPECT_FALSE(pause.over(now + seconds(29)));
  EXPECT_TRUE(pause.over(now + seconds(30)));
  pause.learn(answer(200, {{"X-Sentry-Rate-Limits", "2700::organization"}}), now);
  EXPECT_FALSE(pause.over(now + seconds(2699)));
}

TEST(SentryPause, A429WithoutANumberIsAMinute) {
  const auto now = SentryPause::Clock::now();
  SentryPause pause;
  pause.learn(answer(429, {{"Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT"}}), now);
  EXPECT_FALSE(pause.over(now + seconds(59)));
  EXPECT_TRUE(pause.over(now + seconds(60)));
  pause.learn(answer(429, {{"Retry-After", "1e99"}}), now);
  EXPECT_TRUE(pause.over(now + hours(24)));
}

}  // namespace
}  // namespace vat::operation
