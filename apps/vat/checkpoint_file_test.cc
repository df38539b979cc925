#include "checkpoint_file.h"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>

namespace vat::app {
namespace {

namespace fs = std::filesystem;

ChunkText text(const std::string& words) {
  ChunkText text;
  text.language = "en";
  text.segments.push_back({.start = Millis(100), .end = Millis(900), .text = words});
  return text;
}

class CheckpointFileTest : public testing::Test {
 protected:
  std::unique_ptr<CheckpointFile> open(const std::string& identity = "job", bool resume = true) {
    auto file = CheckpointFile::open(directory_.path(), identity, resume);
    EXPECT_TRUE(file) << file.error().message;
    return std::move(*file);
  }
  fs::path only_file() { return fs::directory_iterator(directory_.path())->path(); }

  TemporaryDirectory directory_ = TemporaryDirectory::create().value();
};

TEST_F(CheckpointFileTest, WhatWasSavedIsFoundByTheNextRun) {
  ASSERT_TRUE(open()->save({0, 100, 7}, text("one")));
  ASSERT_TRUE(open()->save({100, 200, 8}, text("two")));
  const auto file = open();
  EXPECT_EQ(file->found(), 2U);
  EXPECT_EQ(file->find({0, 100, 7}), text("one"));
  EXPECT_EQ(file->find({100, 200, 8}), text("two"));
  EXPECT_FALSE(file->find({100, 200, 9})) << "other sound";
}

TEST_F(CheckpointFileTest, AnotherJobHasAnotherFile) {
  ASSERT_TRUE(open("a")->save({0, 100, 7}, text("one")));
  EXPECT_EQ(open("b")->found(), 0U);
}

TEST_F(CheckpointFileTest, WithoutResumeNothingIsTakenOver) {
  ASSERT_TRUE(open()->save({0, 100, 7}, text("one")));
  EXPECT_EQ(open("job", false)->found(), 0U);
  EXPECT_EQ(open()->found(), 0U);
}

TEST_F(CheckpointFileTest, ALineThatACrashCutShortCostsOnlyItself) {
  ASSERT_TRUE(open()->save({0, 100, 7}, text("one")));
  ASSERT_TRUE(open()->save({100, 200, 8}, text("two")));
  fs::resize_file(only_file(), fs::file_size(only_file()) - 5);
  ASSERT_TRUE(open()->save({200, 300, 9}, text("three")));
  const auto file = open();
  EXPECT_EQ(file->found(), 2U);
  EXPECT_TRUE(file->find({0, 100, 7}));
  EXPECT_FALSE(file->find({100, 200, 8}));
  EXPECT_TRUE(file->find({200, 300, 9}));
}

TEST_F(CheckpointFileTest, ForeignBytesAreIgnored) {
  ASSERT_TRUE(open()->save({0, 100, 7}, text("one")));
  std::ofstream(only_file(), std::ios::app)
      << "\n\n1 2\n1 2 3 {}\n99999999999999999999 1 1 {}\n\xff\xfe\n1 2 3 [";
  EXPECT_EQ(open()->found(), 1U);
}

TEST_F(CheckpointFileTest, CompleteWorkLeavesNoFile) {
  const auto file = open();
  ASSERT_TRUE(file->save({0, 100, 7}, text("one")));
  file->discard();
  EXPECT_TRUE(fs::is_empty(directory_.path()));
}

TEST_F(CheckpointFileTest, FilesThatNothingTouchedForAWeekAreRemoved) {
  ASSERT_TRUE(open("old")->save({0, 100, 7}, text("one")));
  const fs::path old = only_file();
  fs::last_write_time(old, fs::file_time_type::clock::now() - std::chrono::hours(24 * 8));
  (void)open("new");
  EXPECT_FALSE(fs::exists(old));
}

}  // namespace
}  // namespace vat::app
