// What every client uses: requests and responses, one after another.
#include "http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "http/testing/test_server.h"

namespace vat::http {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

void plain_routes(Router& router, BlockingPool&) {
  router.add(Method::kGet, "/a", answer("first"));
  router.add(Method::kGet, "/b", answer("second"));
  router.add(Method::kPost, "/echo", echo());
}

TEST(BlockingPoolTest, TellsHowBusyItIs) {
  BlockingPool pool(1, 10);
  Event begun;
  Event gate;
  ASSERT_TRUE(pool.try_post([&] {
    begun.set();
    (void)gate.wait();
  }));
  ASSERT_TRUE(begun.wait());
  ASSERT_TRUE(pool.try_post([] {}));
  const PoolUse use = pool.use();
  gate.set();
  EXPECT_EQ(use.threads, 1U);
  EXPECT_EQ(use.busy, 1U);
  EXPECT_EQ(use.waiting, 1U);
  pool.finish();
}

TEST(Server, AnswersSeveralRequestsOnOneConnection) {
  TestServer server(plain_routes);
  RawClient client(server.port());
  for (int i = 0; i < 3; ++i) {
    const Reply reply = client.get("/a");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "first");
    EXPECT_EQ(reply.header("Connection"), "");
  }
  EXPECT_EQ(server.server().statistics().accepted, 1U);
}

