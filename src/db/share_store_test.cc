#include <gtest/gtest.h>

#include "base/uuid.h"
#include "db/testing/database_fixture.h"

namespace vat::db {
namespace {

using std::chrono::hours;

class ShareStoreTest : public testing::DatabaseTest {
 protected:
  ShareStore& shares() { return db_->shares(); }
  static std::string digest(int number) {
    const std::string text = std::to_string(number);
    return std::string(64 - text.size(), 'a') + text;
  }
  Share add(const Job& job, int number, std::optional<UtcTime> expires_at = {}, bool with_recording = false) {
    Share share{.job_id = job.id, .with_recording = with_recording};
    share.expires_at = expires_at;
    return shares().create(job.user_id, share, digest(number)).value();
  }
  bool opens(int number) { return shares().find(digest(number)).value().has_value(); }
};
VAT_ON_BOTH_ENGINES(ShareStoreTest);

TEST_P(ShareStoreTest, ASecretOpensItsJobAndNoOther) {
  const Job one = add_job();
  const Job other = add_job(testing::kOtherUserId);
  add(one, 1, now() + hours(1), true);
  add(other, 2);
  const SharedJob found = shares().find(digest(1)).value().value();
  EXPECT_EQ(found.share.job_id, one.id);
  EXPECT_EQ(found.user_id, kLocalUserId);
  EXPECT_TRUE(found.share.with_recording);
  EXPECT_EQ(found.share.expires_at, now() + hours(1));
  EXPECT_EQ(found.share.created_at, now());
  const SharedJob second = shares().find(digest(2)).value().value();
  EXPECT_EQ(second.share.job_id, other.id);
  EXPECT_EQ(second.user_id, testing::kOtherUserId);
  EXPECT_FALSE(second.share.with_recording);
  EXPECT_EQ(second.share.expires_at, std::nullopt);
  EXPECT_FALSE(opens(3));
}

TEST_P(ShareStoreTest, ALinkEndsWhenItExpiresAndIsForgottenAMonthLater) {
  const Job job = add_job();
  add(job, 1, now() + hours(2));
  add(job, 2);
  advance(hours(2) - std::chrono::milliseconds(1));
  EXPECT_TRUE(opens(1));
  advance(std::chrono::milliseconds(1));
  EXPECT_FALSE(opens(1));
  ASSERT_TRUE(db_->housekeeping(now()).has_value());
  EXPECT_EQ(shares().list(kLocalUserId, job.id)->size(), 2U) << "its owner still sees that there was one";
  advance(hours(24 * 30));
  ASSERT_TRUE(db_->housekeeping(now()).has_value());
  EXPECT_EQ(shares().list(kLocalUserId, job.id)->size(), 1U);
  EXPECT_TRUE(opens(2));
}

TEST_P(ShareStoreTest, OnlyTheOwnerListsMakesAndRevokes) {
  const Job job = add_job();
  const Share share = add(job, 1);
  const Job other = add_job(testing::kOtherUserId);
  const auto code = [](const auto& result) { return result.error().code; };
  EXPECT_EQ(code(shares().list(testing::kOtherUserId, job.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code(shares().create(testing::kOtherUserId, {.job_id = job.id}, digest(2))),
            ErrorCode::kNotFound);
  EXPECT_EQ(code(shares().remove(testing::kOtherUserId, job.id, share.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code(shares().remove(testing::kOtherUserId, other.id, share.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code(shares().remove(kLocalUserId, job.id, make_uuid())), ErrorCode::kNotFound);
  EXPECT_EQ(code(shares().remove(kLocalUserId, job.id, "x")), ErrorCode::kNotFound);
  EXPECT_EQ(code(shares().list(kLocalUserId, "x")), ErrorCode::kNotFound);
  EXPECT_TRUE(opens(1));
  ASSERT_TRUE(shares().remove(kLocalUserId, job.id, share.id).has_value());
  EXPECT_FALSE(opens(1));
  EXPECT_TRUE(shares().list(kLocalUserId, job.id)->empty());
}

TEST_P(ShareStoreTest, LinksGoWithTheirJobTheirAccountAndWhenTheirOwnerIsLockedOut) {
  const Job job = add_job();
  add(job, 1);
  ASSERT_TRUE(db_->jobs().cancel(kLocalUserId, job.id).has_value());
  ASSERT_TRUE(db_->jobs().remove(kLocalUserId, job.id).has_value());
  EXPECT_FALSE(opens(1));
  add(add_job(testing::kOtherUserId), 2);
  ASSERT_TRUE(db_->users().set_disabled(testing::kOtherUserId, true).has_value());
  EXPECT_FALSE(opens(2));
  ASSERT_TRUE(db_->users().set_disabled(testing::kOtherUserId, false).has_value());
  EXPECT_TRUE(opens(2));
  ASSERT_TRUE(db_->accounts().remove_account(testing::kOtherUserId).has_value());
  EXPECT_FALSE(opens(2));
}

TEST_P(ShareStoreTest, AJobHasABoundedNumberOfLinks) {
  const Job job = add_job();
  for (std::size_t i = 0; i < kMaxShares; ++i) add(job, static_cast<int>(i));
  EXPECT_EQ(shares().create(kLocalUserId, {.job_id = job.id}, digest(1000)).error().code, ErrorCode::kExists);
  EXPECT_EQ(shares().list(kLocalUserId, job.id)->size(), kMaxShares);
}

}  // namespace
}  // namespace vat::db
