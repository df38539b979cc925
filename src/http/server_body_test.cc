// Request bodies: how they arrive, and what happens to those that no handler reads.
#include <gtest/gtest.h>

#include <atomic>

#include "http/testing/test_server.h"

namespace vat::http {
namespace {

using namespace testing;

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 1;
  for (char& c : bytes) {
    state = state * 1'664'525U + 1'013'904'223U;
    c = static_cast<char>(state >> 24U);
  }
  return bytes;
}

std::string post(std::string_view target, std::string_view fields, std::string_view body = {}) {
  return "POST " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n" + std::string(fields) + "\r\n" +
         std::string(body);
}

std::string chunked(std::string_view bytes, std::size_t chunk) {
  std::string text;
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, chunk);
    char line[20];
    std::snprintf(line, sizeof line, "%zX;x=\"y\"\r\n", piece.size());
    text += line + std::string(piece) + "\r\n";
    bytes.remove_prefix(piece.size());
  }
  return text + "0\r\nX-Trailer: z\r\n\r\n";
}

void body_routes(Router& router, BlockingPool&) {
  router.add(Method::kGet, "/a", answer("yes"));
  router.add(Method::kPost, "/echo", echo(), {.max_body_bytes = 8U << 20U});
  router.add(Method::kPost, "/small", echo(), {.max_body_bytes = 10});
  const auto refuse = [](Request&) -> Task<Result<Response>> {
    co_return fail(ErrorCode::kUnauthorized, "Sign in first.");
  };
  router.add(Method::kPost, "/refuse", refuse, {.max_body_bytes = 1ULL << 40U});
}

