// Responses that are produced while they are sent: streams, events, files; and the end of the server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>

#include "http/event_stream.h"
#include "http/testing/test_server.h"

namespace vat::http {
namespace {

using namespace testing;
using ::testing::HasSubstr;

constexpr std::chrono::hours kLong{1};

StreamBody three_pieces() {
  return [](BodyWriter& writer) -> Task<Result<>> {
    for (const std::string_view piece : {"one ", "two ", "three"}) {
      Result<> written = co_await writer.write(piece);
      if (!written) co_return written;
    }
    co_return Result<>();
  };
}

Handler stream(StreamBody body, std::string length = {}) {
  return [body = std::move(body), length = std::move(length)](Request&) -> Task<Result<Response>> {
    Response response;
    if (!length.empty()) response.set("Content-Length", length);
    response.body = body;
    co_return response;
  };
}

TEST(ServerStream, IsChunkedOrOfItsLengthOrUpToTheEnd) {
  TestServer server([](Router& router, BlockingPool&) {
    router.add(Method::kGet, "/chunks", stream(three_pieces()));
    router.add(Method::kGet, "/length", stream(three_pieces(), "13"));
  });
  RawClient client(server.port());
  const Reply chunks = client.get("/chunks");
  EXPECT_EQ(chunks.header("Transfer-Encoding"), "chunked");
  EXPECT_EQ(chunks.body, "one two three");
  const Reply length = client.get("/length");
  EXPECT_EQ(length.header("Content-Length"), "13");
  EXPECT_EQ(length.body, "one two three");
  RawClient old(server.port());
  old.send("GET /chunks HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const Reply to_end = old.reply();
  EXPECT_EQ(to_end.header("Connection"), "close");
  EXPECT_EQ(to_end.body, "one two three");
  client.send("HEAD /chunks HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.reply(true).status, 200);
  EXPECT_EQ(client.get("/length").body, "one two three");
}

TEST(ServerStream, ThatFailsBreaksOffVisibly) {
  const auto failing = [](BodyWriter& writer) -> Task<Result<>> {
    Result<> written = co_await writer.write("half");
    if (!written) co_return written;
    co_return fail(ErrorCode::kInternal, "No more.");
  };
  const auto throwing = [](BodyWriter& writer) -> Task<Result<>> {
    Result<> written = co_await writer.write("half");
    if (!written) co_return written;
    throw std::runtime_error("no more");
  };
  TestServer server([&](Router& router, BlockingPool&) {
    router.add(Method::kGet, "/fails", stream(failing));
    router.add(Method::kGet, "/throws", stream(throwing));
    router.add(Method::kGet, "/short", stream(three_pieces(), "20"));
    router.add(Method::kGet, "/long", stream(three_pieces(), "5"));
    router.add(Method::kGet, "/a", answer("yes"));
  });
  EXPECT_EQ(server.get("/fails").body, "half(broken off)");
  EXPECT_EQ(server.get("/throws").body, "half(broken off)");
  EXPECT_EQ(server.get("/short").body, "one two three");
  EXPECT_EQ(server.get("/long").body, "one ");
  EXPECT_EQ(server.get("/a").body, "yes");
}

/// A stream of events that a test can watch from outside.
struct Watched {
  Event waiting, ended;
  std::function<void()> wake;
  std::atomic<bool> gone = false;

  StreamBody body() {
    return [this](BodyWriter& writer) -> Task<Result<>> {
      const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
      Signal signal(executor);
      wake = signal.notifier();
      Result<> written = co_await writer.write(format_event("1", "begin", "x"));
      waiting.set();
      while (written && !writer.stopping()) {
        const bool notified = co_await writer.wait(signal, kLong);
        const std::string text = notified ? format_event("2", "more", "y") : std::string(kHeartbeat);
        written = co_await writer.write(text);
      }
      gone = !written.has_value();
      ended.set();
      co_return written;
    };
  }
};

void watched_route(Router& router, Watched& watched) {
  router.add(Method::kGet, "/events", [&watched](Request&) -> Task<Result<Response>> {
    co_return event_stream_response(watched.body());
  });
}

TEST(ServerEvents, LeaveWhenTheSignalIsGiven) {
  Watched watched;
  TestServer server([&](Router& router, BlockingPool&) { watched_route(router, watched); });
  RawClient client(server.port());
  client.send("GET /events HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip, br\r\n\r\n");
  const Reply head = client.head();
  EXPECT_EQ(head.header("Content-Type"), "text/event-stream");
  EXPECT_EQ(head.header("Content-Encoding"), "");
  EXPECT_THAT(client.read_until("\n\n"), HasSubstr("id: 1\nevent: begin\ndata: x\n\n"));
  ASSERT_TRUE(watched.waiting.wait());
  for (int i = 0; i < 3; ++i) {
    watched.wake();
    EXPECT_THAT(client.read_until("\n\n"), HasSubstr("id: 2\nevent: more\ndata: y\n\n"));
  }
}

TEST(ServerEvents, EndSoonAfterTheClientHasGone) {
  for (const bool by_reset : {false, true}) {
    Watched watched;
    TestServer server([&](Router& router, BlockingPool&) { watched_route(router, watched); });
    {
      RawClient client(server.port());
      client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
      ASSERT_TRUE(watched.waiting.wait());
      if (by_reset) client.reset();
    }
    EXPECT_TRUE(watched.ended.wait());
    EXPECT_TRUE(watched.gone);
    EXPECT_TRUE(server.wait_for_connections(0));
  }
}

TEST(ServerEvents, EndWhenTheServerStops) {
  Watched watched;
  TestServer server([&](Router& router, BlockingPool&) { watched_route(router, watched); });
  RawClient client(server.port());
  client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(watched.waiting.wait());
  server.server().stop(std::chrono::seconds(30));
  EXPECT_TRUE(watched.ended.wait());
  EXPECT_FALSE(watched.gone);
  EXPECT_FALSE(client.reply().body.ends_with("(broken off)"));
}

TEST(ServerStop, LetsRunningRequestsFinishAndClosesIdleConnections) {
  Event entered, leave;
  TestServer server([&](Router& router, BlockingPool& pool) {
    router.add(Method::kGet, "/slow", [&](Request&) -> Task<Result<Response>> {
      Result<> waited = co_await pool.run([&]() -> Result<> {
        entered.set();
        if (!leave.wait()) return fail(ErrorCode::kInternal, "Nobody came.");
        return {};
      });
      if (!waited) co_return fail(std::move(waited).error());
      co_return text_response(200, "text/plain", "done");
    });
    router.add(Method::kGet, "/a", answer("yes"));
  });
  RawClient idle(server.port());
  EXPECT_EQ(idle.get("/a").status, 200);
  RawClient busy(server.port());
  busy.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(entered.wait());
  std::thread stopping([&] { server.server().stop(std::chrono::seconds(30)); });
  EXPECT_TRUE(idle.is_closed());
  leave.set();
  const Reply reply = busy.reply();
  EXPECT_EQ(reply.body, "done");
  EXPECT_EQ(reply.header("Connection"), "close");
  stopping.join();
  EXPECT_EQ(server.server().statistics().connections, 0U);
}

TEST(ServerStop, EndsWhatIsNotDoneByTheDeadline) {
  TestServer server([](Router& router, BlockingPool&) { router.add(Method::kPost, "/echo", echo()); });
  RawClient client(server.port());
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.head().status, 100);
  server.server().stop(std::chrono::milliseconds(10));
  EXPECT_EQ(server.server().statistics().connections, 0U);
  EXPECT_TRUE(client.is_closed());
}

std::shared_ptr<const UniqueFd> memory_file(std::string_view bytes) {
  UniqueFd file(memfd_create("file", MFD_CLOEXEC));
  if (!write_all(file.get(), bytes, "a file")) std::abort();
  return std::make_shared<const UniqueFd>(std::move(file));
}

TEST(ServerFile, IsSentFromItsOffset) {
  std::string bytes;
  for (int i = 0; i < 2'000'000; ++i) bytes += std::to_string(i);
  const auto file = memory_file(bytes);
  TestServer server([&](Router& router, BlockingPool&) {
    router.add(Method::kGet, "/file/{from:int}/{length:int}",
               [&](Request& request) -> Task<Result<Response>> {
                 Response response;
                 response.body = FileBody{file, std::stoull(request.parameter("from")),
                                          std::stoull(request.parameter("length"))};
                 co_return response;
               });
  });
  RawClient client(server.port());
  EXPECT_EQ(client.get("/file/0/" + std::to_string(bytes.size())).body, bytes);
  EXPECT_EQ(client.get("/file/5000001/3000000").body, bytes.substr(5'000'001, 3'000'000));
  EXPECT_EQ(client.get("/file/3/0").body, "");
  EXPECT_EQ(client.get("/file/3/4").body, bytes.substr(3, 4));
}

TEST(ServerFile, ThatIsShorterThanItWasBreaksOff) {
  const auto file = memory_file("abc");
  TestServer server([&](Router& router, BlockingPool&) {
    router.add(Method::kGet, "/file", [&](Request&) -> Task<Result<Response>> {
      Response response;
      response.body = FileBody{file, 0, 10};
      co_return response;
    });
    router.add(Method::kGet, "/a", answer("yes"));
  });
  const Reply reply = server.get("/file");
  EXPECT_EQ(reply.header("Content-Length"), "10");
  EXPECT_EQ(reply.body, "abc");
  EXPECT_EQ(server.get("/a").body, "yes");
}

TEST(ServerFile, MayStandInsideAStream) {
  const auto file = memory_file("0123456789");
  TestServer server([&](Router& router, BlockingPool&) {
    router.add(Method::kGet, "/mixed", stream([file](BodyWriter& writer) -> Task<Result<>> {
                 Result<> result = co_await writer.write("<");
                 const FileBody middle{file, 2, 5};
                 if (result) result = co_await writer.write_file(middle);
                 if (result) result = co_await writer.write(">");
                 co_return result;
               }));
  });
  EXPECT_EQ(server.get("/mixed").body, "<23456>");
}

TEST(ServerHold, IsLetGoAfterTheLastByte) {
  Event released;
  TestServer server([&](Router& router, BlockingPool&) {
    router.add(Method::kGet, "/held", [&](Request&) -> Task<Result<Response>> {
      Response response = text_response(200, "text/plain", "x");
      response.hold = std::shared_ptr<void>(nullptr, [&](void*) { released.set(); });
      co_return response;
    });
  });
  EXPECT_EQ(server.get("/held").status, 200);
  EXPECT_TRUE(released.wait());
}

TEST(EventStream, FormatsEvents) {
  EXPECT_EQ(format_event("7", "progress", "a"), "id: 7\nevent: progress\ndata: a\n\n");
  EXPECT_EQ(format_event("", "", "a\nb\r\nc\rd"), "data: a\ndata: b\ndata: c\ndata: d\n\n");
  EXPECT_EQ(format_event("", "", ""), "data: \n\n");
  EXPECT_EQ(format_event("1\nretry: 0", "", "a"), "id: 1 retry: 0\ndata: a\n\n");
}

TEST(EventStream, KnowsWhereTheClientStopped) {
  Request request;
  EXPECT_EQ(last_event_id(request), std::nullopt);
  request.query = {{"last_event_id", "5"}};
  EXPECT_EQ(last_event_id(request), 5);
  request.headers = {{"Last-Event-ID", "42"}};
  EXPECT_EQ(last_event_id(request), 42);
  for (const std::string_view bad : {"x", "-1", "9223372036854775808", "1 2"}) {
    request.headers = {{"last-event-id", std::string(bad)}};
    EXPECT_EQ(last_event_id(request), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace vat::http
