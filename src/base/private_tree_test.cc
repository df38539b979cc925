#include "base/private_tree.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file.h"

namespace vat {
namespace {

namespace fs = std::filesystem;

unsigned mode_of(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
}

TEST(PrivateTree, MendsWhatIsThere) {
  const TemporaryDirectory folder = TemporaryDirectory::create().value();
  const fs::path top = folder.path() / "objects";
  const fs::path inner = top / "uploads" / "7e";
  ASSERT_TRUE(make_directories(inner));
  ASSERT_TRUE(write_file_atomically(inner / "file", "x", Overwrite::kReplace));
  ASSERT_TRUE(write_file_atomically(folder.path() / "outside", "x", Overwrite::kReplace));
  fs::create_symlink(folder.path() / "outside", top / "link");
  for (const fs::path& path : {top, top / "uploads", inner}) ASSERT_EQ(::chmod(path.c_str(), 0755), 0);
  for (const fs::path& path : {inner / "file", folder.path() / "outside"})
    ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  const Result<> mended = make_private_tree(top);
  ASSERT_TRUE(mended) << mended.error().message;
  for (const fs::path& path : {top, top / "uploads", inner}) EXPECT_EQ(mode_of(path), 0700U) << path;
  EXPECT_EQ(mode_of(inner / "file"), 0600U);
  EXPECT_EQ(mode_of(folder.path() / "outside"), 0644U);
}

TEST(PrivateTree, IsMadeIfMissing) {
  const TemporaryDirectory folder = TemporaryDirectory::create().value();
  ASSERT_TRUE(make_private_tree(folder.path() / "a" / "b"));
  EXPECT_EQ(mode_of(folder.path() / "a" / "b"), 0700U);
}

}  // namespace
}  // namespace vat
