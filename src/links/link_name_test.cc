#include "links/link_name.h"

#include <gtest/gtest.h>

namespace vat::links {
namespace {

TEST(LinkName, IsTheLastPartOfThePath) {
  EXPECT_EQ(name_of_url("https://example.com/talks/talk.mp4"), "talk.mp4");
  EXPECT_EQ(name_of_url("https://example.com/talk.mp4?token=a/b.wav#t=5"), "talk.mp4");
  EXPECT_EQ(name_of_url("https://example.com/a%20talk%2Emp4"), "a talk.mp4");
  EXPECT_EQ(name_of_url("https://example.com/M%C3%BCnchen.mp3/"), "M\xC3\xBCnchen.mp3");
  EXPECT_EQ(name_of_url("https://example.com/..%2F..%2Fetc%2Fpasswd"), "passwd");
  EXPECT_EQ(name_of_url("https://example.com/100%.mp3"), "100%.mp3");
  EXPECT_EQ(name_of_url("https://example.com/100%2"), "100%2");
  EXPECT_EQ(name_of_url("https://example.com"), "example.com");
  EXPECT_EQ(name_of_url("https://me:secret@example.com:8443/?id=3"), "example.com:8443");
}

TEST(LinkName, OfADispositionIsTheExtendedOneFirst) {
  EXPECT_EQ(name_of_disposition("attachment; filename=\"a \\\"talk\\\".mp4\""), "a \"talk\".mp4");
  EXPECT_EQ(name_of_disposition("attachment;filename=talk.mp4"), "talk.mp4");
  EXPECT_EQ(name_of_disposition("attachment; filename=\"x.mp4\"; filename*=UTF-8''na%C3%AFve.mp4"),
            "na\xC3\xAFve.mp4");
  EXPECT_EQ(name_of_disposition("inline; FILENAME*=iso-8859-1'en'na%EFve.mp4"), "na\xC3\xAFve.mp4");
  EXPECT_EQ(name_of_disposition("attachment; filename=\"x.mp4\"; filename*=KOI8-R''%C1"), "x.mp4");
  EXPECT_EQ(name_of_disposition("attachment; filename=\"../../x;y.mp4\"; size=3"), "x;y.mp4");
  EXPECT_EQ(name_of_disposition("attachment; other; filename = \"talk.mp4\""), "talk.mp4");
  for (const char* none : {"", "attachment", "attachment; filename",
                           "attachment; filename=", "filename=x.mp4", "attachment; filename=\"", ";;;=;"})
    EXPECT_EQ(name_of_disposition(none), "") << none;
}

TEST(LinkName, OfAnAnswerIsTheMostTelling) {
  HttpResponse answer{.url = "https://cdn.example.com/f/talk.mp4?x"};
  EXPECT_EQ(name_of_answer("https://example.com/download?id=3", answer), "talk.mp4");
  EXPECT_EQ(name_of_answer("https://example.com/lecture.mp3", answer), "lecture.mp3");
  answer.url = "https://cdn.example.com/0123abcd";
  EXPECT_EQ(name_of_answer("https://example.com/download?id=3", answer), "download");
  EXPECT_EQ(name_of_answer("https://example.com/", answer), "example.com");
  answer.headers = {{"content-disposition", "attachment; filename=own.wav"}};
  EXPECT_EQ(name_of_answer("https://example.com/lecture.mp3", answer), "own.wav");
}

TEST(LinkName, AHostIsShownWithoutItsUser) {
  EXPECT_EQ(host_of_url("https://me:secret@example.com:8443/a@b"), "example.com:8443");
  EXPECT_EQ(host_of_url("http://[::1]/x"), "[::1]");
}

}  // namespace
}  // namespace vat::links
