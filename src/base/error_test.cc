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

TEST(ErrorTest, TheStatusIsThatOfTheCodeUnlessTheErrorHasItsOwn) {
  EXPECT_EQ(http_status(Error(ErrorCode::kNotFound, "There is no job.")), 404);
  EXPECT_EQ(http_status(Error(ErrorCode::kLimit, "Too large.")), 413);
  EXPECT_EQ(http_status(Error(ErrorCode::kLimit, "Too many; try again soon.").as_retryable()), 429);
  EXPECT_EQ(http_status(Error(ErrorCode::kInvalidArgument, "Locked.").with_status(423)), 423);
}

TEST(ErrorTest, AFailureOfThisMachineIsNoFaultOfTheClient) {
  EXPECT_EQ(http_status(system_error(ENOENT, "read", "/var/lib/vat/x")), 500);
  EXPECT_EQ(http_status(system_error(EACCES, "read", "/var/lib/vat/x")), 500);
  EXPECT_EQ(http_status(system_error(ENOSPC, "write", "/var/lib/vat/x")), 507);
}

TEST(ErrorTest, ARefusalHasTheNearestCode) {
  EXPECT_EQ(http_refusal(415, "Send JSON.").code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(http_refusal(410, "It was removed.").code, ErrorCode::kNotFound);
  const Error error = http_refusal(412, "The transcript has changed.", "If-Match");
  EXPECT_EQ(error.code, ErrorCode::kExists);
  EXPECT_EQ(error.field, "If-Match");
  EXPECT_EQ(http_status(error), 412);
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
  Error error(ErrorCode::kBadMedia, "no audio");
  EXPECT_EQ(std::move(error).with_context("talk.mp4").message, "talk.mp4: no audio");
}

}  // namespace
}  // namespace vat
