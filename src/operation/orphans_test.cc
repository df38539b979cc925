#include "operation/orphans.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "objects/local_store.h"

namespace vat::operation {
namespace {

using ::testing::UnorderedElementsAre;

constexpr std::chrono::hours kWeek{24 * 7};

class OrphansTest : public ::testing::Test {
 protected:
  std::string put(std::string_view kind, std::chrono::hours age) {
    const std::filesystem::path file = objects_->staging() / "file";
    EXPECT_TRUE(write_file_atomically(file, "x", Overwrite::kRefuse));
    std::filesystem::last_write_time(file, std::filesystem::file_time_type::clock::now() - age);
    std::string key = make_object_key(kind);
    EXPECT_TRUE(objects_->put(key, file));
    return key;
  }

  TemporaryDirectory folder_ = TemporaryDirectory::create().value();
  std::unique_ptr<ObjectStore> objects_ = objects::open_local_store(folder_.path()).value();
};

TEST_F(OrphansTest, OnlyWhatIsOldAndUnusedGoes) {
  const std::string used = put("uploads", 2 * kWeek);
  const std::string young = put("artifacts", std::chrono::hours(1));
  const std::string orphan = put("artifacts", 2 * kWeek);
  const std::string other = put("uploads", 2 * kWeek);
  std::vector<std::string> asked;
  const auto removed = remove_orphans(
      *objects_,
      [&](std::vector<std::string> keys) -> Result<std::vector<std::string>> {
        asked.insert(asked.end(), keys.begin(), keys.end());
        std::erase(keys, used);
        return keys;
      },
      utc_now() - kWeek);
  EXPECT_EQ(removed.value(), 2U);
  EXPECT_THAT(asked, UnorderedElementsAre(used, orphan, other));
  EXPECT_TRUE(objects_->get(used));
  EXPECT_TRUE(objects_->get(young));
  EXPECT_FALSE(objects_->get(orphan));
  EXPECT_FALSE(objects_->get(other));
}

TEST_F(OrphansTest, NothingGoesWhenTheDatabaseIsAway) {
  const std::string key = put("uploads", 2 * kWeek);
  const auto removed = remove_orphans(
      *objects_, [](const auto&) { return fail(ErrorCode::kUnavailable, "The database is away."); },
      utc_now() - kWeek);
  EXPECT_EQ(removed.error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(objects_->get(key));
}

}  // namespace
}  // namespace vat::operation