TEST(Server, AnswersPipelinedRequestsInTheirOrder) {
  TestServer server(plain_routes);
  RawClient client(server.port());
  client.send(
      "GET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbodyGET "
      "/b "
      "HTTP/1.1\r\nHost: x\r\n\r\nPOST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  for (const std::string_view expected : {"first", "body", "second", "abc", "first"})
    EXPECT_EQ(client.reply().body, expected);
}

TEST(Server, ReadsARequestThatComesByteByByte) {
  TestServer server(plain_routes);
  RawClient client(server.port());
  const std::string request = "\r\nPOST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";
  for (const char c : request) ASSERT_TRUE(client.send({&c, 1}));
  EXPECT_EQ(client.reply().body, "hello");
}

TEST(Server, NamesItsAnswersFields) {
  TestServer server(plain_routes);
  const Reply reply = server.get("/a");
  EXPECT_THAT(reply.header("Date"),
              MatchesRegex("[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT"));
  EXPECT_EQ(reply.header("Content-Length"), "5");
  EXPECT_EQ(reply.header("X-Content-Type-Options"), "nosniff");
  EXPECT_THAT(reply.header("X-Request-Id"), MatchesRegex("[A-Za-z0-9_-]{12}"));
}

TEST(Server, TakesOverAHarmlessRequestIdAndNoOther) {
  TestServer server(plain_routes);
  EXPECT_EQ(server.get("/a", "X-Request-Id: build-7.a_B\r\n").header("X-Request-Id"), "build-7.a_B");
  EXPECT_NE(server.get("/a", "X-Request-Id: a b\r\n").header("X-Request-Id"), "a b");
  const std::string long_id(65, 'a');
  EXPECT_NE(server.get("/a", "X-Request-Id: " + long_id + "\r\n").header("X-Request-Id"), long_id);
  EXPECT_EQ(server.accesses(3)[0].id, "build-7.a_B");
}

TEST(Server, AnswersHeadAsGetWithoutABody) {
  TestServer server(plain_routes);
  RawClient client(server.port());
  client.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
  const Reply head = client.reply(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Content-Length"), "5");
  EXPECT_EQ(client.get("/b").body, "second");
}

TEST(Server, TellsTheMethodsOfARoute) {
  TestServer server(plain_routes);
  RawClient client(server.port());
  client.send("OPTIONS /a HTTP/1.1\r\nHost: x\r\n\r\nOPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n");
  const Reply options = client.reply();
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.header("Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(options.header("Content-Length"), "");
  EXPECT_EQ(client.reply().status, 204);
  client.send("DELETE /a HTTP/1.1\r\nHost: x\r\n\r\n");
  const Reply refused = client.reply();
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(refused.header("Allow"), "GET, HEAD, OPTIONS");
}

TEST(Server, SpeaksHttp10) {
  TestServer server(plain_routes);
  RawClient closing(server.port());
  closing.send("GET /a HTTP/1.0\r\n\r\n");
  const Reply reply = closing.reply();
  EXPECT_EQ(reply.body, "first");
  EXPECT_EQ(reply.header("Connection"), "close");
  EXPECT_TRUE(closing.is_closed());

  RawClient keeping(server.port());
  keeping.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(keeping.reply().header("Connection"), "keep-alive");
  EXPECT_EQ(keeping.get("/b").body, "second");
}

TEST(Server, ClosesWhenTheClientAsks) {
  TestServer server(plain_routes);
  RawClient client(server.port());
  EXPECT_EQ(client.get("/a", "Connection: close\r\n").header("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

TEST(Server, TakesAWholeUrlAsTarget) {
  TestServer server([](Router& router, BlockingPool&) {
    router.add(Method::kGet, "/host", [](Request& request) -> Task<Result<Response>> {
      co_return text_response(200, "text/plain", request.host + request.path);
    });
  });
  EXPECT_EQ(server.get("http://example.org:81/host?a=b").body, "example.org:81/host");
}

TEST(Server, RedirectsFromATrailingSlash) {
  TestServer server(plain_routes);
  const Reply reply = server.get("/a/?x=1");
  EXPECT_EQ(reply.status, 308);
  EXPECT_EQ(reply.header("Location"), "/a?x=1");
  EXPECT_EQ(server.get("/c/").status, 404);
}

TEST(Server, DecodesParametersAndQuery) {
  TestServer server([](Router& router, BlockingPool&) {
    router.add(Method::kGet, "/files/{name}", [](Request& request) -> Task<Result<Response>> {
      co_return text_response(
          200, "text/plain",
          request.parameter("name") + "|" + std::string(request.query_value("q").value_or("-")));
    });
  });
  EXPECT_EQ(server.get("/files/a%20%C3%BC%2Fb?q=x+%26%20y").body, "a \xC3\xBC/b|x & y");
}

TEST(Server, RefusesTargetsThatAreNone) {
  TestServer server(plain_routes);
  RawClient client(server.port());
  for (const std::string_view target :
       {"/%", "/%4", "/%zz", "/%00", "/%ff", "/a?x=%zz", "/a#b", "a", "ftp://x/a"})
    EXPECT_EQ(client.get(target).status, 400) << target;
}

TEST(Server, TurnsAnExceptionIntoA500AndGoesOn) {
  TestServer server([](Router& router, BlockingPool& pool) {
    plain_routes(router, pool);
    router.add(Method::kGet, "/throws",
               [](Request&) -> Task<Result<Response>> { throw std::runtime_error("secret"); });
  });
  RawClient client(server.port());
  ::testing::internal::CaptureStderr();
  const Reply reply = client.get("/throws");
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(reply.status, 500);
  EXPECT_THAT(reply.body, Not(HasSubstr("secret")));
  EXPECT_THAT(log, HasSubstr("secret"));
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1) << log;
  EXPECT_EQ(client.get("/a").body, "first");
}

TEST(Server, WritesErrorsInTheFormOfTheLongestPrefix) {
  TestServer server([](Router& router, BlockingPool&) {
    const auto writer = [](std::string mark) {
      return [mark = std::move(mark)](const Request&, const Error& error) {
        return text_response(http_status(error), "text/plain", mark + error.message);
      };
    };
    router.set_error_writer("", writer("page: "));
    router.set_error_writer("/api", writer("api: "));
    router.add(Method::kGet, "/api/x", [](Request&) -> Task<Result<Response>> {
      co_return fail(ErrorCode::kNotFound, "No such thing.");
    });
  });
  EXPECT_EQ(server.get("/api/x").body, "api: No such thing.");
  EXPECT_EQ(server.get("/api/x").status, 404);
  EXPECT_THAT(server.get("/api/y").body, HasSubstr("api: "));
  EXPECT_THAT(server.get("/z").body, HasSubstr("page: "));
}

TEST(Server, WritesNoFieldThatAValueSmugglesIn) {
  TestServer server([](Router& router, BlockingPool&) {
    router.add(Method::kGet, "/a", [](Request&) -> Task<Result<Response>> {
      co_return empty_response(200).set("X-Name", "a\r\nSet-Cookie: b");
    });
  });
  const Reply reply = server.get("/a");
  EXPECT_EQ(reply.header("Set-Cookie"), "");
  EXPECT_EQ(reply.header("X-Name"), "a  Set-Cookie: b");
}

TEST(Server, ReportsEachAnswer) {
  TestServer server(plain_routes);
  RawClient client(server.port());
  client.send("POST /echo?a=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody");
  EXPECT_EQ(client.reply().status, 200);
  const auto accesses = server.accesses(1);
  ASSERT_EQ(accesses.size(), 1U);
  EXPECT_EQ(accesses[0].target, "/echo?a=1");
  EXPECT_EQ(accesses[0].route, "/echo");
  EXPECT_EQ(accesses[0].remote_address, "127.0.0.1");
  EXPECT_EQ(accesses[0].bytes_in, 4U);
  EXPECT_EQ(accesses[0].bytes_out, 4U);
}

TEST(Server, FinishesEveryResponse) {
  TestServer server([](Router& router, BlockingPool& pool) {
    plain_routes(router, pool);
    router.add(Method::kGet, "/fields", [](Request& request) -> Task<Result<Response>> {
      request.response_fields.emplace_back("X-Left", "3");
      co_return fail(ErrorCode::kLimit, "Too many.");
    });
    router.set_finisher(
        [](const Request& request, Response& response) { response.set("X-Path", request.path); });
  });
  EXPECT_EQ(server.get("/a").header("X-Path"), "/a");
  EXPECT_EQ(server.get("/nothing").header("X-Path"), "/nothing");
  EXPECT_EQ(server.get("/fields").header("X-Left"), "3");
  RawClient client(server.port());
  client.send("GET /bad HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n");
  EXPECT_EQ(client.reply().header("X-Path"), "/bad");
}

TEST(Server, TakesTheClientsAddressFromListedProxies) {
  TestServer trusting(plain_routes, {.trusted_proxies = {"127.0.0.0/8"}});
  (void)trusting.get("/a", "X-Forwarded-For: 192.0.2.1, 198.51.100.1\r\n");
  EXPECT_EQ(trusting.accesses(1)[0].remote_address, "198.51.100.1");
  TestServer plain(plain_routes);
  (void)plain.get("/a", "X-Forwarded-For: 198.51.100.1\r\n");
  EXPECT_EQ(plain.accesses(1)[0].remote_address, "127.0.0.1");
}

TEST(Server, LeadsPlainTextToHttps) {
  TestServer server(
      plain_routes,
      {.trusted_proxies = {"127.0.0.1"}, .https_origin = "https://vat.example", .plain_paths = {"/b"}});
  const std::string browser = "Accept: text/html,*/*;q=0.8\r\n";
  const Reply led = server.get("/a?x=1", browser);
  EXPECT_EQ(led.status, 308);
  EXPECT_EQ(led.header("Location"), "https://vat.example/a?x=1");
  EXPECT_EQ(server.get("//evil.example/", browser).header("Location"), "https://vat.example//evil.example/");
  EXPECT_EQ(server.get("/b").body, "second");
  EXPECT_EQ(server.get("/a", "X-Forwarded-Proto: https\r\n").body, "first");
  EXPECT_EQ(server.get("/a").status, 403);
  EXPECT_EQ(server.get("/a", browser + "Authorization: Bearer vat_x\r\n").status, 403);
  RawClient client(server.port());
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nsecret");
  const Reply refused = client.reply();
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("https://vat.example"));
}

TEST(Server, SaysWhyItCannotListen) {
  TestServer server(plain_routes);
  const Router router;
  BlockingPool pool(1, 1);
  const auto start = [&](ServerOptions options) { return Server(std::move(options), router, pool).start(); };
  EXPECT_EQ(start({.port = server.port()}).error().code, ErrorCode::kExists);
  EXPECT_EQ(start({.address = "localhost", .port = 0}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(start({.address = "192.0.2.1", .port = 0}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(start({.port = 0, .trusted_proxies = {"x"}}).error().code, ErrorCode::kInvalidArgument);
}

TEST(Server, ListensOnIpv6) {
  TestServer server(plain_routes, {.address = "::"});
  EXPECT_EQ(server.get("/a").body, "first");
  EXPECT_EQ(server.accesses(1)[0].remote_address, "127.0.0.1");
}

}  // namespace
}  // namespace vat::http
