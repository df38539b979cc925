#include "net/curl_http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>
#include <vector>

#include "net/testing/http_test_server.h"

namespace vat::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::vat::test_server::HttpTestServer;
using ::vat::test_server::Reply;
using ::vat::test_server::ServedRequest;
using ::vat::test_server::unused_port;

HttpRequest get(std::string url) {
  HttpRequest request;
  request.url = std::move(url);
  return request;
}

Reply redirect_to(std::string location, int status = 302) {
  Reply reply;
  reply.status = status;
  reply.headers = {{"Location", std::move(location)}};
  return reply;
}

TEST(CurlHttpClientTest, AnAnswerHasStatusHeadersAndBody) {
  Reply reply;
  reply.headers = {{"X-Thing", " value "}};
  reply.body = "hello";
  HttpTestServer server(reply);
  CurlHttpClient client;
  const auto response = client.send(get(server.url("/a?b=c")), {});
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "hello");
  EXPECT_EQ(find_header(response->headers, "x-thing"), "value");
  EXPECT_EQ(server.requests().at(0).target, "/a?b=c");
  EXPECT_THAT(server.requests().at(0).header("User-Agent"), HasSubstr("video-audio-text/"));
}

TEST(CurlHttpClientTest, ABodyAndHeadersReachTheServer) {
  HttpTestServer server(Reply{});
  CurlHttpClient client;
  HttpRequest request = get(server.url("/"));
  request.method = "POST";
  request.headers = {
      {"Content-Type", "application/json"}, {"X-Empty", ""}, {"Authorization", "Bearer secret"}};
  request.body = std::string("{\0}", 3) + std::string(3'000'000, 'x');
  ASSERT_TRUE(client.send(request, {}));
  const ServedRequest seen = server.requests().at(0);
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.body, request.body);
  EXPECT_EQ(seen.header("Content-Type"), "application/json");
  EXPECT_EQ(seen.header("Authorization"), "Bearer secret");
  EXPECT_EQ(seen.header("Expect"), "");
}

TEST(CurlHttpClientTest, ARequestRemembersNothingOfTheOneBefore) {
  HttpTestServer server(Reply{});
  CurlHttpClient client;
  HttpRequest post = get(server.url("/"));
  post.method = "POST";
  post.headers = {{"Authorization", "Bearer secret"}};
  post.body = "body";
  ASSERT_TRUE(client.send(post, {}));
  ASSERT_TRUE(client.send(get(server.url("/")), {}));
  EXPECT_EQ(server.requests().at(1).method, "GET");
  EXPECT_EQ(server.requests().at(1).header("Authorization"), "");
  EXPECT_EQ(server.requests().at(1).body, "");
}

TEST(CurlHttpClientTest, AFailureStatusIsAnAnswer) {
  Reply reply;
  reply.status = 503;
  reply.body = "later";
  HttpTestServer server(reply);
  const auto response = CurlHttpClient().send(get(server.url("/")), {});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 503);
  EXPECT_EQ(response->body, "later");
}

