// Clients that are too slow or too many.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "http/min_rate_timeout.h"
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

void limit_routes(Router& router, BlockingPool&) {
  router.add(Method::kGet, "/a", answer("yes"));
  router.add(Method::kPost, "/echo", echo());
  router.add(Method::kGet, "/long", [](Request&) -> Task<Result<Response>> {
    Response response;
    constexpr std::size_t kBytes = 50'000'000;
    response.body =
        std::string(kBytes, 'x');  // NOLINT(bugprone-string-constructor): more than its limit of 8 MiB
    co_return response;
  });
  router.add(Method::kGet, "/file", [](Request&) -> Task<Result<Response>> {
    Response response;
    response.body = zeros(200'000'000);
    co_return response;
  });
}

/// Calls `step` every ten milliseconds until it is destroyed.
class Trickle {
 public:
  explicit Trickle(std::function<void()> step)
      : thread_([step = std::move(step)](const std::stop_token& stop) {
          for (; !stop.stop_requested(); std::this_thread::sleep_for(milliseconds(10))) step();
        }) {}

 private:
  std::jthread thread_;
};

TEST(MinRateTimeoutTest, LastsForWhoKeepsTheRateAndEndsForWhoDoesNot) {
  MinRateTimeout kept(milliseconds(1'000), 500);
  MinRateTimeout spent(milliseconds(1'000), 500);
  for (int i = 0; i < 10; ++i) {
    EXPECT_GT(kept.remaining(), Clock::duration::zero());
    kept.spend(milliseconds(900));
    kept.restore(450);
    spent.spend(milliseconds(900));  // checked late, as the sweep does
    spent.restore(10);
  }
  EXPECT_LT(spent.remaining(), Clock::duration::zero());
  kept.restore(1'000'000'000);
  EXPECT_EQ(kept.remaining(), milliseconds(1'000));
  MinRateTimeout any_pace(milliseconds(1'000), 0);
  any_pace.spend(milliseconds(999));
  any_pace.restore(1);
  EXPECT_EQ(any_pace.remaining(), milliseconds(1'000));
}

TEST(MinRateTimeoutTest, AByteForEachLookDoesNotDo) {
  MinRateTimeout timeout(milliseconds(1'000), 500);
  int looks = 0;
  for (; timeout.remaining() > Clock::duration::zero() && looks < 100; ++looks) {
    timeout.spend(std::max<Clock::duration>(timeout.remaining(), milliseconds(500)));
    timeout.restore(10);
  }
  EXPECT_LT(looks, 5);
}

TEST(ServerLimits, AHeadThatComesTooSlowlyGetsA408) {
  TestServer server(limit_routes, {.header_timeout = milliseconds(50)});
  RawClient client(server.port());
  client.send("GET /a HTTP/1.1\r\nHost: ");
  EXPECT_EQ(client.reply().status, 408);
  EXPECT_TRUE(client.is_closed());
}

TEST(ServerLimits, AHeadThatTricklesGetsA408) {
  TestServer server(limit_routes, {.header_timeout = milliseconds(200)});
  RawClient client(server.port());
  client.send("GET /a HTTP/1.1\r\nHost: x\r\nX-Long: ");
  const Trickle trickle([&] { client.send("y"); });
  EXPECT_EQ(client.reply().status, 408);
}

TEST(ServerLimits, AnIdleConnectionIsClosedWithoutAWord) {
  TestServer server(limit_routes, {.idle_timeout = milliseconds(500)});
  RawClient fresh(server.port());
  EXPECT_EQ(fresh.reply().status, 0);
  RawClient used(server.port());
  EXPECT_EQ(used.get("/a").status, 200);
  EXPECT_EQ(used.reply().status, 0);
  EXPECT_TRUE(server.wait_for_connections(0));
}

TEST(ServerLimits, ABodyThatStopsComingGetsA408) {
  TestServer server(limit_routes, {.body_timeout = milliseconds(50)});
  RawClient client(server.port());
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(client.reply().status, 408);
  EXPECT_TRUE(client.is_closed());
  RawClient chunks(server.port());
  chunks.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  EXPECT_EQ(chunks.reply().status, 408);
}

TEST(ServerLimits, ABodyThatTricklesGetsA408) {
  TestServer server(limit_routes, {.body_timeout = milliseconds(200), .min_rate = 10'000});
  for (const bool chunked : {false, true}) {
    RawClient client(server.port());
    client.send("POST /echo HTTP/1.1\r\nHost: x\r\n" +
                std::string(chunked ? "Transfer-Encoding: chunked" : "Content-Length: 1000000") + "\r\n\r\n");
    const Trickle trickle([&] { client.send(chunked ? "1\r\nx\r\n" : "x"); });
    EXPECT_EQ(client.reply().status, 408) << (chunked ? "chunked" : "with a length");
  }
}

TEST(ServerLimits, ABodyThatKeepsTheLeastRateMayTakeItsTime) {
  TestServer server(limit_routes, {.body_timeout = milliseconds(1'000), .min_rate = 1'000});
  RawClient client(server.port());
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n");
  for (int i = 0; i < 50; ++i) {
    std::this_thread::sleep_for(milliseconds(50));
    client.send(std::string(200, 'x'));
  }
  const Reply reply = client.reply();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body.size(), 10'000U);
}

TEST(ServerLimits, AClientThatReadsNothingIsLeft) {
  TestServer server(limit_routes, {.write_timeout = milliseconds(50)});
  for (const std::string_view target : {"/long", "/file"}) {
    RawClient client(server.port(), 4'096);
    client.send("GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.head().status, 200);
    EXPECT_TRUE(server.wait_for_connections(0));
    EXPECT_LT(client.skip(200'000'000), 50'000'000U);
  }
}

TEST(ServerLimits, AClientThatReadsBelowTheLeastRateIsLeftAndAnotherIsNot) {
  for (const std::string_view target : {"/long", "/file"}) {
    TestServer strict(limit_routes, {.write_timeout = milliseconds(200), .min_rate = 10'000'000});
    TestServer patient(limit_routes, {.write_timeout = milliseconds(1'000), .min_rate = 1'000});
    RawClient left(strict.port(), 4'096);
    RawClient kept(patient.port(), 4'096);
    for (RawClient* client : {&left, &kept}) {
      client->send("GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n\r\n");
      EXPECT_EQ(client->head().status, 200);
    }
    // Fewer bytes a second than a socket must send, within the timeout, before it accepts more.
    const Trickle trickle([&] {
      (void)left.skip(500);
      (void)kept.skip(500);
    });
    EXPECT_TRUE(strict.wait_for_connections(0)) << target;
    std::this_thread::sleep_for(milliseconds(2'500));
    EXPECT_EQ(patient.server().statistics().connections, 1U) << target;
  }
}

TEST(ServerLimits, SlowClientsDoNotDelayOthers) {
  TestServer server(limit_routes, {.threads = 1});
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
  TestServer server(limit_routes, {.max_connections = 3});
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
  TestServer server(limit_routes, {.max_connections_per_address = 1});
  RawClient client(server.port());
  EXPECT_EQ(client.get("/a").status, 200);
  EXPECT_TRUE(RawClient(server.port()).is_closed());
  EXPECT_EQ(client.get("/a").status, 200);
}

}  // namespace
}  // namespace vat::http
