#include "auth/pictures.h"

#include <gmock/gmock.h>

namespace vat::auth {
namespace {

const std::string kPng = std::string("\x89PNG\r\n\x1a\n") + "pixels";

TEST(PictureType, IsThatOfItsFirstBytes) {
  EXPECT_EQ(picture_type(kPng), "image/png");
  EXPECT_EQ(picture_type("\xff\xd8\xff\xe0 and so on"), "image/jpeg");
  EXPECT_EQ(picture_type("GIF89a..."), "image/gif");
  EXPECT_EQ(picture_type(std::string("RIFF\x10\0\0\0WEBPVP8 ", 16)), "image/webp");
  for (const char* const other : {"", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "RIFF",
                                  "GIF", "<!doctype html><script>alert(1)</script>", "\x89PN"})
    EXPECT_FALSE(picture_type(other)) << other;
}

}  // namespace
}  // namespace vat::auth