TEST(ServerBody, ArrivesWholeWhateverItsFraming) {
  TestServer server(body_routes);
  const std::string body = pattern(3'000'001);
  RawClient client(server.port());
  client.send(post("/echo", "Content-Length: 3000001\r\n", body));
  EXPECT_EQ(client.reply().body, body);
  for (const std::size_t chunk : {std::size_t{7'919}, std::size_t{262'144}, body.size()}) {
    client.send(post("/echo", "Transfer-Encoding: chunked\r\n", chunked(body, chunk)));
    EXPECT_EQ(client.reply().body, body) << chunk;
  }
  client.send(post("/echo", "Transfer-Encoding: Chunked\r\n", chunked(body.substr(0, 5'000), 1)));
  EXPECT_EQ(client.reply().body, body.substr(0, 5'000));
  EXPECT_EQ(client.get("/a").body, "yes");
}

TEST(ServerBody, OfChunksMayBeCutAnywhere) {
  TestServer server(body_routes);
  RawClient client(server.port());
  const std::string text = post("/echo", "Transfer-Encoding: chunked\r\n", chunked("hello chunked world", 4));
  for (const char c : text) ASSERT_TRUE(client.send({&c, 1}));
  EXPECT_EQ(client.reply().body, "hello chunked world");
  client.send(post("/echo", "Transfer-Encoding: chunked\r\n", "0\r\n"));
  client.send("\r");
  client.send("\n");
  EXPECT_EQ(client.reply().status, 200);
}

TEST(ServerBody, IsAskedForWhenTheHandlerFirstReads) {
  TestServer server(body_routes);
  RawClient client(server.port());
  client.send(post("/echo", "Content-Length: 5\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(client.head().status, 100);
  client.send("hello");
  EXPECT_EQ(client.reply().body, "hello");
  EXPECT_EQ(client.get("/a").body, "yes");
}

TEST(ServerBody, ThatIsRefusedIsNotAskedFor) {
  TestServer server(body_routes);
  RawClient client(server.port());
  client.send(post("/refuse", "Content-Length: 20000000000\r\nExpect: 100-continue\r\n"));
  const Reply reply = client.head();
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(reply.header("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(server.accesses(1)[0].bytes_in, 0U);
}

TEST(ServerBody, LongerThanItsRouteTakesGetsA413BeforeItIsRead) {
  TestServer server(body_routes);
  RawClient client(server.port());
  client.send(post("/small", "Content-Length: 11\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(client.head().status, 413);
  RawClient other(server.port());
  other.send(post("/small", "Content-Length: 99999999999\r\n", "abc"));
  EXPECT_EQ(other.reply().status, 413);
  EXPECT_TRUE(other.is_closed());
}

TEST(ServerBody, OfChunksGetsA413WhenItGrowsTooLong) {
  TestServer server(body_routes);
  RawClient client(server.port());
  client.send(post("/small", "Transfer-Encoding: chunked\r\n", chunked("0123456789", 4)));
  EXPECT_EQ(client.reply().body, "0123456789");
  client.send(post("/small", "Transfer-Encoding: chunked\r\n", chunked("0123456789A", 4)));
  EXPECT_EQ(client.reply().status, 413);
  EXPECT_TRUE(client.is_closed());
}

TEST(ServerBody, OfSomeKilobytesIsPassedOverWhenTheHandlerDidNotWantIt) {
  TestServer server(body_routes);
  RawClient client(server.port());
  client.send(post("/refuse", "Content-Length: 60000\r\n", std::string(60'000, 'x')));
  EXPECT_EQ(client.reply().status, 401);
  EXPECT_EQ(client.get("/a").body, "yes");
  client.send(post("/refuse", "Transfer-Encoding: chunked\r\n", chunked(std::string(60'000, 'x'), 1'000)));
  EXPECT_EQ(client.reply().status, 401);
  EXPECT_EQ(client.get("/a").body, "yes");
}

TEST(ServerBody, OfManyKilobytesEndsTheConnectionWhenTheHandlerDidNotWantIt) {
  TestServer server(body_routes);
  RawClient client(server.port());
  client.send(post("/refuse", "Content-Length: 10000000\r\n", "begun"));
  const Reply reply = client.reply();
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(reply.header("Connection"), "close");
  // What the client still sends must not destroy the response in transit.
  client.send(std::string(1'000'000, 'x'));
  EXPECT_TRUE(client.is_closed());
}

TEST(ServerBody, ThatBreaksOffIsAnErrorOfTheReader) {
  Event noticed;
  std::atomic<int> code = -1;
  TestServer server([&](Router& router, BlockingPool&) {
    router.add(Method::kPost, "/echo", [&](Request& request) -> Task<Result<Response>> {
      Result<std::string> all = co_await request.body->read_all(1'000'000);
      code = all ? -2 : static_cast<int>(all.error().code);
      noticed.set();
      co_return empty_response(200);
    });
  });
  RawClient client(server.port());
  client.send(post("/echo", "Content-Length: 100\r\n", "abc"));
  client.reset();
  ASSERT_TRUE(noticed.wait());
  EXPECT_EQ(code, static_cast<int>(ErrorCode::kNetwork));
}

TEST(ServerBody, IsReadByMoreUploadsThanThereIsMemoryFor) {
  // A thread has only eight blocks.
  TestServer server(
      [](Router& router, BlockingPool& pool) {
        router.add(Method::kPost, "/count",
                   [&pool](Request& request) -> Task<Result<Response>> {
                     std::uint64_t count = 0;
                     while (true) {
                       Result<std::string_view> piece = co_await request.body->read();
                       if (!piece) co_return fail(std::move(piece).error());
                       if (piece->empty()) break;
                       // Holds the block while others wait for one.
                       Result<std::uint64_t> size =
                           co_await pool.run([&piece]() -> Result<std::uint64_t> { return piece->size(); });
                       if (!size) co_return fail(std::move(size).error());
                       count += *size;
                     }
                     co_return text_response(200, "text/plain", std::to_string(count));
                   },
                   {.max_body_bytes = 1U << 30U});
      },
      {.threads = 1});
  std::vector<std::unique_ptr<RawClient>> clients;
  const std::string head = post("/count", "Content-Length: 400000\r\n");
  for (int i = 0; i < 64; ++i) clients.push_back(std::make_unique<RawClient>(server.port()));
  for (const auto& client : clients) ASSERT_TRUE(client->send(head + std::string(100'000, 'a')));
  for (const auto& client : clients) ASSERT_TRUE(client->send(std::string(300'000, 'b')));
  for (const auto& client : clients) EXPECT_EQ(client->reply().body, "400000");
}

void patient_routes(Router& router, BlockingPool&) {
  router.add(Method::kPost, "/echo", echo());
  // As a handler that waits for a job, and whose client leaves.
  router.add(Method::kPost, "/wait", [](Request& request) -> Task<Result<Response>> {
    Signal never(co_await boost::asio::this_coro::executor);
    while (!request.body->client_gone()) (void)co_await request.body->wait(never, std::chrono::seconds(10));
    co_return fail(ErrorCode::kUnavailable, "Nobody waits.");
  });
}

TEST(Server, CountsAClientThatLeavesAsThat) {
  TestServer server(patient_routes);
  const std::string head = " HTTP/1.1\r\nHost: x\r\n";
  RawClient half(server.port());
  half.send("POST /echo" + head + "Content-Length: 10\r\n\r\nabc");
  half.reset();
  EXPECT_EQ(server.accesses(1).at(0).status, 499);
  RawClient chunked(server.port());
  chunked.send("POST /echo" + head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  chunked.end_writing();
  EXPECT_EQ(chunked.reply().status, 400) << "it may still read";
  EXPECT_EQ(server.accesses(2).at(1).status, 499);
  {
    RawClient waiting(server.port());
    waiting.send("POST /wait" + head + "Content-Length: 0\r\n\r\n");
    ASSERT_TRUE(server.wait_for_connections(1));
  }
  EXPECT_EQ(server.accesses(3).at(2).status, 499);
}

TEST(Server, RefusesBodiesThatAreEncoded) {
  TestServer server(patient_routes);
  for (const char* const coding : {"gzip", "br", "identity, gzip", "x"}) {
    RawClient client(server.port());
    client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Encoding: " +
                std::string(coding) + "\r\n\r\nabc");
    const Reply reply = client.reply();
    EXPECT_EQ(reply.status, 415) << coding;
    EXPECT_EQ(reply.header("Accept-Encoding"), "identity");
  }
  for (const char* const coding : {"identity", "Identity", ""}) {
    RawClient client(server.port());
    client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Encoding: " +
                std::string(coding) + "\r\n\r\nabc");
    EXPECT_EQ(client.reply().body, "abc") << coding;
  }
}

}  // namespace
}  // namespace vat::http
