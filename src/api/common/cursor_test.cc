#include "api/common/cursor.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/uuid.h"

namespace vat::api {
namespace {

TEST(Cursor, ComesBackAsItWasGiven) {
  const std::string id = make_uuid();
  EXPECT_EQ(*read_job_cursor(job_cursor(id)), id);
  EXPECT_EQ(*read_offset_cursor(offset_cursor(50), 1000), 50U);
}

TEST(Cursor, RefusesEverythingElse) {
  const std::string good = job_cursor(make_uuid());
  for (const std::string& wrong :
       {std::string(), std::string("x"), good.substr(1), good + "A", good + "=", offset_cursor(5),
        std::string(5000, 'A'), base64url_encode("2j:" + make_uuid()), base64url_encode("1j:no-uuid"),
        std::string("\xFF\xFE")}) {
    const auto read = read_job_cursor(wrong);
    ASSERT_FALSE(read) << wrong;
    EXPECT_EQ(read.error().field, "cursor");
    EXPECT_EQ(read.error().code, ErrorCode::kInvalidArgument);
  }
  for (const char* const wrong : {"1o:", "1o:-1", "1o:1001", "1o:1x", "1o:99999999999999999999"})
    EXPECT_FALSE(read_offset_cursor(base64url_encode(wrong), 1000)) << wrong;
  // A number has exactly one cursor, so that cursors can be compared.
  EXPECT_FALSE(read_offset_cursor(base64url_encode("1o:007"), 1000));
}

}  // namespace
}  // namespace vat::api
