// Clients that are too slow or too many.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "http/testing/test_server.h"

namespace vat::http {
namespace {

using namespace testing;
using std::chrono::milliseconds;

FileBody zeros(std::uint64_t length) {
  UniqueFd file(memfd_create("zeros", MFD_CLOEXEC));
  if (ftruncate(file.get(), static_cast<off_t>(length)) != 0) std::abort();
  return {std::make_shared<const UniqueFd>(std::move(file)), 0, length};
}

void routes(Router& router, BlockingPool&) {
  router.add(Method::kGet, "/a", answer("yes"));
  router.add(Method::kPost, "/echo", echo());
  router.add(Method::kGet, "/long", [](Request&) -> Task<Result<Response>> {
    Response response;
    response.body = std::string(50'000'000, 'x');
    co_return response;
  });
  router.add(Method::kGet, "/file", [](Request&) -> Task<Result<Response>> {
    Response response;
    response.body = zeros(200'000'000);
    co_return response;
  });
}

TEST(ServerLimits, AHeadThatComesTooSlowlyGetsA408) {
  TestServer server(routes, {.header_timeout = milliseconds(50)});
  RawClient client(server.port());
  client.send("GET /a HTTP/1.1\r\nHost: ");
  EXPECT_EQ(client.reply().status, 408);
  EXPECT_TRUE(client.is_closed());
}

TEST(ServerLimits, AnIdleConnectionIsClosedWithoutAWord) {
  TestServer server(routes, {.idle_timeout = milliseconds(50)});
  RawClient fresh(server.port());
  EXPECT_EQ(fresh.reply().status, 0);
  RawClient used(server.port());
  EXPECT_EQ(used.get("/a").status, 200);
  EXPECT_EQ(used.reply().status, 0);
  EXPECT_TRUE(server.wait_for_connections(0));
}

TEST(ServerLimits, ABodyThatStopsComingGetsA408) {
  TestServer server(routes, {.body_timeout = milliseconds(50)});
  RawClient client(server.port());
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(client.reply().status, 408);
  EXPECT_TRUE(client.is_closed());
  RawClient chunks(server.port());
  chunks.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  EXPECT_EQ(chunks.reply().status, 408);
}

TEST(ServerLimits, AClientThatReadsNothingIsLeft) {
  TestServer server(routes, {.write_timeout = milliseconds(50)});
  for (const std::string_view target : {"/long", "/file"}) {
    RawClient client(server.port(), 4'096);
    client.send("GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.head().status, 200);
    EXPECT_TRUE(server.wait_for_connections(0));
    EXPECT_LT(client.skip(200'000'000), 50'000'000U);
  }
}

TEST(ServerLimits, SlowClientsDoNotDelayOthers) {
  TestServer server(routes, {.threads = 1});
  std::vector<std::unique_ptr<RawClient>> slow;
  for (int i = 0; i < 200; ++i) {
    slow.push_back(std::make_unique<RawClient>(server.port(), 4'096));
    slow.back()->send(i % 3 == 0   ? "GET /a HTTP/1.1\r\n"
                      : i % 3 == 1 ? "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"
                                   : "GET /file HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  RawClient client(server.port());
  for (int i = 0; i < 100; ++i) ASSERT_EQ(client.get("/a").body, "yes");
}

TEST(ServerLimits, ConnectionsOverTheLimitAreRefusedAndCounted) {
  TestServer server(routes, {.most_connections = 3});
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    EXPECT_EQ(clients.back()->get("/a").status, 200);
  }
  EXPECT_EQ(RawClient(server.port()).reply().status, 503);
  EXPECT_EQ(server.server().statistics().refused, 1U);
  EXPECT_EQ(server.server().statistics().connections, 3U);
  clients.pop_back();
  ASSERT_TRUE(server.wait_for_connections(2));
  EXPECT_EQ(server.get("/a").status, 200);
}

TEST(ServerLimits, ConnectionsOfOneAddressAreLimited) {
  TestServer server(routes, {.most_connections_per_address = 1});
  RawClient client(server.port());
  EXPECT_EQ(client.get("/a").status, 200);
  EXPECT_TRUE(RawClient(server.port()).is_closed());
  EXPECT_EQ(client.get("/a").status, 200);
}

}  // namespace
}  // namespace vat::http
