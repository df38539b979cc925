// Requests that are malformed, or could be read as two.
#include <gtest/gtest.h>

#include <array>

#include "http/testing/test_server.h"

namespace vat::http {
namespace {

using namespace testing;

void refusal_routes(Router& router, BlockingPool&) {
  router.add(Method::kGet, "/a", answer("yes"));
  router.add(Method::kPost, "/echo", echo());
}

struct Refused {
  std::string name;
  std::string request;
  int status;
};

class RefusedRequest : public ::testing::TestWithParam<Refused> {};

TEST_P(RefusedRequest, IsAnsweredAndTheConnectionCloses) {
  TestServer server(refusal_routes);
  RawClient client(server.port());
  client.send(GetParam().request);
  const Reply reply = client.reply();
  EXPECT_EQ(reply.status, GetParam().status);
  EXPECT_EQ(reply.header("Connection"), "close");
  EXPECT_FALSE(reply.body.empty());
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(server.get("/a").body, "yes");
}

const std::string kGet = "GET /a HTTP/1.1\r\nHost: x\r\n";
const std::string kPost = "POST /echo HTTP/1.1\r\nHost: x\r\n";

INSTANTIATE_TEST_SUITE_P(
    Server, RefusedRequest,
    ::testing::Values(
        Refused{"Noise", std::string("\x16\x03\x01\x02", 4) + "\r\n\r\n", 400},
        Refused{"NoHost", "GET /a HTTP/1.1\r\n\r\n", 400}, Refused{"TwoHosts", kGet + "Host: y\r\n\r\n", 400},
        Refused{"BadHost", "GET /a HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
        Refused{"HostWithPath", "GET /a HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
        Refused{"EmptyHost", "GET /a HTTP/1.1\r\nHost:\r\n\r\n", 400},
        Refused{"LengthAndCoding", kPost + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                400},
        Refused{"CodingAndLength", kPost + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
                400},
        Refused{"TwoLengths", kPost + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400},
        Refused{"ListOfLengths", kPost + "Content-Length: 3, 3\r\n\r\nabc", 400},
        Refused{"NegativeLength", kPost + "Content-Length: -1\r\n\r\n", 400},
        Refused{"SignedLength", kPost + "Content-Length: +3\r\n\r\nabc", 400},
        Refused{"HugeLength", kPost + "Content-Length: 99999999999999999999\r\n\r\n", 400},
        Refused{"TwoCodings", kPost + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
                400},
        Refused{"UnknownCoding", kPost + "Transfer-Encoding: gzip\r\n\r\n", 501},
        Refused{"GzipThenChunked", kPost + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
        Refused{"ChunkedNotLast", kPost + "Transfer-Encoding: chunked, identity\r\n\r\n", 501},
        Refused{"CodingOf10", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        Refused{"SpaceBeforeColon", kPost + "Content-Length : 3\r\n\r\nabc", 400},
        Refused{"LineFeedAlone", "GET /a HTTP/1.1\nHost: x\n\n\r\n\r\n", 400},
        Refused{"NulInAField", kGet + std::string("X: a\0b\r\n\r\n", 10), 400},
        Refused{"FoldedField", kGet + "X: a\r\n b\r\n\r\n", 400},
        Refused{"FoldedWithTab", kGet + "X: a\r\n\tb\r\nY: c\r\n\r\n", 400},
        Refused{"FoldedToNothing", kGet + "X:\r\n \r\n\r\n", 400},
        Refused{"SpaceInTarget", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        Refused{"UnknownMethod", "BREW /a HTTP/1.1\r\nHost: x\r\n\r\n", 501},
        Refused{"Connect", "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", 501},
        Refused{"Http2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        Refused{"Http12", "GET /a HTTP/1.2\r\nHost: x\r\n\r\n", 505},
        Refused{"UnknownExpectation", kGet + "Expect: miracles\r\n\r\n", 417},
        Refused{"LongTarget", "GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", 414},
        Refused{"EndlessTarget", "GET /" + std::string(70'000, 'a'), 414},
        Refused{"LongField", kGet + "X: " + std::string(40'000, 'a') + "\r\n\r\n", 431},
        Refused{"EndlessField", kGet + "X: " + std::string(70'000, 'a'), 431},
        Refused{"ManyLongFields",
                [] {
                  std::string request = kGet;
                  for (int i = 0; i < 100; ++i) request += "X: " + std::string(400, 'a') + "\r\n";
                  return request + "\r\n";
                }(),
                431},
        Refused{"ManyFields",
                [] {
                  std::string request = kGet;
                  for (int i = 0; i < 200; ++i) request += "X: y\r\n";
                  return request + "\r\n";
                }(),
                431}),
    [](const ::testing::TestParamInfo<Refused>& given) { return given.param.name; });

class BrokenChunks : public ::testing::TestWithParam<std::string> {};

TEST_P(BrokenChunks, GetA400AndTheConnectionCloses) {
  TestServer server(refusal_routes);
  RawClient client(server.port());
  client.send(kPost + "Transfer-Encoding: chunked\r\n\r\n" + GetParam());
  EXPECT_EQ(client.reply().status, 400);
  EXPECT_TRUE(client.is_closed());
}

INSTANTIATE_TEST_SUITE_P(Server, BrokenChunks,
                         ::testing::Values("xyz\r\nabc\r\n0\r\n\r\n", "3\nabc\r\n0\r\n\r\n",
                                           "3\r\nabcd\r\n0\r\n\r\n", "-3\r\nabc\r\n0\r\n\r\n",
                                           "10000000000000000\r\nabc\r\n", "3;" + std::string(20'000, 'a'),
                                           "0\r\nContent-Length: 3\r\n\r\n", "0\r\nbad trailer\r\n\r\n"));

TEST(Server, KeepsTheConnectionOfARequestThatIsWellFormedAndRefused) {
  TestServer server(refusal_routes);
  RawClient client(server.port());
  EXPECT_EQ(client.get("/none").status, 404);
  client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcde");
  EXPECT_EQ(client.reply().status, 405);
  EXPECT_EQ(client.get("/a").body, "yes");
}

}  // namespace
}  // namespace vat::http
