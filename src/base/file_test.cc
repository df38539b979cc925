#include "base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace vat {
namespace {

namespace fs = std::filesystem;

class FileTest : public testing::Test {
 protected:
  [[nodiscard]] std::size_t entries() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(dir_.path()), fs::directory_iterator()));
  }
  TemporaryDirectory dir_ = TemporaryDirectory::create().value();
};

TEST_F(FileTest, WhatWasWrittenIsRead) {
  const fs::path path = dir_.path() / "a" / "b.txt";
  ASSERT_TRUE(write_file_atomically(path, "hello", Overwrite::kRefuse));
  EXPECT_EQ(read_file(path, 100).value(), "hello");
}

TEST_F(FileTest, AFileLargerThanTheBoundIsRefused) {
  const fs::path path = dir_.path() / "big";
  ASSERT_TRUE(write_file_atomically(path, std::string(1000, 'x'), Overwrite::kRefuse));
  EXPECT_EQ(read_file(path, 999).error().code, ErrorCode::kLimit);
  EXPECT_TRUE(read_file(path, 1000));
}

TEST_F(FileTest, AnExistingFileIsReplacedOnlyWhenAsked) {
  const fs::path path = dir_.path() / "f";
  ASSERT_TRUE(write_file_atomically(path, "old", Overwrite::kRefuse));
  EXPECT_EQ(write_file_atomically(path, "new", Overwrite::kRefuse).error().code, ErrorCode::kExists);
  EXPECT_EQ(read_file(path, 10).value(), "old");
  ASSERT_TRUE(write_file_atomically(path, "new", Overwrite::kReplace));
  EXPECT_EQ(read_file(path, 10).value(), "new");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(FileTest, AnUncommittedFileLeavesNothing) {
  {
    auto file = AtomicFile::create(dir_.path() / "f", Overwrite::kRefuse).value();
    ASSERT_TRUE(file.write("half"));
    EXPECT_EQ(entries(), 1U);
  }
  EXPECT_EQ(entries(), 0U);
}

TEST_F(FileTest, ANameMayBeAsLongAsTheFileSystemTakes) {
  for (const std::string& name : {std::string(255, 'n'), std::string(253, 'n') + "ü"}) {
    ASSERT_TRUE(write_file_atomically(dir_.path() / name, "long", Overwrite::kRefuse)) << name;
    EXPECT_EQ(read_file(dir_.path() / name, 10).value(), "long");
  }
  EXPECT_EQ(entries(), 2U);
}

TEST_F(FileTest, OfTwoWritersThatRefuseToReplaceOneWins) {
  auto first = AtomicFile::create(dir_.path() / "f", Overwrite::kRefuse).value();
  auto second = AtomicFile::create(dir_.path() / "f", Overwrite::kRefuse).value();
  ASSERT_TRUE(first.commit());
  EXPECT_EQ(second.commit().error().code, ErrorCode::kExists);
}

TEST_F(FileTest, AMissingFileIsNamed) {
  const auto result = read_file(dir_.path() / "nothing", 10);
  EXPECT_EQ(result.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(result.error().message, testing::HasSubstr("nothing"));
}

TEST_F(FileTest, ALockIsHeldByOneAtATime) {
  std::atomic<int> inside{0};
  std::atomic<int> max{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const auto lock = FileLock::acquire(dir_.path() / "lock").value();
      max = std::max(max.load(), ++inside);
      std::this_thread::yield();
      --inside;
    });
  }
  threads.clear();
  EXPECT_EQ(max, 1);
}

TEST_F(FileTest, ALockThatIsHeldIsNotWaitedForWhenNotAsked) {
  const fs::path path = dir_.path() / "lock";
  {
    const auto held = FileLock::acquire(path).value();
    EXPECT_FALSE(FileLock::try_acquire(path).value().has_value());
  }
  EXPECT_TRUE(FileLock::try_acquire(path).value().has_value());
}

TEST_F(FileTest, TheWaitForALockCanBeStopped) {
  const fs::path path = dir_.path() / "lock";
  std::stop_source stop;
  {
    const auto held = FileLock::acquire(path).value();
    const auto waited = FileLock::acquire(path, stop.get_token(), [&] { stop.request_stop(); });
    ASSERT_FALSE(waited);
    EXPECT_EQ(waited.error().code, ErrorCode::kCancelled);
  }
  EXPECT_TRUE(FileLock::acquire(path, std::stop_token()));
}

}  // namespace
}  // namespace vat
