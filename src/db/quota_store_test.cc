#include <gmock/gmock.h>

#include "base/uuid.h"
#include "db/quota_check.h"
#include "db/testing/database_fixture.h"

namespace vat::db {
namespace {

using std::chrono::minutes;
using ::testing::HasSubstr;

class QuotaStoreTest : public testing::DatabaseTest {
 protected:
  QuotaStore& quotas() { return db_->quotas(); }
  Usage usage() { return quotas().allowance(kLocalUserId).value().usage; }
  Result<Upload> upload(std::uint64_t size) {
    Upload wanted;
    wanted.user_id = kLocalUserId;
    wanted.size = size;
    return db_->uploads().create(wanted);
  }
  Result<CreatedJobs> create(const std::string& upload_id) {
    NewJob job;
    job.user_id = kLocalUserId;
    job.upload_id = upload_id;
    job.options = "{}";
    return db_->jobs().create({job}, {});
  }
};
VAT_ON_BOTH_ENGINES(QuotaStoreTest);

TEST_P(QuotaStoreTest, CountsWhatAUserHas) {
  const Usage before = usage();
  EXPECT_EQ(before.stored_bytes, 0U);
  const Job job = add_job();
  const Upload whole = db_->uploads().get(kLocalUserId, job.upload_id).value();
  ASSERT_TRUE(upload(1'000).has_value());
  const ClaimedJob claimed = claim();
  Artifact file{.id = make_uuid(), .job_id = job.id, .name = "a.srt", .kind = "transcript"};
  file.size = 50;
  file.object_key = "artifacts/x";
  ASSERT_TRUE(db_->queue().save_artifact(claimed.lease, file).has_value());
  const Job waiting = add_job();
  const Usage after = usage();
  const std::uint64_t second = db_->uploads().get(kLocalUserId, waiting.upload_id)->size.value_or(0);
  EXPECT_EQ(after.stored_bytes, whole.size.value_or(0) + second + 1'050);
  EXPECT_EQ(after.running_jobs, 1U);
  EXPECT_EQ(after.waiting_jobs, 1U);
  EXPECT_EQ(after.sound_this_month, job.duration + waiting.duration);
  EXPECT_EQ(quotas().allowance(testing::kOtherUserId).value().usage.stored_bytes, 0U);
  EXPECT_EQ(quotas().allowance(make_uuid()).error().code, ErrorCode::kNotFound);
}

TEST_P(QuotaStoreTest, AUsersOwnQuotasReplaceTheInstallations) {
  EXPECT_EQ(quotas().allowance(kLocalUserId)->quotas, Quotas());
  ASSERT_TRUE(
      quotas().set_own(kLocalUserId, {.stored_bytes = 500, .sound_per_month = minutes(9)}).has_value());
  const Quotas mine = quotas().allowance(kLocalUserId)->quotas;
  EXPECT_EQ(mine.stored_bytes, 500U);
  EXPECT_EQ(mine.sound_per_month, minutes(9));
  EXPECT_EQ(mine.waiting_jobs, Quotas().waiting_jobs);
  EXPECT_EQ(quotas().own(kLocalUserId)->waiting_jobs, std::nullopt);
  EXPECT_EQ(quotas().allowance(testing::kOtherUserId)->quotas, Quotas());
  ASSERT_TRUE(quotas().set_own(kLocalUserId, {}).has_value());
  EXPECT_EQ(quotas().allowance(kLocalUserId)->quotas, Quotas());
  EXPECT_EQ(quotas().set_own(make_uuid(), {}).error().code, ErrorCode::kNotFound);
}

TEST_P(QuotaStoreTest, NoUploadGoesOverTheBytes) {
  ASSERT_TRUE(quotas().set_own(kLocalUserId, {.stored_bytes = 1'000}).has_value());
  const Upload first = upload(600).value();
  const auto second = upload(401);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::kDiskFull);
  EXPECT_THAT(second.error().message, HasSubstr("600 bytes are in use"));
  EXPECT_TRUE(upload(400).has_value());
  EXPECT_FALSE(quotas().check(kLocalUserId, 0, 1).has_value());
  ASSERT_TRUE(db_->uploads().remove(kLocalUserId, first.id).has_value());
  EXPECT_TRUE(quotas().check(kLocalUserId, 0, 600).has_value());
  Upload deferred;
  deferred.user_id = kLocalUserId;
  deferred = db_->uploads().create(deferred).value();
  EXPECT_EQ(db_->uploads().set_size(kLocalUserId, deferred.id, 601).error().code, ErrorCode::kDiskFull);
  EXPECT_TRUE(db_->uploads().set_size(kLocalUserId, deferred.id, 600).has_value());
}

TEST_P(QuotaStoreTest, NoUploadOfUnknownSizeGoesOverTheBytesWhenItIsComplete) {
  ASSERT_TRUE(quotas().set_own(kLocalUserId, {.stored_bytes = 1'000}).has_value());
  ASSERT_TRUE(upload(600).has_value());
  Upload fetched;
  fetched.user_id = kLocalUserId;
  fetched = db_->uploads().create(fetched).value();
  fetched.object_key = "uploads/two";
  fetched.size = 401;
  EXPECT_EQ(db_->uploads().complete(fetched).error().code, ErrorCode::kDiskFull);
  EXPECT_EQ(usage().stored_bytes, 600U);
  fetched.size = 400;
  EXPECT_TRUE(db_->uploads().complete(fetched).has_value());
  EXPECT_EQ(usage().stored_bytes, 1'000U);
}

TEST_P(QuotaStoreTest, NoJobGoesOverTheQueue) {
  ASSERT_TRUE(quotas().set_own(kLocalUserId, {.waiting_jobs = 2}).has_value());
  const Upload whole = add_upload();
  ASSERT_TRUE(create(whole.id).has_value());
  ASSERT_TRUE(create(whole.id).has_value());
  const auto third = create(whole.id);
  ASSERT_FALSE(third.has_value());
  EXPECT_EQ(http_status(third.error()), 429);
  EXPECT_EQ(usage().waiting_jobs, 2U);
  (void)claim();
  EXPECT_TRUE(create(whole.id).has_value());
}

TEST_P(QuotaStoreTest, NoJobGoesOverTheSoundOfAMonth) {
  const Upload whole = add_upload();
  const auto each = std::chrono::ceil<minutes>(whole.media.duration);
  ASSERT_GT(each.count(), 0);
  ASSERT_TRUE(quotas().set_own(kLocalUserId, {.sound_per_month = each}).has_value());
  ASSERT_TRUE(create(whole.id).has_value());
  Result<CreatedJobs> refused = create(whole.id);
  for (int i = 0; i < 100 && refused; ++i) refused = create(whole.id);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(http_status(refused.error()), 429);
  EXPECT_GT(refused.error().retry_seconds, 0);
  EXPECT_LE(usage().sound_this_month, each) << "what is refused is not counted";
  advance(std::chrono::seconds(refused.error().retry_seconds));
  EXPECT_EQ(usage().sound_this_month, Millis(0));
  EXPECT_TRUE(create(whole.id).has_value()) << "in the next month";
}

TEST_P(QuotaStoreTest, SoundOfUnknownLengthIsCountedWhenItIsKnown) {
  Upload whole;
  whole.user_id = kLocalUserId;
  whole.size = 5;
  whole = db_->uploads().create(whole).value();
  whole.object_key = "uploads/two";
  ASSERT_TRUE(db_->uploads().complete(whole).has_value());
  ASSERT_TRUE(create(whole.id).has_value());
  EXPECT_EQ(usage().sound_this_month, Millis(0));
  const ClaimedJob claimed = claim();
  for (int i = 0; i < 2; ++i)
    ASSERT_TRUE(db_->queue().describe(claimed.lease, {.duration = Millis(7'000)}).has_value());
  EXPECT_EQ(usage().sound_this_month, Millis(7'000)) << "once";
}

TEST(MonthOf, EndsWhenTheNextBegins) {
  const auto month = [](const char* time) { return month_of(parse_rfc3339(time).value()); };
  EXPECT_EQ(month("2026-11-30T23:59:59.999Z").number, 202611);
  EXPECT_EQ(to_rfc3339(month("2026-11-01T00:00:00Z").end), "2026-12-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339(month("2026-12-31T12:00:00Z").end), "2027-01-01T00:00:00.000Z");
}

}  // namespace
}  // namespace vat::db
