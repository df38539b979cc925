#include "http/content.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/file.h"
#include "http/compression.h"
#include "http/testing/test_server.h"

namespace vat::http {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string ranges_text(std::string_view field, std::uint64_t size) {
  const auto ranges = parse_ranges(field, size);
  if (!ranges) return "ignored";
  std::string text;
  for (const ByteRange& range : *ranges)
    text += std::to_string(range.first) + "-" + std::to_string(range.last) + " ";
  return text;
}

TEST(Ranges, AreReadAsTheStandardSays) {
  EXPECT_EQ(ranges_text("bytes=0-499", 10'000), "0-499 ");
  EXPECT_EQ(ranges_text("bytes=-500", 10'000), "9500-9999 ");
  EXPECT_EQ(ranges_text("bytes=9500-", 10'000), "9500-9999 ");
  EXPECT_EQ(ranges_text("bytes=0-0,-1", 10'000), "0-0 9999-9999 ");
  EXPECT_EQ(ranges_text("Bytes = 1 - 2 , 4-5", 10), "1-2 4-5 ");
  EXPECT_EQ(ranges_text("bytes=5-99999999999999999999999", 10), "5-9 ");
  EXPECT_EQ(ranges_text("bytes=-99", 10), "0-9 ");
}

TEST(Ranges, ThatCannotBeSatisfiedAreLeftOut) {
  EXPECT_EQ(ranges_text("bytes=10-", 10), "");
  EXPECT_EQ(ranges_text("bytes=99999999999999999999999-", 10), "");
  EXPECT_EQ(ranges_text("bytes=-0", 10), "");
  EXPECT_EQ(ranges_text("bytes=0-", 0), "");
  EXPECT_EQ(ranges_text("bytes=20-30,1-2", 10), "1-2 ");
}

TEST(Ranges, ThatAreNoneAreIgnored) {
  for (const std::string_view bad : {"", "bytes", "bytes=", "items=0-1", "bytes=a-b", "bytes=5-1", "bytes=-",
                                     "bytes=1", "bytes=1-2,x", "bytes=0-9,0-9", "bytes=0-,1-"})
    EXPECT_EQ(ranges_text(bad, 10), "ignored") << bad;
  std::string many = "bytes=0-0";
  for (int i = 1; i <= 16; ++i) many += "," + std::to_string(i) + "-" + std::to_string(i);
  EXPECT_EQ(ranges_text(many, 100), "ignored");
}

TEST(Negotiation, ChoosesAnEncoding) {
  EXPECT_EQ(choose_encoding("", true, true), Encoding::kIdentity);
  EXPECT_EQ(choose_encoding("gzip, deflate, br", true, true), Encoding::kBrotli);
  EXPECT_EQ(choose_encoding("gzip, deflate, br", true, false), Encoding::kGzip);
  EXPECT_EQ(choose_encoding("br;q=0.5, gzip", true, true), Encoding::kGzip);
  EXPECT_EQ(choose_encoding("GZIP;Q=0.8", true, true), Encoding::kGzip);
  EXPECT_EQ(choose_encoding("*", true, true), Encoding::kBrotli);
  EXPECT_EQ(choose_encoding("*;q=0.1, br;q=0", true, true), Encoding::kGzip);
  EXPECT_EQ(choose_encoding("identity, gzip;q=0.5", true, true), Encoding::kIdentity);
  EXPECT_EQ(choose_encoding("gzip;q=0, br;q=zero", true, true), Encoding::kIdentity);
}

TEST(Negotiation, ChoosesAMediaType) {
  const std::vector<std::string_view> offered = {"application/json", "text/vtt; charset=utf-8", "text/plain"};
  EXPECT_EQ(choose_media_type("", offered), "application/json");
  EXPECT_EQ(choose_media_type("*/*", offered), "application/json");
  EXPECT_EQ(choose_media_type("text/*", offered), "text/vtt; charset=utf-8");
  EXPECT_EQ(choose_media_type("text/*;q=0.5, text/plain", offered), "text/plain");
  EXPECT_EQ(choose_media_type("*/*;q=0.1, Text/VTT", offered), "text/vtt; charset=utf-8");
  EXPECT_EQ(choose_media_type("application/json;q=0, */*", offered), "text/vtt; charset=utf-8");
  EXPECT_EQ(choose_media_type("image/png", offered), "");
  EXPECT_EQ(choose_media_type("text/plain;format=flowed;q=0.3", offered), "text/plain");
}

TEST(Negotiation, ComparesEntityTags) {
  EXPECT_TRUE(etag_matches("\"a\"", "\"a\""));
  EXPECT_TRUE(etag_matches("\"x,y\", W/\"a\"", "\"a\""));
  EXPECT_TRUE(etag_matches("\"a\"", "W/\"a\""));
  EXPECT_TRUE(etag_matches("*", "\"a\""));
  EXPECT_FALSE(etag_matches("\"b\", a", "\"a\""));
  EXPECT_FALSE(etag_matches("", "\"a\""));
  EXPECT_FALSE(etag_matches("\"\"", ""));
}

class FileContentTest : public ::testing::Test {
 protected:
  FileContentTest() : directory_(*TemporaryDirectory::create()) {
    for (int i = 0; i < 100'000; ++i) bytes_ += std::to_string(i);
    path_ = directory_.path() / "file";
    EXPECT_TRUE(write_file_atomically(path_, bytes_, Overwrite::kReplace));
    const timespec times[2] = {{1'700'000'000, 0}, {1'700'000'000, 0}};
    utimensat(AT_FDCWD, path_.c_str(), times, 0);
  }

  void routes(Router& router, BlockingPool& pool) {
    const Handler handler = [this, &pool](Request& request) -> Task<Result<Response>> {
      FileContent content;
      content.path = path_;
      content.content_type = "text/vtt";
      content.etag = "\"v1\"";
      content.disposition = "inline";
      Result<Response> response = co_await pool.run([&] { return file_response(request, content); });
      co_return response;
    };
    router.add(Method::kGet, "/file", handler);
    router.add(Method::kPut, "/file", handler);
  }

  TemporaryDirectory directory_;
  std::filesystem::path path_;
  std::string bytes_;
  TestServer server_{[this](Router& router, BlockingPool& pool) { routes(router, pool); }};
  const std::string modified_ = "Tue, 14 Nov 2023 22:13:20 GMT";
};

TEST_F(FileContentTest, IsSentWhole) {
  const Reply reply = server_.get("/file");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, bytes_);
  EXPECT_EQ(reply.header("ETag"), "\"v1\"");
  EXPECT_EQ(reply.header("Last-Modified"), modified_);
  EXPECT_EQ(reply.header("Accept-Ranges"), "bytes");
  EXPECT_EQ(reply.header("Cache-Control"), "private, no-cache");
  EXPECT_EQ(reply.header("Content-Disposition"), "inline");
}

TEST_F(FileContentTest, IsSentInPart) {
  const Reply reply = server_.get("/file", "Range: bytes=10-19\r\n");
  EXPECT_EQ(reply.status, 206);
  EXPECT_EQ(reply.body, bytes_.substr(10, 10));
  EXPECT_EQ(reply.header("Content-Range"), "bytes 10-19/" + std::to_string(bytes_.size()));
  EXPECT_EQ(reply.header("Content-Type"), "text/vtt");
  EXPECT_EQ(server_.get("/file", "Range: bytes=-3\r\n").body, bytes_.substr(bytes_.size() - 3));
}

TEST_F(FileContentTest, IsSentInSeveralParts) {
  RawClient client(server_.port());
  const Reply reply = client.get("/file", "Range: bytes=0-4,100000-299999,-2\r\n");
  EXPECT_EQ(reply.status, 206);
  const std::string type = reply.header("Content-Type");
  ASSERT_THAT(type, StartsWith("multipart/byteranges; boundary="));
  const std::string boundary = type.substr(type.find('=') + 1);
  const std::string size = std::to_string(bytes_.size());
  const auto part = [&](std::string_view range, std::string_view bytes) {
    return "\r\n--" + boundary + "\r\nContent-Type: text/vtt\r\nContent-Range: bytes " + std::string(range) +
           "/" + size + "\r\n\r\n" + std::string(bytes);
  };
  const std::string last = std::to_string(bytes_.size() - 2) + "-" + std::to_string(bytes_.size() - 1);
  EXPECT_EQ(reply.body, part("0-4", bytes_.substr(0, 5)) +
                            part("100000-299999", bytes_.substr(100'000, 200'000)) +
                            part(last, bytes_.substr(bytes_.size() - 2)) + "\r\n--" + boundary + "--\r\n");
  EXPECT_EQ(reply.header("Content-Length"), std::to_string(reply.body.size()));
  EXPECT_EQ(client.get("/file", "Range: bytes=0-0\r\n").body, "0");
}

TEST_F(FileContentTest, SaysItsLengthWhenNoRangeFits) {
  const Reply reply = server_.get("/file", "Range: bytes=99999999-\r\n");
  EXPECT_EQ(reply.status, 416);
  EXPECT_EQ(reply.header("Content-Range"), "bytes */" + std::to_string(bytes_.size()));
}

TEST_F(FileContentTest, IgnoresARangeOfAnotherVersion) {
  EXPECT_EQ(server_.get("/file", "Range: bytes=0-1\r\nIf-Range: \"v1\"\r\n").status, 206);
  EXPECT_EQ(server_.get("/file", "Range: bytes=0-1\r\nIf-Range: \"v2\"\r\n").status, 200);
  EXPECT_EQ(server_.get("/file", "Range: bytes=0-1\r\nIf-Range: W/\"v1\"\r\n").status, 200);
  EXPECT_EQ(server_.get("/file", "Range: bytes=0-1\r\nIf-Range: " + modified_ + "\r\n").status, 206);
  EXPECT_EQ(server_.get("/file", "Range: bytes=0-1\r\nIf-Range: Tue, 14 Nov 2023 22:13:21 GMT\r\n").status,
            200);
}

TEST_F(FileContentTest, IsNotSentAgainToWhoHasIt) {
  const Reply reply = server_.get("/file", "If-None-Match: \"v0\", W/\"v1\"\r\n");
  EXPECT_EQ(reply.status, 304);
  EXPECT_EQ(reply.header("ETag"), "\"v1\"");
  EXPECT_EQ(reply.header("Content-Length"), "");
  EXPECT_EQ(server_.get("/file", "If-None-Match: \"v0\"\r\n").status, 200);
  EXPECT_EQ(server_.get("/file", "If-Modified-Since: " + modified_ + "\r\n").status, 304);
  EXPECT_EQ(server_.get("/file", "If-Modified-Since: Tue Nov 14 22:13:19 2023\r\n").status, 200);
  EXPECT_EQ(server_.get("/file", "If-Modified-Since: Tuesday, 14-Nov-23 22:13:20 GMT\r\n").status, 304);
  EXPECT_EQ(server_.get("/file", "If-Modified-Since: yesterday\r\n").status, 200);
  // The tag takes precedence over the date.
  EXPECT_EQ(server_.get("/file", "If-None-Match: \"v0\"\r\nIf-Modified-Since: " + modified_ + "\r\n").status,
            200);
}

TEST_F(FileContentTest, RefusesWhatIsMeantForAnotherVersion) {
  EXPECT_EQ(server_.get("/file", "If-Match: \"v1\"\r\n").status, 200);
  EXPECT_EQ(server_.get("/file", "If-Match: *\r\n").status, 200);
  EXPECT_EQ(server_.get("/file", "If-Match: \"v2\"\r\n").status, 412);
  EXPECT_EQ(server_.get("/file", "If-Match: W/\"v1\"\r\n").status, 412);
  EXPECT_EQ(server_.get("/file", "If-Unmodified-Since: Tue, 14 Nov 2023 22:13:19 GMT\r\n").status, 412);
  EXPECT_EQ(server_.get("/file", "If-Unmodified-Since: " + modified_ + "\r\n").status, 200);
  RawClient client(server_.port());
  client.send("PUT /file HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(client.reply().status, 412);
}

TEST_F(FileContentTest, IsDescribedToAHead) {
  RawClient client(server_.port());
  client.send("HEAD /file HTTP/1.1\r\nHost: x\r\nRange: bytes=0-1\r\n\r\n");
  const Reply reply = client.reply(true);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("Content-Length"), std::to_string(bytes_.size()));
}

TEST_F(FileContentTest, ThatIsGoneIsNotFound) {
  std::filesystem::remove(path_);
  EXPECT_EQ(server_.get("/file").status, 404);
  std::filesystem::create_directory(path_);
  EXPECT_EQ(server_.get("/file").status, 404);
}

Request request_with(std::string name, std::string value) {
  Request request;
  request.headers = {{std::move(name), std::move(value)}};
  return request;
}

TEST(EmbeddedContent, IsSentInTheBestEncoding) {
  const EmbeddedFile file{"a.css", "text/css", "\"e\"", "identity", "gzipped", "brotlied"};
  const auto body = [&](std::string_view encoding) {
    const Response response = embedded_response(request_with("Accept-Encoding", std::string(encoding)), file);
    return std::string(std::get<StaticBody>(response.body).bytes) + " " +
           std::string(find_header(response.headers, "ETag"));
  };
  EXPECT_EQ(body("br, gzip"), "brotlied \"e-br\"");
  EXPECT_EQ(body("gzip"), "gzipped \"e-gzip\"");
  EXPECT_EQ(body("deflate"), "identity \"e\"");
  EXPECT_EQ(embedded_response(request_with("If-None-Match", "\"e\""), file).status, 304);
  EXPECT_EQ(embedded_response(request_with("If-None-Match", "\"e-br\""), file).status, 200);
}

std::string text(std::size_t size) {
  std::string bytes;
  while (bytes.size() < size)
    bytes += "Words that come again and again, " + std::to_string(bytes.size()) + ". ";
  bytes.resize(size);
  return bytes;
}

void compression_routes(Router& router, BlockingPool&) {
  router.add(Method::kGet, "/{size:int}", [](Request& request) -> Task<Result<Response>> {
    const std::string_view type = request.query_value("type").value_or("application/json");
    Response response = text_response(200, std::string(type),
                                      text(static_cast<std::size_t>(std::stoi(request.parameter("size")))));
    if (const auto name = request.query_value("name"))
      response.set(std::string(*name), std::string(*request.query_value("value")));
    co_return response.set("ETag", "\"e\"");
  });
}

TEST(Compression, IsWhatTheClientAsksForAndTellsCaches) {
  TestServer server(compression_routes);
  for (const std::string_view size : {"2000", "300000"}) {
    const std::string target = "/" + std::string(size);
    const Reply gzip = server.get(target, "Accept-Encoding: gzip\r\n");
    EXPECT_EQ(gzip.header("Content-Encoding"), "gzip");
    EXPECT_EQ(gzip.header("Vary"), "Accept-Encoding");
    EXPECT_EQ(gzip.header("ETag"), "W/\"e\"");
    EXPECT_EQ(gzip.body, compress(text(std::stoul(std::string(size))), Encoding::kGzip));
    EXPECT_THAT(gzip.body, StartsWith("\x1F\x8B"));
    EXPECT_EQ(server.get(target, "Accept-Encoding: gzip, br\r\n").header("Content-Encoding"), "br");
    const Reply plain = server.get(target);
    EXPECT_EQ(plain.header("Content-Encoding"), "");
    EXPECT_EQ(plain.header("Vary"), "Accept-Encoding");
    EXPECT_EQ(plain.header("ETag"), "\"e\"");
  }
}

TEST(Compression, LeavesAloneWhatDoesNotWantIt) {
  TestServer server(compression_routes);
  const auto encoding = [&](std::string_view target) {
    return server.get(target, "Accept-Encoding: gzip\r\n").header("Content-Encoding");
  };
  EXPECT_EQ(encoding("/1000"), "");
  EXPECT_EQ(encoding("/2000?type=audio/mpeg"), "");
  EXPECT_EQ(encoding("/2000?type=text/vtt;+charset%3Dutf-8"), "gzip");
  EXPECT_EQ(encoding("/2000?type=application/problem%2Bjson"), "gzip");
  EXPECT_EQ(encoding("/2000?name=Content-Encoding&value=zstd"), "zstd");
  EXPECT_EQ(encoding("/2000?name=Content-Range&value=bytes+0-1999/5000"), "");
  EXPECT_EQ(encoding("/2000?name=Cache-Control&value=private,+no-transform"), "");
}

}  // namespace
}  // namespace vat::http
