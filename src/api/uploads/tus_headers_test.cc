#include "api/uploads/tus_headers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/base64.h"

namespace vat::api {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

constexpr const char* kPrefix = "/api/v1/uploads/";
const std::string kFirst = "019395a1-8f0e-7c3a-9c1f-5d2b6f0a7e11";
const std::string kSecond = "019395a1-8f0e-7c3a-9c1f-5d2b6f0a7e12";

TEST(TusSize, IsDecimalDigitsAlone) {
  EXPECT_EQ(parse_tus_size("Upload-Length", "0").value(), 0U);
  EXPECT_EQ(parse_tus_size("Upload-Length", "9223372036854775807").value(), 9223372036854775807U);
  for (const char* bad : {"", "-1", "+1", "1.0", " 1", "1 ", "0x10", "9223372036854775808",
                          "18446744073709551616", "00000000000000000001", "1e3"}) {
    const auto size = parse_tus_size("Upload-Offset", bad);
    ASSERT_FALSE(size) << bad;
    EXPECT_EQ(size.error().field, "Upload-Offset");
  }
}

TEST(TusMetadata, IsPairsInOrder) {
  const auto metadata = parse_tus_metadata("filename dGFsay5tcDQ=, is_confidential ,empty").value();
  EXPECT_THAT(metadata,
              ElementsAre(Pair("filename", "talk.mp4"), Pair("is_confidential", ""), Pair("empty", "")));
  EXPECT_EQ(find_metadata(metadata, "filename"), "talk.mp4");
  EXPECT_EQ(find_metadata(metadata, "missing"), "");
  EXPECT_TRUE(parse_tus_metadata("").value().empty());
}

TEST(TusMetadata, RefusesWhatIsNone) {
  for (const std::string& bad :
       {std::string(","), std::string("a YQ==,a YQ=="), std::string("a !!!"), std::string("a YQ"),
        std::string("\x01 YQ=="), std::string("ä YQ=="), "a " + std::string(9000, 'A')}) {
    const auto metadata = parse_tus_metadata(bad);
    ASSERT_FALSE(metadata) << bad.substr(0, 20);
    EXPECT_EQ(metadata.error().field, "Upload-Metadata");
  }
}

TEST(TusChecksum, IsOfAKnownAlgorithmAndOfItsLength) {
  const auto checksum = parse_tus_checksum("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=").value();
  EXPECT_EQ(checksum.algorithm, Digest::kSha1);
  EXPECT_EQ(checksum.hex, "2aae6c35c94fcfb415dbe95f408b9ce91ee846ed");
  EXPECT_TRUE(parse_tus_checksum("sha256 " + base64_encode(std::string(32, 'x'))));
  for (const std::string& bad : {std::string(), std::string("sha1"), std::string("sha1 "),
                                 std::string("md5 Kq5sNclPz7QV2+lfQIuc6R7oRu0="), std::string("sha1 YQ=="),
                                 std::string("sha256 Kq5sNclPz7QV2+lfQIuc6R7oRu0="), std::string("SHA1 x")}) {
    EXPECT_FALSE(parse_tus_checksum(bad)) << bad;
  }
}

TEST(TusConcat, NamesPartsOfThisServer) {
  EXPECT_TRUE(parse_tus_concat("partial", kPrefix).value().partial);
  const auto whole =
      parse_tus_concat("final;/api/v1/uploads/" + kFirst + " http://host:8000/api/v1/uploads/" + kSecond,
                       kPrefix)
          .value();
  EXPECT_FALSE(whole.partial);
  EXPECT_THAT(whole.parts, ElementsAre(kFirst, kSecond));
  for (const std::string& bad :
       {std::string("whole"), std::string("final"), std::string("final;"), std::string("final; "),
        "final;/api/v1/uploads/../" + kFirst, "final;/elsewhere/" + kFirst, std::string("final;http://host"),
        "final;/api/v1/uploads/" + kFirst + "/x", std::string("partial;")}) {
    EXPECT_FALSE(parse_tus_concat(bad, kPrefix)) << bad;
  }
}

}  // namespace
}  // namespace vat::api
