// The same over TLS, with certificates that the test makes.
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>

#include "http/event_stream.h"
#include "http/testing/test_server.h"
#include "http/testing/tls_client.h"

namespace vat::http {
namespace {

using namespace testing;

std::string body_of(const std::string& reply) { return reply.substr(reply.find("\r\n\r\n") + 4); }

class ServerTls : public ::testing::Test {
 protected:
  ServerTls() : directory_(*TemporaryDirectory::create()) {
    make_certificate(directory_.path(), "first");
    options_.certificate = directory_.path() / "cert.pem";
    options_.private_key = directory_.path() / "key.pem";
  }
  TemporaryDirectory directory_;
  ServerOptions options_;
};

TEST_F(ServerTls, CarriesRequestsBodiesAndFiles) {
  std::string bytes;
  for (int i = 0; i < 1'000'000; ++i) bytes += std::to_string(i);
  const auto path = directory_.path() / "file";
  ASSERT_TRUE(write_file_atomically(path, bytes, Overwrite::kReplace));
  const auto file = std::make_shared<const UniqueFd>(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  TestServer server(
      [&](Router& router, BlockingPool&) {
        router.add(Method::kGet, "/secure", [](Request& request) -> Task<Result<Response>> {
          co_return text_response(200, "text/plain", request.secure ? "secure" : "open");
        });
        router.add(Method::kPost, "/echo", echo(), {.max_body_bytes = 100U << 20U});
        router.add(Method::kGet, "/file", [&](Request&) -> Task<Result<Response>> {
          Response response;
          response.body = FileBody{file, 10, bytes.size() - 10};
          co_return response;
        });
      },
      options_);
  TlsClient client(server.port());
  ASSERT_TRUE(client.connected());
  client.send("GET /secure HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(body_of(client.read(6)), "secure");
  client.send("GET /file HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(body_of(client.read(bytes.size() - 10)), bytes.substr(10));
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(bytes.size()) +
              "\r\n\r\n");
  client.send(bytes);
  EXPECT_EQ(body_of(client.read(bytes.size())), bytes);
}

TEST_F(ServerTls, NoticesThatAClientOfEventsHasGone) {
  Event waiting, ended;
  TestServer server(
      [&](Router& router, BlockingPool&) {
        router.add(Method::kGet, "/events", [&](Request&) -> Task<Result<Response>> {
          co_return event_stream_response([&](BodyWriter& writer) -> Task<Result<>> {
            const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
            Signal signal(executor);
            waiting.set();
            (void)co_await writer.wait(signal, std::chrono::hours(1));
            ended.set();
            co_return Result<>();
          });
        });
      },
      options_);
  {
    TlsClient client(server.port());
    client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(waiting.wait());
  }
  EXPECT_TRUE(ended.wait());
}

TEST_F(ServerTls, TakesANewCertificateForNewConnections) {
  TestServer server([](Router& router, BlockingPool&) { router.add(Method::kGet, "/a", answer("yes")); },
                    options_);
  TlsClient before(server.port());
  EXPECT_EQ(before.peer_name(), "first");
  make_certificate(directory_.path(), "second");
  ASSERT_TRUE(server.server().reload_certificate());
  EXPECT_EQ(TlsClient(server.port()).peer_name(), "second");
  before.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(body_of(before.read(3)), "yes");
  std::ofstream(directory_.path() / "cert.pem") << "broken";
  const Result<> reloaded = server.server().reload_certificate();
  ASSERT_FALSE(reloaded);
  EXPECT_EQ(reloaded.error().code, ErrorCode::kBadData);
  EXPECT_EQ(TlsClient(server.port()).peer_name(), "second");
}

TEST_F(ServerTls, DoesNotStartWithoutAGoodCertificate) {
  const Router router;
  BlockingPool pool(1, 1);
  options_.port = 0;
  options_.private_key = directory_.path() / "cert.pem";
  EXPECT_EQ(Server(options_, router, pool).start().error().code, ErrorCode::kBadData);
  options_.certificate = directory_.path() / "none.pem";
  EXPECT_EQ(Server(options_, router, pool).start().error().code, ErrorCode::kBadData);
}

TEST_F(ServerTls, ClosesOnAClientThatSpeaksInTheClear) {
  TestServer server([](Router& router, BlockingPool&) { router.add(Method::kGet, "/a", answer("yes")); },
                    options_);
  EXPECT_EQ(server.get("/a").status, 0);
}

TEST_F(ServerTls, LeavesAHandshakeThatNeverComes) {
  options_.header_timeout = std::chrono::milliseconds(50);
  TestServer server([](Router& router, BlockingPool&) { router.add(Method::kGet, "/a", answer("yes")); },
                    options_);
  EXPECT_TRUE(RawClient(server.port()).is_closed());
}

}  // namespace
}  // namespace vat::http
