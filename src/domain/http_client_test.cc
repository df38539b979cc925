#include "domain/http_client.h"

#include <gtest/gtest.h>

namespace vat {
namespace {

TEST(HttpClientTest, AHeaderIsFoundWhateverItsCase) {
  const HttpHeaders headers = {{"Content-Type", "audio/wav"}, {"retry-after", "3"}};
  EXPECT_EQ(find_header(headers, "content-type"), "audio/wav");
  EXPECT_EQ(find_header(headers, "Retry-After"), "3");
  EXPECT_EQ(find_header(headers, "content"), "");
}

}  // namespace
}  // namespace vat