TEST(CurlHttpClientTest, ARefusedConnectionNamesTheServer) {
  const std::string host = "127.0.0.1:" + std::to_string(unused_port());
  const auto response = CurlHttpClient().send(get("http://user:password@" + host + "/secret-path"), {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kNetwork);
  EXPECT_TRUE(response.error().retryable);
  EXPECT_EQ(response.error().message, "Cannot reach " + host + ": Could not connect.");
}

TEST(CurlHttpClientTest, AnUnknownHostIsNamed) {
  // RFC 6761 section 6.4: no name under .invalid exists.
  const auto response = CurlHttpClient().send(get("http://nothing.invalid/"), {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kNetwork);
  EXPECT_TRUE(response.error().retryable);
  EXPECT_THAT(response.error().message, HasSubstr("Cannot reach nothing.invalid: "));
}

TEST(CurlHttpClientTest, AStopEndsAWaitForAnAnswer) {
  Reply reply;
  reply.silent = true;
  HttpTestServer server(reply);
  CurlHttpClient client;
  std::stop_source stop;
  const std::jthread stopper([&] {
    EXPECT_TRUE(server.wait_for_requests(1));
    stop.request_stop();
  });
  EXPECT_EQ(client.send(get(server.url("/")), stop.get_token()).error().code, ErrorCode::kCancelled);
}

TEST(CurlHttpClientTest, AStopThatCameFirstSendsNothing) {
  HttpTestServer server(Reply{});
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(CurlHttpClient().send(get(server.url("/")), stop.get_token()).error().code,
            ErrorCode::kCancelled);
  EXPECT_TRUE(server.requests().empty());
}

TEST(CurlHttpClientTest, AServerThatNeverAnswersMeetsTheDeadline) {
  Reply reply;
  reply.silent = true;
  HttpTestServer server(reply);
  HttpRequest request = get(server.url("/"));
  request.total_timeout = std::chrono::milliseconds(100);
  const auto response = CurlHttpClient().send(request, {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kNetwork);
  EXPECT_TRUE(response.error().retryable);
  EXPECT_THAT(response.error().message, HasSubstr("did not respond completely in time"));
}

TEST(CurlHttpClientTest, AServerThatFallsSilentIsGivenUp) {
  Reply reply;
  reply.body = "first half";
  reply.claimed_length = 20;
  reply.stall = true;
  HttpTestServer server(reply);
  HttpRequest request = get(server.url("/"));
  request.total_timeout = std::chrono::milliseconds(0);
  request.idle_timeout = std::chrono::milliseconds(500);
  std::string got;
  HttpSink sink;
  sink.write = [&](std::string_view bytes) -> Result<> {
    got += bytes;
    return {};
  };
  const auto response = CurlHttpClient().download(request, sink, {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kNetwork);
  EXPECT_EQ(got, "first half");
}

TEST(CurlHttpClientTest, AServerThatNeverAnswersIsGivenUpThroughAllRedirects) {
  HttpTestServer server([](const ServedRequest& request) {
    if (request.target == "/silent") return Reply{.silent = true};
    return Reply{.status = 302, .headers = {{"Location", "/silent"}}};
  });
  HttpRequest request = get(server.url("/"));
  request.total_timeout = std::chrono::milliseconds(0);
  // Would exceed the test's time.
  request.idle_timeout = std::chrono::hours(1);
  request.answer_timeout = std::chrono::milliseconds(300);
  const auto response = CurlHttpClient().send(request, {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kNetwork);
  EXPECT_EQ(server.requests().back().target, "/silent");
}

TEST(CurlHttpClientTest, AnEndlessAnswerMeetsTheBound) {
  Reply reply;
  reply.body = std::string(10'000, 'x');
  reply.endless = true;
  HttpTestServer server(reply);
  HttpRequest request = get(server.url("/"));
  request.max_response_bytes = 1'000'000;
  const auto response = CurlHttpClient().send(request, {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kLimit);
}

TEST(CurlHttpClientTest, AnAnswerOfExactlyTheBoundIsTaken) {
  Reply reply;
  reply.body = std::string(1000, 'x');
  HttpTestServer server(reply);
  HttpRequest request = get(server.url("/"));
  request.max_response_bytes = 1000;
  EXPECT_TRUE(CurlHttpClient().send(request, {}));
  request.max_response_bytes = 999;
  EXPECT_EQ(CurlHttpClient().send(request, {}).error().code, ErrorCode::kLimit);
}

TEST(CurlHttpClientTest, HeadersWithoutEndAreRefused) {
  Reply reply;
  for (int i = 0; i < 300; ++i) reply.headers.emplace_back("X-Long", std::string(1000, 'x'));
  HttpTestServer server(reply);
  const auto response = CurlHttpClient().send(get(server.url("/")), {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kNetwork);
}

TEST(CurlHttpClientTest, ARedirectIsFollowedAndItsBodyDropped) {
  HttpTestServer server([](const ServedRequest& request) {
    if (request.target == "/there") return Reply{.body = "found"};
    Reply reply = redirect_to("/there");
    reply.body = "moved";
    return reply;
  });
  std::string got;
  int heads = 0;
  HttpSink sink;
  sink.begin = [&](const HttpResponse& head) -> Result<> {
    ++heads;
    EXPECT_EQ(head.status, 200);
    return {};
  };
  sink.write = [&](std::string_view bytes) -> Result<> {
    got += bytes;
    return {};
  };
  const auto response = CurlHttpClient().download(get(server.url("/here")), sink, {});
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(got, "found");
  EXPECT_EQ(heads, 1);
}

TEST(CurlHttpClientTest, RedirectsInACircleEnd) {
  HttpTestServer server([](const ServedRequest&) { return redirect_to("/again"); });
  const auto response = CurlHttpClient().send(get(server.url("/")), {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kNetwork);
  EXPECT_EQ(server.requests().size(), 6U);
}

TEST(CurlHttpClientTest, ARedirectToAFileIsRefused) {
  HttpTestServer server([](const ServedRequest&) { return redirect_to("file:///etc/passwd"); });
  const auto response = CurlHttpClient().send(get(server.url("/")), {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kNetwork);
  EXPECT_THAT(response.error().message, Not(HasSubstr("passwd")));
}

TEST(CurlHttpClientTest, AnotherOriginSeesNoSecret) {
  HttpTestServer other(Reply{});
  HttpTestServer server([&](const ServedRequest& request) {
    return request.target == "/one" ? redirect_to("/two") : redirect_to(other.url("/three"));
  });
  HttpRequest request = get(server.url("/one"));
  request.headers = {{"X-Goog-Api-Key", "secret"}, {"Authorization", "Bearer secret"}, {"Range", "bytes=5-"}};
  ASSERT_TRUE(CurlHttpClient().send(request, {}));
  EXPECT_EQ(server.requests().at(1).header("X-Goog-Api-Key"), "secret");
  EXPECT_EQ(other.requests().at(0).header("X-Goog-Api-Key"), "");
  EXPECT_EQ(other.requests().at(0).header("Authorization"), "");
  EXPECT_EQ(other.requests().at(0).header("Range"), "bytes=5-");
}

TEST(CurlHttpClientTest, APostIsNotSentAnywhereElse) {
  HttpTestServer server([](const ServedRequest&) { return redirect_to("/there", 307); });
  HttpRequest request = get(server.url("/"));
  request.method = "POST";
  const auto response = CurlHttpClient().send(request, {});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 307);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(CurlHttpClientTest, PublicOnlyRefusesThisMachine) {
  HttpTestServer server(Reply{});
  CurlHttpClient client(CurlOptions{.addresses = AddressPolicy::kPublicOnly});
  const std::string port = std::to_string(server.port());
  for (const char* host :
       {"127.0.0.1", "localhost", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"}) {
    const auto response = client.send(get("http://" + std::string(host) + ":" + port + "/"), {});
    ASSERT_FALSE(response) << host;
    // A machine without this address family attempts no connection.
    EXPECT_TRUE(response.error().code == ErrorCode::kInvalidArgument ||
                response.error().code == ErrorCode::kNetwork);
  }
  EXPECT_EQ(client.send(get(server.url("/")), {}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(server.requests().empty());
}

TEST(CurlHttpClientTest, PublicOnlyRefusesARedirectToAPrivateNetwork) {
  for (const char* target :
       {"127.0.0.2", "169.254.169.254", "[::1]", "[::ffff:10.0.0.1]", "0x7f000002", "10.1"}) {
    HttpTestServer server(
        [&](const ServedRequest&) { return redirect_to(std::string("http://") + target + "/"); });
    CurlHttpClient client(
        {.addresses = AddressPolicy::kPublicOnly, .also_allowed = {Network::parse("127.0.0.1").value()}});
    const auto response = client.send(get(server.url("/")), {});
    ASSERT_FALSE(response) << target;
    EXPECT_EQ(response.error().code, ErrorCode::kInvalidArgument) << target << response.error().message;
    EXPECT_THAT(response.error().message, HasSubstr("is not a public internet address"));
    EXPECT_EQ(server.requests().size(), 1U);
  }
}

TEST(CurlHttpClientTest, TheAnswerHasTheUrlThatItIsOf) {
  HttpTestServer server([](const ServedRequest& request) {
    return request.target == "/there" ? Reply{.body = "here"} : redirect_to("/there");
  });
  CurlHttpClient client(
      {.addresses = AddressPolicy::kPublicOnly, .also_allowed = {Network::parse("127.0.0.0/8").value()}});
  const auto response = client.send(get(server.url("/")), {});
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "here");
  EXPECT_EQ(response->url, server.url("/there"));
}

TEST(CurlHttpClientTest, OnlyWebAddressesAreCalled) {
  CurlHttpClient client;
  for (const char* url : {"", "example.com", "file:///etc/passwd", "ftp://example.com/", "gopher://x/",
                          "http://", "http://a b/", "http://a/\r\nX: y", "//example.com"}) {
    const auto response = client.send(get(url), {});
    ASSERT_FALSE(response) << url;
    EXPECT_EQ(response.error().code, ErrorCode::kInvalidArgument) << url;
  }
}

TEST(CurlHttpClientTest, HeadersCannotBeSmuggled) {
  HttpTestServer server(Reply{});
  CurlHttpClient client;
  HttpRequest request = get(server.url("/"));
  request.headers = {{"X-Name", "value\r\nX-Other: 1"}};
  EXPECT_EQ(client.send(request, {}).error().code, ErrorCode::kInvalidArgument);
  request.headers = {{"X Name:", "value"}};
  EXPECT_EQ(client.send(request, {}).error().code, ErrorCode::kInvalidArgument);
  request.headers.clear();
  request.method = "GET / HTTP/1.1\r\nX:";
  EXPECT_EQ(client.send(request, {}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(server.requests().empty());
}

TEST(CurlHttpClientTest, WhatCameBeforeABreakIsDelivered) {
  Reply reply;
  reply.body = std::string(100'000, 'x');
  reply.close_after = 60'000;
  HttpTestServer server(reply);
  std::size_t got = 0;
  HttpSink sink;
  sink.write = [&](std::string_view bytes) -> Result<> {
    got += bytes.size();
    return {};
  };
  const auto response = CurlHttpClient().download(get(server.url("/")), sink, {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kNetwork);
  EXPECT_TRUE(response.error().retryable);
  EXPECT_EQ(got, 60'000U);
}

TEST(CurlHttpClientTest, TheSinksErrorIsTheDownloads) {
  Reply reply;
  reply.body = std::string(100'000, 'x');
  HttpTestServer server(reply);
  CurlHttpClient client;
  HttpSink full;
  full.write = [](std::string_view) -> Result<> { return fail(ErrorCode::kDiskFull, "Full."); };
  EXPECT_EQ(client.download(get(server.url("/")), full, {}).error().code, ErrorCode::kDiskFull);
  HttpSink refusing;
  refusing.begin = [](const HttpResponse&) -> Result<> { return fail(ErrorCode::kBadData, "No."); };
  EXPECT_EQ(client.download(get(server.url("/")), refusing, {}).error().code, ErrorCode::kBadData);
  HttpSink throwing;
  throwing.write = [](std::string_view) -> Result<> { throw std::bad_alloc(); };
  EXPECT_EQ(client.download(get(server.url("/")), throwing, {}).error().code, ErrorCode::kInternal);
}

TEST(CurlHttpClientTest, AnAnswerWithoutBodyBeginsToo) {
  Reply reply;
  reply.status = 204;
  HttpTestServer server(reply);
  int status = 0;
  HttpSink sink;
  sink.begin = [&](const HttpResponse& head) -> Result<> {
    status = head.status;
    return {};
  };
  ASSERT_TRUE(CurlHttpClient().download(get(server.url("/")), sink, {}));
  EXPECT_EQ(status, 204);
}

TEST(CurlHttpClientTest, ManyThreadsShareAClient) {
  HttpTestServer server([](const ServedRequest& request) { return Reply{.body = request.target}; });
  CurlHttpClient client;
  std::vector<std::jthread> threads;
  threads.reserve(8);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int k = 0; k < 10; ++k) {
        const std::string path = "/" + std::to_string(i) + "/" + std::to_string(k);
        const auto response = client.send(get(server.url(path)), {});
        ASSERT_TRUE(response) << response.error().message;
        EXPECT_EQ(response->body, path);
      }
    });
  }
}

TEST(CurlHttpClientTest, TheEnvironmentsProxyIsUsed) {
  HttpTestServer proxy(Reply{.body = "by proxy"});
  ASSERT_EQ(::setenv("http_proxy", proxy.url("").c_str(), 1), 0);  // NOLINT(concurrency-mt-unsafe)
  const auto response = CurlHttpClient().send(get("http://nothing.invalid/page"), {});
  ::unsetenv("http_proxy");  // NOLINT(concurrency-mt-unsafe)
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "by proxy");
  EXPECT_EQ(proxy.requests().at(0).target, "http://nothing.invalid/page");
}

}  // namespace
}  // namespace vat::net
