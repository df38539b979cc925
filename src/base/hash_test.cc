#include "base/hash.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/file.h"

namespace vat {
namespace {

// Test vectors of FIPS 180-4 (NIST examples).
TEST(HashTest, PublishedVectors) {
  EXPECT_EQ(hash_hex(Digest::kSha1, "abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hash_hex(Digest::kSha256, "abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// RFC 4231, sections 4.3 and 4.7 (a key longer than the block).
TEST(HashTest, PublishedVectorsOfHmac) {
  EXPECT_EQ(base64_encode(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
  EXPECT_EQ(base64_encode(hmac_sha256(std::string(131, '\xaa'),
                                      "Test Using Larger Than Block-Size Key - Hash Key First")),
            "YOQxWR7gtn8Niiaqy/W3f44LxiE3KMUUBUYEDw7jf1Q=");
}

TEST(HashTest, AFileHashesAsItsBytes) {
  const auto dir = TemporaryDirectory::create().value();
  const std::string bytes(3'000'000, 'v');
  ASSERT_TRUE(write_file_atomically(dir.path() / "f", bytes, Overwrite::kRefuse));
  EXPECT_EQ(hash_file(Digest::kSha256, dir.path() / "f").value(), hash_hex(Digest::kSha256, bytes));
}

}  // namespace
}  // namespace vat
