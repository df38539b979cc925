#include "base/error.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <set>

#include "base/result.h"

namespace vat {
namespace {

TEST(ErrorTest, EveryCodeHasItsOwnNameAndAnErrorStatus) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(ErrorCode::kInternal); ++i) {
    const ErrorTraits& row = traits(static_cast<ErrorCode>(i));
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_GE(row.http_status, 400) << row.name;
    EXPECT_GT(row.exit_code, 1) << row.name;
  }
  EXPECT_EQ(traits(ErrorCode::kCancelled).exit_code, 130);
}

TEST(ErrorTest, AFullDiskIsNamedInOneSentence) {
  const Error error = system_error(ENOSPC, "write", "/tmp/talk.srt");
  EXPECT_EQ(error.code, ErrorCode::kDiskFull);
  EXPECT_EQ(error.message, "Cannot write /tmp/talk.srt: No space left on device.");
}

Result<int> half(int n) {
  if (n % 2 != 0) return fail(ErrorCode::kInvalidArgument, "odd");
  return n / 2;
}
Result<int> quarter(int n) {
  VAT_ASSIGN(const int h, half(n));
  VAT_TRY(half(h));
  return half(h);
}

TEST(ResultTest, MacrosPassTheValueAndTheErrorUp) {
  EXPECT_EQ(quarter(12).value(), 3);
  EXPECT_EQ(quarter(6).error().message, "odd");
  EXPECT_EQ(quarter(5).error().code, ErrorCode::kInvalidArgument);
}

TEST(ResultTest, ContextIsPutBeforeTheSentence) {
  Error error{ErrorCode::kBadMedia, "no audio", "", false};
  EXPECT_EQ(std::move(error).with_context("talk.mp4").message, "talk.mp4: no audio");
}

}  // namespace
}  // namespace vat
