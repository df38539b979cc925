#include <gmock/gmock.h>

#include "base/uuid.h"
#include "db/testing/database_fixture.h"

namespace vat::db {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class RetentionStoreTest : public testing::DatabaseTest {
 protected:
  RetentionStore& retention() { return db_->retention(); }
  /// A finished job with a recording, its previews, a transcript and speech.
  Job finished(const std::string& user_id, const std::string& mark) {
    NewJob wanted;
    wanted.user_id = user_id;
    wanted.title = mark;
    wanted.options = "{}";
    wanted.upload_id = add_upload(user_id, std::string(64, mark.front()), "uploads/" + mark).id;
    const Job job = db_->jobs().create({wanted}, {}).value().jobs.front();
    const ClaimedJob claimed = claim();
    for (const char* const kind :
         {"transcript", "speech", "takes", "master", "take", "waveform", "thumbnail", "filmstrip"}) {
      Artifact file{.id = make_uuid(), .job_id = job.id, .name = kind, .kind = kind};
      file.object_key = std::string("artifacts/") + kind + mark;
      EXPECT_TRUE(db_->queue().save_artifact(claimed.lease, file).has_value());
    }
    EXPECT_TRUE(db_->queue().complete(claimed.lease, {}).has_value());
    return job;
  }
  std::vector<std::string> kinds(const Job& job) {
    std::vector<std::string> found;
    const auto files = db_->jobs().artifacts(job.user_id, job.id).value();
    for (const Artifact& file : files) found.push_back(file.kind);
    return found;
  }
  RetentionStore::Carried carry_out() { return retention().carry_out(now(), 100).value(); }
};
VAT_ON_BOTH_ENGINES(RetentionStoreTest);

TEST_P(RetentionStoreTest, KeepsEverythingUnlessToldOtherwise) {
  (void)finished(kLocalUserId, "a");
  advance(std::chrono::days(1000));
  EXPECT_EQ(carry_out().removed, 0U);
  EXPECT_THAT(retention().upcoming(kLocalUserId, 10).value(), IsEmpty());
}

TEST_P(RetentionStoreTest, RemovesEachKindAtItsTime) {
  const Job mine = finished(kLocalUserId, "a");
  const Job other = finished(testing::kOtherUserId, "b");
  const Retention wish{.recordings = Days(1), .speech = Days(2), .jobs = Days(3)};
  ASSERT_TRUE(retention().set_own(kLocalUserId, wish).has_value());
  EXPECT_EQ(retention().own(kLocalUserId).value(), wish);
  advance(std::chrono::hours(23));
  EXPECT_EQ(carry_out().removed, 0U);
  advance(std::chrono::hours(1));
  const Job whole = db_->jobs().get(kLocalUserId, mine.id).value();
  EXPECT_TRUE(whole.has_waveform && whole.has_thumbnail && whole.has_filmstrip);
  EXPECT_THAT(carry_out().object_keys, UnorderedElementsAre("uploads/a", "artifacts/waveforma",
                                                            "artifacts/thumbnaila", "artifacts/filmstripa"));
  const Job left = db_->jobs().get(kLocalUserId, mine.id).value();
  EXPECT_FALSE(left.has_waveform || left.has_thumbnail || left.has_filmstrip);
  EXPECT_EQ(db_->uploads().get(kLocalUserId, mine.upload_id)->object_key, "");
  EXPECT_THAT(kinds(mine), UnorderedElementsAre("transcript", "speech", "takes", "master", "take"));
  advance(std::chrono::days(1));
  EXPECT_THAT(carry_out().object_keys, UnorderedElementsAre("artifacts/speecha", "artifacts/takesa",
                                                            "artifacts/mastera", "artifacts/takea"));
  EXPECT_THAT(kinds(mine), ElementsAre("transcript"));
  advance(std::chrono::days(1));
  EXPECT_THAT(carry_out().object_keys, ElementsAre("artifacts/transcripta"));
  EXPECT_EQ(db_->jobs().get(kLocalUserId, mine.id).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(carry_out().removed, 0U);
  EXPECT_THAT(kinds(other), UnorderedElementsAre("transcript", "speech", "takes", "master", "take",
                                                 "waveform", "thumbnail", "filmstrip"))
      << "of a user without that wish";
}

TEST_P(RetentionStoreTest, SaysWhatIsNext) {
  const Job first = finished(kLocalUserId, "a");
  const UtcTime end = now();
  advance(std::chrono::hours(1));
  (void)finished(kLocalUserId, "b");
  ASSERT_TRUE(retention().set_own(kLocalUserId, {.recordings = Days(5), .jobs = Days(30)}).has_value());
  const auto next = retention().upcoming(kLocalUserId, 10).value();
  ASSERT_EQ(next.size(), 4U);
  EXPECT_EQ(next.at(0).job_id, first.id);
  EXPECT_EQ(next.at(0).what, Kept::kRecording);
  EXPECT_EQ(next.at(0).at, end + Days(5));
  EXPECT_EQ(next.at(3).what, Kept::kJob);
}

TEST_P(RetentionStoreTest, KeepsARecordingThatAnotherJobNeeds) {
  const Job old = finished(kLocalUserId, "a");
  ASSERT_TRUE(retention().set_own(kLocalUserId, {.recordings = Days(1)}).has_value());
  advance(std::chrono::days(2));
  NewJob again;
  again.user_id = kLocalUserId;
  again.options = "{}";
  again.upload_id = old.upload_id;
  ASSERT_TRUE(db_->jobs().create({again}, {}).has_value());
  EXPECT_EQ(carry_out().removed, 0U);
  ASSERT_TRUE(db_->queue().complete(claim().lease, {}).has_value());
  advance(std::chrono::days(1));
  EXPECT_EQ(carry_out().removed, 1U);
  EXPECT_EQ(db_->jobs().create({again}, {}).error().code, ErrorCode::kNotFound)
      << "nothing is left to process";
}

}  // namespace
}  // namespace vat::db
