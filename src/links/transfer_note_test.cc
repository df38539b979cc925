#include "links/transfer_note.h"

#include <gtest/gtest.h>

namespace vat::links {
namespace {

HttpResponse with(HttpHeaders headers) {
  return {.status = 200, .headers = std::move(headers), .url = "http://a/b.mp4"};
}
std::string validator(HttpHeaders headers) {
  return note_of_answer("http://a/b.mp4", with(std::move(headers))).validator;
}

TEST(TransferNote, OnlyWhatProvesTheSameFileContinuesIt) {
  const std::string then = "Sun, 06 Nov 1994 08:49:37 GMT";
  const std::string later = "Sun, 06 Nov 1994 08:49:38 GMT";
  EXPECT_EQ(validator({{"ETag", "\"v1\""}, {"Last-Modified", then}, {"Date", later}}), "\"v1\"");
  EXPECT_EQ(validator({{"ETag", "W/\"v1\""}}), "");
  EXPECT_EQ(validator({{"ETag", "W/\"v1\""}, {"Last-Modified", then}, {"Date", later}}), then);
  EXPECT_EQ(validator({{"Last-Modified", then}, {"Date", then}}), "") << "it may change within the second";
  EXPECT_EQ(validator({{"Last-Modified", then}}), "");
  EXPECT_EQ(validator({{"ETag", "\"" + std::string(2000, 'x') + "\""}}), "");
  EXPECT_EQ(validator({}), "");
}

TEST(TransferNote, SurvivesBeingWritten) {
  TransferNote note =
      note_of_answer("http://a/b.mp4", with({{"ETag", "\"v1\""},
                                             {"Content-Length", "12"},
                                             {"Content-Type", "video/mp4"},
                                             {"Content-Disposition", "attachment; filename=\"x\""}}));
  EXPECT_EQ(note.name, "x");
  EXPECT_EQ(note.total, 12U);
  EXPECT_EQ(parse_note(to_text(note)), note);
  note.total.reset();
  EXPECT_EQ(parse_note(to_text(note)), note);
  const std::string text = to_text(note);
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_EQ(parse_note(text.substr(0, size)), TransferNote()) << size;
  const TransferNote odd = note_of_answer("http://a/b%0Ac.mp4", with({{"Content-Length", "-1"}}));
  EXPECT_EQ(odd.name, "b c.mp4");
  EXPECT_FALSE(odd.total);
}

TEST(TransferNote, ReadsContentRanges) {
  EXPECT_EQ(parse_content_range("bytes 5-9/10")->first, 5U);
  EXPECT_EQ(parse_content_range("bytes 5-9/10")->total, 10U);
  EXPECT_FALSE(parse_content_range("bytes 5-9/*")->total);
  EXPECT_FALSE(parse_content_range("bytes */10")->first);
  EXPECT_EQ(parse_content_range("bytes */10")->total, 10U);
  for (const char* bad : {"", "bytes", "bytes 5", "items 5-9/10", "bytes -9/10", "bytes x-9/10"})
    EXPECT_FALSE(parse_content_range(bad)) << bad;
}

}  // namespace
}  // namespace vat::links
