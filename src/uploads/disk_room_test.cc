#include "uploads/disk_room.h"

#include <gtest/gtest.h>

#include <optional>
#include <utility>

namespace vat::uploads {
namespace {

/// A disk with 1000 free bytes, to which nothing is written.
class FixedDisk final : public ObjectStore {
 public:
  [[nodiscard]] Result<> put(const std::string&, const std::filesystem::path&) override { return {}; }
  [[nodiscard]] Result<LocalObject> get(const std::string&) override { return LocalObject(); }
  [[nodiscard]] Result<> remove(const std::string&) override { return {}; }
  [[nodiscard]] Result<> each_older(UtcTime, const TakeKeys&) override { return {}; }
  [[nodiscard]] std::filesystem::path staging() const override { return {}; }
  [[nodiscard]] Result<StorageSpace> space() const override {
    return StorageSpace{.free_bytes = 1000, .total_bytes = 2000};
  }
};

TEST(DiskRoom, IsPromisedOnce) {
  const FixedDisk disk;
  DiskRoom room(disk, 100);
  std::optional<DiskRoom::Claim> first = room.claim(500).value();
  EXPECT_EQ(room.claim(401).error().code, ErrorCode::kDiskFull);
  {
    const auto second = room.claim(400);
    EXPECT_TRUE(second);
    EXPECT_FALSE(room.claim(1));
  }
  EXPECT_TRUE(room.claim(400)) << "a refused claim promises nothing, and one that has gone neither";
  first.reset();
  EXPECT_TRUE(room.claim(900));
}

TEST(DiskRoom, IsNoLongerPromisedOnceItIsUsed) {
  const FixedDisk disk;
  DiskRoom room(disk, 0);
  DiskRoom::Claim claim = room.claim(800).value();
  claim.use(300);
  EXPECT_TRUE(room.claim(500));
  claim.use(5000);  // More than was promised.
  EXPECT_TRUE(room.claim(1000));
  DiskRoom::Claim moved = std::move(claim);
  claim = room.claim(1000).value();
  EXPECT_FALSE(room.claim(1));
}

TEST(DiskRoom, IsClaimedStepByStepForUnknownLengths) {
  const FixedDisk disk;
  DiskRoom room(disk, 100);
  DiskRoom::Claim claim;
  ASSERT_TRUE(room.extend(claim, 600)) << "a whole step is too much";
  EXPECT_EQ(claim.left(), 600U);
  EXPECT_EQ(room.claim(301).error().code, ErrorCode::kDiskFull);
  ASSERT_TRUE(room.extend(claim, 500)) << "it is there";
  EXPECT_EQ(claim.left(), 600U);
  ASSERT_TRUE(room.extend(claim, 900));
  EXPECT_EQ(room.extend(claim, 901).error().code, ErrorCode::kDiskFull);
  EXPECT_EQ(claim.left(), 900U) << "a failure takes nothing away";
  claim = {};
  EXPECT_TRUE(room.claim(900));
}

TEST(DiskRoom, TheReserveIsNotGiven) {
  const FixedDisk disk;
  EXPECT_TRUE(DiskRoom(disk, 1000).check());
  EXPECT_EQ(DiskRoom(disk, 1001).check().error().code, ErrorCode::kDiskFull);
  DiskRoom room(disk, 2000);
  EXPECT_EQ(room.claim(1).error().code, ErrorCode::kDiskFull);
  EXPECT_TRUE(room.claim(0));
}

}  // namespace
}  // namespace vat::uploads
