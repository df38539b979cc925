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

TEST(HttpClientTest, ATokenHasNoSeparators) {
  EXPECT_TRUE(is_http_token("X-Request_Id.1"));
  for (const char* const other : {"", "a b", "a:b", "a\n", "(a)", "\xc3\xa4"})
    EXPECT_FALSE(is_http_token(other)) << other;
}

TEST(HttpClientTest, AnAnswerThatIsNoSuccessHasACode) {
  EXPECT_EQ(code_of_answer(422), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of_answer(403), ErrorCode::kUnauthorized);
  EXPECT_EQ(code_of_answer(410), ErrorCode::kNotFound);
  EXPECT_EQ(code_of_answer(503), ErrorCode::kNetwork);
}

}  // namespace
}  // namespace vat
