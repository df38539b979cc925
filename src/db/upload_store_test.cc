#include <gmock/gmock.h>

#include "base/uuid.h"
#include "db/testing/database_fixture.h"

namespace vat::db {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class UploadStoreTest : public testing::DatabaseTest {
 protected:
  UploadStore& uploads() { return db_->uploads(); }
  ErrorCode code_of(const auto& result) {
    EXPECT_FALSE(result.has_value());
    return result ? ErrorCode::kInternal : result.error().code;
  }
  Upload begin(std::optional<std::uint64_t> size = {}) {
    Upload upload;
    upload.user_id = kLocalUserId;
    upload.filename = "talk.mp4";
    upload.size = size;
    upload.expires_at = now() + std::chrono::hours(24);
    return uploads().create(upload).value();
  }
  std::vector<std::string> expired() {
    std::vector<std::string> ids;
    const auto found = uploads().expired(now(), 100).value();
    for (const Upload& upload : found) ids.push_back(upload.id);
    return ids;
  }
};
VAT_ON_BOTH_ENGINES(UploadStoreTest);

TEST_P(UploadStoreTest, AnUploadComesBackAsItWasMade) {
  Upload upload;
  upload.id = make_uuid();
  upload.user_id = kLocalUserId;
  upload.filename = "../Grüße 世界.mp4";
  upload.content_type = "video/mp4";
  upload.metadata = "filename dGFsay5tcDQ=,is_confidential";
  upload.partial = true;
  upload.expires_at = now() + std::chrono::hours(1);
  ASSERT_TRUE(uploads().create(upload).has_value());
  const Upload found = uploads().get(kLocalUserId, upload.id).value();
  EXPECT_EQ(found.state, UploadState::kReceiving);
  EXPECT_EQ(found.filename, upload.filename);
  EXPECT_EQ(found.content_type, upload.content_type);
  EXPECT_EQ(found.metadata, upload.metadata);
  EXPECT_TRUE(found.partial);
  EXPECT_FALSE(found.size);
  EXPECT_EQ(found.expires_at, upload.expires_at);
  EXPECT_EQ(found.created_at, now());
  EXPECT_EQ(code_of(uploads().get(testing::kOtherUserId, upload.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(uploads().get(kLocalUserId, "x")), ErrorCode::kNotFound);
}

TEST_P(UploadStoreTest, WhatNoEngineCouldHoldIsMended) {
  Upload upload;
  upload.user_id = kLocalUserId;
  upload.filename = std::string("a\0b\xFF.mp4", 8);
  const Upload made = uploads().create(upload).value();
  EXPECT_EQ(uploads().get(kLocalUserId, made.id)->filename, "a b\xEF\xBF\xBD.mp4");
}

TEST_P(UploadStoreTest, ADeferredLengthIsSetOnce) {
  const Upload upload = begin();
  ASSERT_TRUE(uploads().set_size(kLocalUserId, upload.id, 20ULL << 30U).has_value());
  EXPECT_EQ(uploads().get(kLocalUserId, upload.id)->size, 20ULL << 30U);
  EXPECT_TRUE(uploads().set_size(kLocalUserId, upload.id, 20ULL << 30U).has_value()) << "the same";
  EXPECT_EQ(code_of(uploads().set_size(kLocalUserId, upload.id, 1)), ErrorCode::kExists);
  EXPECT_EQ(code_of(uploads().set_size(testing::kOtherUserId, upload.id, 1)), ErrorCode::kNotFound);
}

TEST_P(UploadStoreTest, ACompleteUploadIsFoundByItsContent) {
  Upload upload = begin();
  const std::string digest(64, 'c');
  EXPECT_FALSE(uploads().find_content(kLocalUserId, digest)->has_value());
  upload.size = 5;
  upload.fingerprint = digest;
  upload.object_key = "uploads/x";
  upload.media = {"mov,mp4", Millis(1234), true, 2};
  ASSERT_TRUE(uploads().complete(upload).has_value());
  const auto found = uploads().find_content(kLocalUserId, digest).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, upload.id);
  EXPECT_EQ(found->state, UploadState::kComplete);
  EXPECT_EQ(found->media, upload.media);
  EXPECT_EQ(found->object_key, "uploads/x");
  EXPECT_EQ(found->expires_at, upload.expires_at);
  EXPECT_FALSE(uploads().find_content(testing::kOtherUserId, digest)->has_value());
  EXPECT_EQ(code_of(uploads().complete(upload)), ErrorCode::kExists) << "it is complete";
  upload.user_id = testing::kOtherUserId;
  EXPECT_EQ(code_of(uploads().complete(upload)), ErrorCode::kNotFound);
}

TEST_P(UploadStoreTest, RemovalSaysWhichObjectNobodyNeeds) {
  const Upload one = add_upload(kLocalUserId, std::string(64, 'a'), "uploads/shared");
  const Upload two = add_upload(kLocalUserId, std::string(64, 'a'), "uploads/shared");
  EXPECT_EQ(code_of(uploads().remove(testing::kOtherUserId, one.id)), ErrorCode::kNotFound);
  EXPECT_EQ(uploads().remove(kLocalUserId, one.id).value(), "");
  EXPECT_EQ(uploads().remove(kLocalUserId, two.id).value(), "uploads/shared");
  EXPECT_EQ(uploads().remove(kLocalUserId, begin().id).value(), "") << "it never had one";
  EXPECT_EQ(code_of(uploads().remove(kLocalUserId, one.id)), ErrorCode::kNotFound);
  const Job job = add_job();
  EXPECT_EQ(code_of(uploads().remove(kLocalUserId, job.upload_id)), ErrorCode::kExists);
}

TEST_P(UploadStoreTest, ObjectsThatNothingRefersToAreFound) {
  add_upload(kLocalUserId, std::string(64, 'a'), "uploads/one");
  EXPECT_THAT(db_->unused_objects({"uploads/one", "uploads/two", "artifacts/three"}).value(),
              UnorderedElementsAre("uploads/two", "artifacts/three"));
  EXPECT_THAT(db_->unused_objects({}).value(), IsEmpty());
}

TEST_P(UploadStoreTest, WhatNobodyFinishesOrUsesExpires) {
  const Upload unfinished = begin();
  const Upload kept = add_upload();
  EXPECT_FALSE(uploads().get(kLocalUserId, kept.id)->expires_at) << "it says that it is kept";
  Upload unused = begin();
  unused.expires_at = now() + std::chrono::hours(25);
  unused.object_key = "uploads/unused";
  unused.size = 1;
  ASSERT_TRUE(uploads().complete(unused).has_value());
  Upload used = begin();
  used.expires_at = unused.expires_at;
  used.object_key = "uploads/used";
  used.size = 1;
  ASSERT_TRUE(uploads().complete(used).has_value());
  NewJob wanted;
  wanted.user_id = kLocalUserId;
  wanted.upload_id = used.id;
  ASSERT_TRUE(db_->jobs().create({wanted}, {}).has_value());
  EXPECT_FALSE(uploads().get(kLocalUserId, used.id)->expires_at);
  EXPECT_THAT(expired(), IsEmpty());
  advance(std::chrono::hours(25));
  begin();
  EXPECT_THAT(expired(), UnorderedElementsAre(unfinished.id, unused.id));
  EXPECT_EQ(uploads().expired(now(), 1)->size(), 1U);
}

TEST_P(UploadStoreTest, APartOfAnUploadMakesNoJob) {
  Upload part = begin(10);
  part.partial = true;
  part.id.clear();
  part = uploads().create(part).value();
  part.fingerprint = std::string(64, 'a');
  part.object_key = "uploads/part";
  ASSERT_TRUE(uploads().complete(part).has_value());
  NewJob job;
  job.user_id = kLocalUserId;
  job.upload_id = part.id;
  EXPECT_EQ(code_of(db_->jobs().create({job}, {})), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace vat::db
