#include "uploads/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "uploads/resumable.h"
#include "uploads/testing/upload_folder.h"

namespace vat::uploads {
namespace {

using ::testing::HasSubstr;
using testing::UploadFolder;

class Completion : public ::testing::Test {
 protected:
  /// The state left by a process that died after moving the bytes and before completing the row.
  void put_object(const Upload& upload, const std::string& bytes) {
    const std::filesystem::path file = folder.staging() / "moved";
    ASSERT_TRUE(write_file_atomically(file, bytes, Overwrite::kReplace));
    ASSERT_TRUE(folder.intake().objects.put(make_object_key("uploads", upload.id), file));
  }

  UploadFolder folder;
  const std::string wav = folder.recording();
};

TEST_F(Completion, AFileThatArrivedBecomesAnUpload) {
  ReceivedFile file = folder.received(wav);
  const Upload upload = store_upload(folder.intake(), file).value();
  EXPECT_EQ(upload.state, UploadState::kComplete);
  EXPECT_EQ(upload.size, wav.size());
  EXPECT_GT(upload.expires_at, utc_now()) << "no job uses it";
  EXPECT_EQ(folder.row(upload).expires_at, upload.expires_at);
  EXPECT_EQ(folder.row(upload).state, UploadState::kComplete);
  EXPECT_EQ(folder.row(upload).media.audio_tracks, 1);
  EXPECT_EQ(folder.content(upload.id), wav);
  file.file.reset();
  EXPECT_EQ(folder.staged_files(), 0U);
}

TEST_F(Completion, TheSameContentIsStoredOnceAndStaysAsLongAsAnyUploadUsesIt) {
  ReceivedFile first = folder.received(wav);
  ReceivedFile second = folder.received(wav, "again.wav");
  ReceivedFile other = folder.received(folder.recording(880));
  const Upload one = store_upload(folder.intake(), first).value();
  const Upload two = store_upload(folder.intake(), second).value();
  ASSERT_TRUE(store_upload(folder.intake(), other));
  EXPECT_EQ(one.object_key, two.object_key);
  EXPECT_EQ(folder.stored_files(), 2U);
  ASSERT_TRUE(remove_upload(folder.intake(), one));
  EXPECT_EQ(folder.content(two.id), wav);
  ASSERT_TRUE(remove_upload(folder.intake(), two));
  EXPECT_EQ(folder.stored_files(), 1U);
}

TEST_F(Completion, AResumableUploadIsCompletedAfterItsLastByte) {
  const Upload upload = folder.begun(wav.size());
  folder.append(upload, wav);
  EXPECT_EQ(offset_of(folder.intake(), upload), wav.size());
  OpenUpload open = open_upload(folder.intake(), upload).value();
  EXPECT_EQ(complete_upload(folder.intake(), upload, *open.file)->state, UploadState::kComplete);
  EXPECT_EQ(folder.content(upload.id), wav);
  EXPECT_EQ(folder.staged_files(), 0U);
}

TEST_F(Completion, ContentThatIsNoRecordingGoesWithItsRowAndIsNamedByItsLabel) {
  const Upload upload = folder.begun(7);
  folder.append(upload, "no wave");
  OpenUpload open = open_upload(folder.intake(), upload).value();
  const Result<Upload> refused = complete_upload(folder.intake(), upload, *open.file);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kBadMedia);
  EXPECT_THAT(refused.error().message, HasSubstr("talk.wav"));
  EXPECT_THAT(refused.error().message, ::testing::Not(HasSubstr(folder.staging().string())));
  EXPECT_FALSE(folder.exists(upload));
  EXPECT_EQ(folder.staged_files() + folder.stored_files(), 0U);
}

// Each state in which a `kill -9` can leave an upload.

TEST_F(Completion, AnUploadWhoseLastByteCameBeforeACrashIsCompletedLater) {
  const Upload upload = folder.begun(wav.size());
  folder.append(upload, wav);
  EXPECT_TRUE(is_whole(folder.intake(), upload));
  EXPECT_EQ(find_settled(folder.intake(), upload.user_id, upload.id)->state, UploadState::kComplete);
  EXPECT_EQ(folder.content(upload.id), wav);
}

TEST_F(Completion, AnUploadWhoseBytesWereStoredBeforeACrashIsCompletedLater) {
  const Upload upload = folder.begun(wav.size());
  put_object(upload, wav);
  EXPECT_TRUE(is_whole(folder.intake(), upload));
  const Upload settled = find_settled(folder.intake(), upload.user_id, upload.id).value();
  EXPECT_EQ(settled.state, UploadState::kComplete);
  EXPECT_EQ(settled.media.audio_tracks, 1);
  EXPECT_EQ(folder.content(upload.id), wav);
  EXPECT_EQ(folder.staged_files(), 0U);
}

TEST_F(Completion, AnUploadThatIsBeingCompletedIsLeftToWhoDoesThat) {
  const Upload upload = folder.begun(wav.size());
  const OpenUpload open = open_upload(folder.intake(), upload).value();
  ASSERT_TRUE(open.file->append(wav));
  EXPECT_EQ(find_settled(folder.intake(), upload.user_id, upload.id)->state, UploadState::kReceiving);
}

TEST_F(Completion, AnUploadOfWhichBytesAreMissingStaysAsItIs) {
  const Upload upload = folder.begun(wav.size());
  folder.append(upload, wav.substr(0, 100));
  EXPECT_FALSE(is_whole(folder.intake(), upload));
  EXPECT_EQ(find_settled(folder.intake(), upload.user_id, upload.id)->state, UploadState::kReceiving);
  const Upload part = folder.begun(wav.size(), true);
  folder.append(part, wav);
  EXPECT_FALSE(is_whole(folder.intake(), part)) << "a part is never an upload by itself";
}

}  // namespace
}  // namespace vat::uploads
