#include "uploads/resumable.h"

#include <gtest/gtest.h>

#include "uploads/completion.h"
#include "uploads/testing/upload_folder.h"

namespace vat::uploads {
namespace {

using testing::UploadFolder;

class Resumable : public ::testing::Test {
 protected:
  OpenUpload open(const Upload& upload) { return open_upload(folder.intake(), folder.row(upload)).value(); }

  UploadFolder folder;
  const std::string wav = folder.recording();
};

TEST_F(Resumable, BytesStayBetweenRequests) {
  const Upload upload = folder.begun(wav.size());
  ASSERT_TRUE(upload.expires_at);
  folder.append(upload, wav.substr(0, 5000));
  EXPECT_EQ(offset_of(folder.intake(), upload), 5000U);
  EXPECT_EQ(open(upload).file->size(), 5000U);
  folder.append(upload, wav.substr(5000));
  EXPECT_EQ(open(upload).file->size(), wav.size());
}

TEST_F(Resumable, BytesOfACheckedChunkThatACrashCutShortAreNotKept) {
  const Upload upload = folder.begun(wav.size());
  folder.append(upload, wav.substr(0, 100));
  {
    const OpenUpload writing = open(upload);
    ASSERT_TRUE(writing.file->mark(100));
    ASSERT_TRUE(writing.file->append("unproven"));
  }  // as the process does when it is killed
  EXPECT_EQ(offset_of(folder.intake(), upload), 100U);
  EXPECT_EQ(open(upload).file->size(), 100U);
  folder.append(upload, wav.substr(100));
  EXPECT_EQ(find_settled(folder.intake(), upload.user_id, upload.id)->state, UploadState::kComplete);
  EXPECT_EQ(folder.content(upload.id), wav);
}

TEST_F(Resumable, OneRequestAtATimeWrites) {
  const Upload upload = folder.begun(wav.size());
  OpenUpload first = open(upload);
  EXPECT_EQ(first.state, OpenState::kOpen);
  const OpenUpload second = open(upload);
  EXPECT_EQ(second.state, OpenState::kInUse);
  EXPECT_EQ(second.file, nullptr);
  EXPECT_EQ(terminate(folder.intake(), upload.user_id, upload.id).error().code, ErrorCode::kExists);
  first.file.reset();
  EXPECT_EQ(open(upload).state, OpenState::kOpen);
}

TEST_F(Resumable, WhatIsCompleteOrPastItsTimeTakesNoBytes) {
  ReceivedFile file = folder.received(wav);
  const Upload complete = store_upload(folder.intake(), file).value();
  EXPECT_EQ(open(complete).state, OpenState::kComplete);
  const Upload late = folder.begun(wav.size());
  folder.expire(late, utc_now() - std::chrono::seconds(1));
  EXPECT_EQ(open(late).state, OpenState::kExpired);
  EXPECT_EQ(folder.staged_files(), 0U) << "nothing was made by looking";
}

TEST_F(Resumable, AnUploadThatWasCompletedSinceItsRowWasReadIsComplete) {
  const Upload before = folder.begun(wav.size());
  folder.append(before, wav);
  ASSERT_TRUE(find_settled(folder.intake(), before.user_id, before.id));
  EXPECT_EQ(open_upload(folder.intake(), before)->state, OpenState::kComplete);
  EXPECT_EQ(folder.staged_files(), 0U);
}

TEST_F(Resumable, PartsBecomeAWholeAndAreRemoved) {
  const Upload first = folder.begun(7000, true);
  const Upload second = folder.begun(wav.size() - 7000, true);
  folder.append(first, wav.substr(0, 7000));
  folder.append(second, wav.substr(7000));
  const Upload whole =
      join_parts(folder.intake(), UploadFolder::described("whole.wav"), {open(first), open(second)}).value();
  EXPECT_EQ(whole.state, UploadState::kComplete);
  EXPECT_EQ(whole.size, wav.size());
  EXPECT_EQ(folder.content(whole.id), wav);
  EXPECT_FALSE(folder.exists(first) || folder.exists(second));
  EXPECT_EQ(folder.staged_files(), 0U);
}

TEST_F(Resumable, PartsThatMakeNoRecordingStay) {
  const Upload part = folder.begun(4, true);
  folder.append(part, "none");
  const Result<Upload> whole = join_parts(folder.intake(), UploadFolder::described(), {open(part)});
  ASSERT_FALSE(whole);
  EXPECT_EQ(whole.error().code, ErrorCode::kBadMedia);
  EXPECT_TRUE(folder.exists(part));
  EXPECT_EQ(folder.staged_files(), 1U);
}

TEST_F(Resumable, TerminationRemovesTheBytes) {
  const Upload half = folder.begun(wav.size());
  folder.append(half, wav.substr(0, 50));
  ASSERT_TRUE(terminate(folder.intake(), half.user_id, half.id));
  EXPECT_FALSE(folder.exists(half));
  ReceivedFile file = folder.received(wav);
  const Upload complete = store_upload(folder.intake(), file).value();
  ASSERT_TRUE(terminate(folder.intake(), complete.user_id, complete.id));
  EXPECT_EQ(terminate(folder.intake(), complete.user_id, complete.id).error().code, ErrorCode::kNotFound);
  file.file.reset();
  EXPECT_EQ(folder.staged_files() + folder.stored_files(), 0U);
}

}  // namespace
}  // namespace vat::uploads
