#include "uploads/expiry.h"

#include <gtest/gtest.h>

#include "base/uuid.h"
#include "uploads/resumable.h"
#include "uploads/testing/upload_folder.h"

namespace vat::uploads {
namespace {

namespace fs = std::filesystem;
using testing::UploadFolder;

class Expiry : public ::testing::Test {
 protected:
  std::size_t removed() { return remove_expired(folder.intake()).value(); }

  UploadFolder folder;
  const std::string wav = folder.recording();
};

TEST_F(Expiry, UnfinishedUploadsGoAfterTheirTimeUnlessOneIsWritten) {
  const Upload half = folder.begun(wav.size());
  folder.append(half, wav.substr(0, 50));
  // An upload whose process died after moving the bytes and before writing the row.
  const Upload moved = folder.begun(wav.size());
  const fs::path file = folder.staging() / "moved";
  ASSERT_TRUE(write_file_atomically(file, wav, Overwrite::kReplace));
  ASSERT_TRUE(folder.intake().objects.put(make_object_key("uploads", moved.id), file));
  EXPECT_EQ(removed(), 0U);
  OpenUpload writing = open_upload(folder.intake(), half).value();
  for (const Upload& upload : {half, moved}) folder.expire(upload, utc_now() - std::chrono::seconds(1));
  EXPECT_EQ(removed(), 1U) << "the one that is being written stays";
  writing.file.reset();
  EXPECT_EQ(removed(), 1U);
  EXPECT_FALSE(folder.exists(half) || folder.exists(moved));
  EXPECT_EQ(folder.staged_files() + folder.stored_files(), 0U);
}

TEST_F(Expiry, CompleteUploadsThatNoJobUsesGoWhenTheySay) {
  ReceivedFile file = folder.received(wav);
  const Upload upload = store_upload(folder.intake(), file).value();
  ASSERT_TRUE(folder.row(upload).expires_at);
  // One of an earlier version, which says that it is kept.
  ReceivedFile other = folder.received(folder.recording() + "other");
  Upload kept = folder.row(store_upload(folder.intake(), other).value());
  ASSERT_TRUE(folder.intake().rows.remove(kept.user_id, kept.id));
  kept.expires_at.reset();
  folder.ahead = -std::chrono::hours(100);
  ASSERT_TRUE(folder.intake().rows.create(kept));
  EXPECT_EQ(removed(), 0U);
  Upload old = folder.row(upload);
  ASSERT_TRUE(folder.intake().rows.remove(old.user_id, old.id));
  old.expires_at = utc_now() - std::chrono::seconds(1);
  ASSERT_TRUE(folder.intake().rows.create(old));
  EXPECT_EQ(removed(), 1U);
  EXPECT_TRUE(folder.exists(kept));
  EXPECT_EQ(folder.stored_files(), 1U);
}

TEST_F(Expiry, WhatDeadProcessesLeftIsSweptAway) {
  const fs::path staging = folder.staging();
  const auto age = [](const fs::path& path, std::chrono::hours hours) {
    fs::last_write_time(path, fs::file_time_type::clock::now() - hours);
  };
  auto live = StagedFile::create(staging, make_uuid()).value();
  age(live.path(), std::chrono::hours(2));
  const fs::path dead = staging / (make_uuid() + ".upload");
  const fs::path young = staging / (make_uuid() + ".upload");
  const fs::path orphan = staging / (make_uuid() + ".tus");
  const fs::path note = staging / (make_uuid() + ".tus.note");
  const fs::path others = staging / "result.mp3";
  for (const fs::path& path : {dead, young, orphan, note, others}) {
    ASSERT_TRUE(write_file_atomically(path, "x", Overwrite::kReplace));
    if (path != young) age(path, std::chrono::hours(72));
  }
  EXPECT_EQ(removed(), 0U);
  EXPECT_TRUE(fs::exists(live.path()));
  EXPECT_FALSE(fs::exists(dead));
  EXPECT_TRUE(fs::exists(young));
  EXPECT_FALSE(fs::exists(orphan));
  EXPECT_FALSE(fs::exists(note));
  EXPECT_TRUE(fs::exists(others));
}

TEST_F(Expiry, FoldersOfWorkThatNobodyDoesAnyMoreAreSweptAway) {
  const fs::path staging = folder.staging();
  const auto make = [&](const std::string& name, int days_ago, int file_days_ago) {
    const fs::path path = staging / name;
    fs::create_directories(path);
    const auto now = fs::file_time_type::clock::now();
    EXPECT_TRUE(write_file_atomically(path / "file", "x", Overwrite::kReplace));
    fs::last_write_time(path / "file", now - std::chrono::days(file_days_ago));
    fs::last_write_time(path, now - std::chrono::days(days_ago));
    return path;
  };
  const fs::path dead = make(make_uuid() + ".work", 9, 8);
  const fs::path busy = make(make_uuid() + ".work", 9, 1);
  const fs::path young = make(make_uuid() + ".work", 1, 1);
  const fs::path others = make("files.work", 9, 9);
  EXPECT_EQ(removed(), 0U);
  EXPECT_FALSE(fs::exists(dead));
  for (const fs::path& kept : {busy, young, others}) EXPECT_TRUE(fs::exists(kept)) << kept;
}

}  // namespace
}  // namespace vat::uploads
