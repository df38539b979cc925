#include <gmock/gmock.h>

#include "base/uuid.h"
#include "db/testing/database_fixture.h"

namespace vat::db {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class AccountStoreTest : public testing::DatabaseTest {
 protected:
  AccountStore& accounts() { return db_->accounts(); }
  Job finished(const std::string& user_id, const std::string& artifact_key) {
    const Job job = add_job(user_id);
    const ClaimedJob claimed = claim();
    Artifact file{.id = make_uuid(), .job_id = job.id, .name = "a.srt", .kind = "transcript"};
    file.object_key = artifact_key;
    EXPECT_TRUE(db_->queue().save_artifact(claimed.lease, file).has_value());
    Transcript transcript;
    transcript.segments = {{.start = Millis(0), .end = Millis(1), .text = "Hello"}};
    EXPECT_TRUE(db_->queue().save_transcript(claimed.lease, transcript).has_value());
    EXPECT_TRUE(db_->queue().complete(claimed.lease, {}).has_value());
    return job;
  }
};
VAT_ON_BOTH_ENGINES(AccountStoreTest);

TEST_P(AccountStoreTest, RemovesJobsInStepsWhateverTheirState) {
  (void)finished(kLocalUserId, "artifacts/mine");
  (void)add_job();
  (void)claim();
  (void)add_job();
  const Job other = finished(testing::kOtherUserId, "artifacts/other");
  bus_.clear();
  std::vector<std::string> keys;
  std::size_t jobs = 0;
  for (bool more = true; more;) {
    const RemovedJobs removed = accounts().remove_jobs(kLocalUserId, 2).value();
    keys.insert(keys.end(), removed.object_keys.begin(), removed.object_keys.end());
    jobs += removed.jobs;
    more = removed.more;
  }
  EXPECT_EQ(jobs, 3U);
  EXPECT_THAT(keys, Contains("artifacts/mine"));
  EXPECT_THAT(bus_.kinds(), Contains(Notification::Kind::kCancel)) << "the worker of the running one stops";
  EXPECT_THAT(db_->jobs().list(kLocalUserId, {})->jobs, IsEmpty());
  EXPECT_THAT(db_->transcripts().search(kLocalUserId, "hello", 0, 10).value(), IsEmpty());
  EXPECT_TRUE(db_->jobs().get(testing::kOtherUserId, other.id).has_value());
}

TEST_P(AccountStoreTest, RemovesAUserWithEverything) {
  (void)finished(testing::kOtherUserId, "artifacts/theirs");
  const Job mine = finished(kLocalUserId, "artifacts/mine");
  ApiKey key;
  key.user_id = testing::kOtherUserId;
  (void)db_->users().create_key(key, std::string(64, 'k')).value();
  Webhook webhook;
  webhook.user_id = testing::kOtherUserId;
  (void)db_->webhooks().create(webhook).value();
  EXPECT_THAT(accounts().remove_account(testing::kOtherUserId).value(), Contains("artifacts/theirs"));
  EXPECT_EQ(db_->users().get(testing::kOtherUserId).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(db_->users().find_by_key(std::string(64, 'k')).value().has_value());
  EXPECT_TRUE(db_->jobs().get(kLocalUserId, mine.id).has_value());
  EXPECT_THAT(accounts().remove_account(testing::kOtherUserId).value(), IsEmpty()) << "again";
}

TEST_P(AccountStoreTest, KeepsTheLocalUserItself) {
  (void)finished(kLocalUserId, "artifacts/mine");
  (void)accounts().remove_account(kLocalUserId).value();
  EXPECT_TRUE(db_->users().get(kLocalUserId).has_value());
  EXPECT_THAT(db_->jobs().list(kLocalUserId, {})->jobs, IsEmpty());
  EXPECT_THAT(db_->uploads().list(kLocalUserId, "", 10).value(), IsEmpty());
  EXPECT_EQ(db_->jobs().last_event_id(kLocalUserId).value(), 0);
}

TEST_P(AccountStoreTest, ListsUploadsInPages) {
  const Upload first = add_upload(kLocalUserId, std::string(64, 'a'), "uploads/a");
  const Upload second = add_upload(kLocalUserId, std::string(64, 'b'), "uploads/b");
  (void)add_upload(testing::kOtherUserId, std::string(64, 'c'), "uploads/c");
  const auto ids = [&](const std::string& after, std::size_t limit) {
    std::vector<std::string> found;
    const auto page = db_->uploads().list(kLocalUserId, after, limit).value();
    for (const Upload& upload : page) found.push_back(upload.id);
    return found;
  };
  EXPECT_THAT(ids("", 10), UnorderedElementsAre(first.id, second.id));
  const auto page = ids("", 1);
  ASSERT_EQ(page.size(), 1U);
  EXPECT_THAT(ids(page.front(), 10), ::testing::SizeIs(1));
}

}  // namespace
}  // namespace vat::db
