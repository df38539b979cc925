#include "objects/local_store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <set>
#include <thread>

#include "base/file.h"

namespace vat::objects {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr std::size_t kMax = 1U << 20U;

class LocalStoreTest : public testing::Test {
 protected:
  /// A file in the staging folder.
  fs::path stage(const std::string& name, const std::string& bytes) {
    fs::path path = store_->staging() / name;
    EXPECT_TRUE(write_file_atomically(path, bytes, Overwrite::kReplace));
    return path;
  }
  static void set_age(const fs::path& path, std::chrono::hours age) {
    fs::last_write_time(path, fs::file_time_type::clock::now() - age);
  }

  TemporaryDirectory directory_ = TemporaryDirectory::create().value();
  std::unique_ptr<ObjectStore> store_ = open_local_store(directory_.path() / "data").value();
};

TEST_F(LocalStoreTest, WhatIsPutIsFoundAndItsOldNameIsGone) {
  const fs::path file = stage("a", "sound");
  const std::string key = make_object_key("uploads");
  ASSERT_TRUE(store_->put(key, file));
  EXPECT_FALSE(fs::exists(file));
  const auto object = store_->get(key);
  ASSERT_TRUE(object) << object.error().message;
  EXPECT_EQ(object->size, 5U);
  EXPECT_EQ(read_file(object->path, kMax).value(), "sound");
}

TEST_F(LocalStoreTest, AnotherStoreOnTheFolderFindsIt) {
  const std::string key = make_object_key("artifacts");
  ASSERT_TRUE(store_->put(key, stage("a", "text")));
  const auto again = open_local_store(directory_.path() / "data").value();
  EXPECT_EQ(again->get(key)->size, 4U);
}

TEST_F(LocalStoreTest, FilesAreNobodyElsesAlsoThoseOfEarlierVersions) {
  const auto mode = [](const fs::path& path) {
    return static_cast<unsigned>(fs::status(path).permissions());
  };
  const std::string key = make_object_key("uploads");
  const fs::path file = stage("a", "text");
  fs::permissions(file, fs::perms(0644));
  ASSERT_TRUE(store_->put(key, file));
  const fs::path stored = store_->get(key)->path;
  const fs::path data = directory_.path() / "data";
  const auto expect_private = [&] {
    EXPECT_EQ(mode(stored), 0600U);
    for (fs::path folder = stored.parent_path(); folder != data; folder = folder.parent_path())
      EXPECT_EQ(mode(folder), 0700U) << folder;
    EXPECT_EQ(mode(store_->staging()), 0700U);
  };
  expect_private();
  fs::permissions(stored, fs::perms(0644));
  for (fs::path folder = stored.parent_path(); folder != data; folder = folder.parent_path())
    fs::permissions(folder, fs::perms(0755));
  fs::permissions(store_->staging(), fs::perms(0755));
  store_ = open_local_store(data).value();
  expect_private();
}

TEST_F(LocalStoreTest, FilesSpreadOverFolders) {
  std::set<fs::path> folders;
  for (int i = 0; i < 50; ++i) {
    const std::string key = make_object_key("uploads");
    ASSERT_TRUE(store_->put(key, stage("a", "x")));
    const fs::path path = store_->get(key)->path;
    const std::string id = key.substr(key.find('/') + 1);
    EXPECT_EQ(path, directory_.path() / "data/objects/uploads" / id.substr(32, 2) / id.substr(34) / id);
    folders.insert(path.parent_path());
  }
  EXPECT_GT(folders.size(), 40U);
}

TEST_F(LocalStoreTest, WhatIsRemovedIsGoneAndMayBeRemovedAgain) {
  const std::string key = make_object_key("uploads");
  ASSERT_TRUE(store_->put(key, stage("a", "sound")));
  const fs::path path = store_->get(key)->path;
  const UniqueFd reader(::open(path.c_str(), O_RDONLY));
  ASSERT_TRUE(store_->remove(key));
  EXPECT_EQ(store_->get(key).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(store_->remove(key));
  std::string rest(5, ' ');
  EXPECT_EQ(::read(reader.get(), rest.data(), rest.size()), 5);
  EXPECT_EQ(rest, "sound") << "who reads it already reads to its end";
}

TEST_F(LocalStoreTest, OnlyKeysOfTheStoreNameFiles) {
  const fs::path file = stage("a", "x");
  for (const std::string key : {"", "a", "../../etc/passwd", "uploads/../../x", "uploads/",
                                "Uploads/019395a1-8f0e-7c3a-9c1f-5d2b6f0a7e11",
                                "uploads/019395a1-8f0e-7c3a-9c1f-5d2b6f0a7e1", "/etc/passwd"}) {
    EXPECT_FALSE(store_->put(key, file)) << key;
    EXPECT_FALSE(store_->get(key)) << key;
    EXPECT_FALSE(store_->remove(key)) << key;
  }
  EXPECT_TRUE(fs::exists(file));
}

TEST_F(LocalStoreTest, AMissingFileIsAnError) {
  const auto put = store_->put(make_object_key("uploads"), store_->staging() / "nothing");
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, ErrorCode::kNotFound);
}

TEST_F(LocalStoreTest, TheSpaceIsThatOfTheFileSystem) {
  const auto space = store_->space();
  ASSERT_TRUE(space);
  EXPECT_EQ(space->total_bytes, fs::space(directory_.path()).capacity);
  EXPECT_LE(space->free_bytes, space->total_bytes);
}

TEST_F(LocalStoreTest, AFolderThatCannotBeMadeIsNamed) {
  const fs::path file = stage("a", "x");
  const auto store = open_local_store(file / "below");
  ASSERT_FALSE(store);
  EXPECT_THAT(store.error().message, HasSubstr(file.string()));
}

TEST_F(LocalStoreTest, OnlyWhatNobodyTouchedForTwoDaysIsStale) {
  set_age(stage("old", "x"), std::chrono::hours(49));
  set_age(stage("young", "x"), std::chrono::hours(47));
  const fs::path busy = store_->staging() / "busy";
  const fs::path left = store_->staging() / "left";
  for (const fs::path& folder : {busy, left}) {
    fs::create_directories(folder / "below");
    const fs::path file = folder / "below" / "file";
    EXPECT_TRUE(write_file_atomically(file, "x", Overwrite::kRefuse));
    if (folder == left) set_age(file, std::chrono::hours(72));
    set_age(folder / "below", std::chrono::hours(72));
    set_age(folder, std::chrono::hours(72));
  }
  EXPECT_EQ(remove_stale(*store_, utc_now()), 2U);
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(store_->staging()))
    names.insert(entry.path().filename().string());
  EXPECT_EQ(names, (std::set<std::string>{"busy", "young"}));
}

TEST_F(LocalStoreTest, ManyThreadsMayPutAtOnce) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        const std::string text = std::to_string(t) + "-" + std::to_string(i);
        const std::string key = make_object_key("uploads");
        ASSERT_TRUE(store_->put(key, stage(text, text)));
        EXPECT_EQ(read_file(store_->get(key)->path, kMax).value(), text);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace vat::objects
