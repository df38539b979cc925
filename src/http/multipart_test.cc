#include "http/multipart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/multipart_parser.h"
#include "http/testing/test_server.h"

namespace vat::http {
namespace {

using namespace testing;
using ::testing::HasSubstr;

/// All parts of a body as text, or its error, when it arrives in pieces of this size.
std::string parse(std::string_view body, std::size_t piece, MultipartLimits limits = {}) {
  using Kind = MultipartParser::Kind;
  MultipartParser parser("XX", limits);
  std::string text;
  while (true) {
    Result<MultipartParser::Event> event = parser.next();
    if (!event) return text + "!" + event.error().message;
    if (event->kind == Kind::kEnd) return text;
    if (event->kind == Kind::kPart)
      text += parser.part().name + "/" + parser.part().filename.value_or("-") + "/" +
              parser.part().content_type + "=";
    if (event->kind == Kind::kData) text += event->data;
    if (event->kind == Kind::kPartEnd) text += ";";
    if (event->kind != Kind::kNeedMore) continue;
    if (body.empty()) {
      const Result<> finished = parser.finish();
      return finished ? text : text + "!" + finished.error().message;
    }
    parser.feed(body.substr(0, piece));
    body.remove_prefix(std::min(piece, body.size()));
  }
}

std::string parse_whole(std::string_view body, MultipartLimits limits = {}) {
  const std::string whole = parse(body, body.size() + 1, limits);
  for (const std::size_t piece : {1, 2, 3, 5, 7, 11, 64})
    EXPECT_EQ(parse(body, piece, limits), whole) << piece;
  return whole;
}

std::string part(std::string_view disposition, std::string_view content) {
  return "--XX\r\nContent-Disposition: form-data; " + std::string(disposition) + "\r\n\r\n" +
         std::string(content) + "\r\n";
}

TEST(MultipartParser, GivesPartsInTheirOrder) {
  EXPECT_EQ(parse_whole(part("name=\"a\"", "1") + part("name=b; filename=\"f.mp4\"", "") +
                        part("name=c", "x\r\ny") + "--XX--\r\n"),
            "a/-/=1;b/f.mp4/=;c/-/=x\r\ny;");
  EXPECT_EQ(parse_whole("--XX--"), "");
}

TEST(MultipartParser, PassesOverPreambleEpilogueAndPadding) {
  EXPECT_EQ(parse_whole("This is\r\n--X multipart.\r\n--XX \t \r\nContent-Disposition: form-data; "
                        "name=a\r\n\r\n1\r\n--XX--\r\n--XX\r\nanything"),
            "a/-/=1;");
  EXPECT_EQ(parse_whole("\r\n--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--XX--"), "a/-/=1;");
}

TEST(MultipartParser, IsNotMisledByBytesThatLookLikeABoundary) {
  const std::string content = "\r\n--X\r\n--\r\n\r\r\n-\r\n--Y--XX\r--XX\n--XX\r\n--X";
  EXPECT_EQ(parse_whole(part("name=a", content) + "--XX--"), "a/-/=" + content + ";");
}

TEST(MultipartParser, ReadsFileNamesAsBrowsersWriteThem) {
  const auto filename = [](std::string_view parameter) {
    const auto head =
        parse_part_head("Content-Disposition: form-data; name=\"f\"; " + std::string(parameter));
    return head ? head->filename.value_or("none") : "error";
  };
  EXPECT_EQ(filename("filename=\"\xC3\xBC.mp4\""), "\xC3\xBC.mp4");
  EXPECT_EQ(filename("filename=\"a%22b.mp4\""), "a\"b.mp4");
  EXPECT_EQ(filename("filename=\"a\\\"b.mp4\""), "a\"b.mp4");
  EXPECT_EQ(filename("filename=\"C:\\dir\\a.mp4\""), "C:\\dir\\a.mp4");
  EXPECT_EQ(filename("filename=\"../../etc/passwd\""), "../../etc/passwd");
  EXPECT_EQ(filename("filename=plain name.mp4"), "plain name.mp4");
  EXPECT_EQ(filename("filename=\"\""), "");
  EXPECT_EQ(filename("filename=\"\xFF.mp4\""), "\xEF\xBF\xBD.mp4");
  EXPECT_EQ(filename("filename=\"x\"; filename*=UTF-8''na%C3%AFve.mp4"), "na\xC3\xAFve.mp4");
  EXPECT_EQ(filename("filename=\"x\"; filename*=UTF-8''%zz"), "x");
  EXPECT_EQ(filename("filename=\"" + std::string(4'000, 'n') + "\""), std::string(4'000, 'n'));
}

TEST(MultipartParser, ReadsOtherFieldsOfAPart) {
  const auto head = parse_part_head(
      "content-type: audio/mpeg\r\nX-Other: y\r\nCONTENT-DISPOSITION: form-data;\r\n name=\"f\"\r\n"
      "Content-Transfer-Encoding: binary");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->name, "f");
  EXPECT_EQ(head->content_type, "audio/mpeg");
  EXPECT_EQ(head->filename, std::nullopt);
}

TEST(MultipartParser, RefusesBrokenForms) {
  const std::string good = part("name=a", "1");
  for (const std::string& body :
       {std::string(""), std::string("no form at all"), good, good + "--XX", good + "--XX-",
        good + "--XX\r\n", good + "--XXY\r\n", good + "--XX-\r\n", good + "--XX \rx\r\n",
        std::string("--XX\r\n\r\nno head\r\n--XX--"), part("filename=x", "1") + "--XX--",
        std::string("--XX\r\nContent-Type: a/b\r\n\r\n1\r\n--XX--"),
        std::string("--XX\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--XX--"),
        std::string("--XX\r\nContent-Disposition: form-data; name=a; name=b\r\n\r\n1\r\n--XX--"),
        std::string("--XX\r\nbad line\r\n\r\n1\r\n--XX--"), good + "--XX" + std::string(1'000, ' ') + "\r\n",
        std::string("--XX\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: "
                    "base64\r\n\r\n1\r\n--XX--")})
    EXPECT_THAT(parse_whole(body), HasSubstr("!")) << body;
}

TEST(MultipartParser, KeepsItsLimits) {
  const std::string head = "Content-Disposition: form-data; name=a\r\n";
  EXPECT_THAT(parse_whole("--XX\r\n" + head + "X: " + std::string(100, 'x') + "\r\n\r\n1\r\n--XX--",
                          {.max_header_bytes = 100}),
              HasSubstr("too long"));
  EXPECT_THAT(parse_whole("--XX\r\n" + std::string(10'000, 'x')), HasSubstr("too long"));
  std::string many;
  for (int i = 0; i < 4; ++i) many += part("name=a", "");
  EXPECT_THAT(parse_whole(many + "--XX--", {.max_parts = 3}), HasSubstr("too many"));
  EXPECT_EQ(parse_whole(many + "--XX--", {.max_parts = 4}), "a/-/=;a/-/=;a/-/=;a/-/=;");
}

TEST(MultipartBoundary, IsReadFromTheContentType) {
  EXPECT_EQ(*multipart_boundary("multipart/form-data; boundary=abc"), "abc");
  EXPECT_EQ(*multipart_boundary("Multipart/Form-Data; charset=utf-8; Boundary=\"a b:c\""), "a b:c");
  for (const std::string& bad :
       {std::string(""), std::string("multipart/form-data"), std::string("multipart/form-data; boundary="),
        std::string("multipart/mixed; boundary=a"), std::string("application/json"),
        "multipart/form-data; boundary=" + std::string(71, 'a'),
        std::string("multipart/form-data; boundary=\"a\tb\"")})
    EXPECT_FALSE(multipart_boundary(bad)) << bad;
}

Task<Result<Response>> describe(Request& request) {
  Result<MultipartReader> form = MultipartReader::open(request);
  if (!form) co_return fail(std::move(form).error());
  std::string text;
  while (true) {
    Result<std::optional<PartHead>> head = co_await form->next();
    if (!head) co_return fail(std::move(head).error());
    if (!head->has_value()) break;
    text += (*head)->name + "=";
    if ((*head)->name == "skip") continue;
    if ((*head)->filename) {
      std::uint64_t size = 0;
      while (true) {
        Result<std::string_view> piece = co_await form->read();
        if (!piece) co_return fail(std::move(piece).error());
        if (piece->empty()) break;
        size += piece->size();
      }
      text += std::to_string(size) + " ";
    } else {
      Result<std::string> value = co_await form->read_all(10);
      if (!value) co_return fail(std::move(value).error());
      text += *value + " ";
    }
  }
  co_return text_response(200, "text/plain", text);
}

class MultipartUpload : public ::testing::Test {
 protected:
  TestServer server_{[](Router& router, BlockingPool&) {
    router.add(Method::kPost, "/form", describe, {.max_body_bytes = 1U << 30U});
  }};
  RawClient client_{server_.port()};

  Reply post(std::string_view body, std::string_view type = "multipart/form-data; boundary=XX") {
    client_.send("POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: " + std::string(type) +
                 "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body));
    return client_.reply();
  }
};

TEST_F(MultipartUpload, PassesThroughTheServer) {
  const std::string big(5'000'000, 'z');
  EXPECT_EQ(post(part("name=a", "1") + part("name=f; filename=x", big) + part("name=skip", big) +
                 part("name=b", "2") + "--XX--\r\n")
                .body,
            "a=1 f=5000000 skip=b=2 ");
  EXPECT_EQ(post(part("name=a", "1") + "--XX--\r\n").body, "a=1 ");
}

TEST_F(MultipartUpload, IsRefusedWhenItIsBroken) {
  EXPECT_EQ(post(part("name=a", "1")).status, 400);
  EXPECT_EQ(post("--XX--", "application/json").status, 400);
  EXPECT_EQ(post(part("name=a", "12345678901") + "--XX--").status, 413);
  EXPECT_EQ(post(part("name=a", "1") + "--XX--\r\n").body, "a=1 ");
}

}  // namespace
}  // namespace vat::http
