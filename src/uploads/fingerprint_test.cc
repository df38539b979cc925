#include "uploads/fingerprint.h"

#include <gtest/gtest.h>

#include <set>

#include "base/file.h"

namespace vat::uploads {
namespace {

class FingerprintTest : public ::testing::Test {
 protected:
  std::filesystem::path write(const std::string& bytes) {
    std::filesystem::path path = directory_.path() / std::to_string(++count_);
    EXPECT_TRUE(write_file_atomically(path, bytes, Overwrite::kReplace).has_value());
    return path;
  }
  std::string print_of(const std::string& bytes) { return fingerprint_file(write(bytes)).value(); }

  TemporaryDirectory directory_ = TemporaryDirectory::create().value();
  int count_ = 0;
};

std::string counted(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31 + i / 251);
  return bytes;
}

TEST_F(FingerprintTest, EveryByteOfAShortFileCounts) {
  const std::string bytes = counted(200'000);
  std::set<std::string> prints{print_of(bytes)};
  EXPECT_EQ(print_of(bytes), *prints.begin());
  EXPECT_EQ(prints.begin()->size(), 64U);
  std::size_t changed = 1;
  for (std::size_t at = 0; at < bytes.size(); at += 4999, ++changed) {
    std::string other = bytes;
    other[at] ^= 1;
    prints.insert(print_of(other));
  }
  EXPECT_EQ(prints.size(), changed);
}

TEST_F(FingerprintTest, TheLengthTheBeginningAndTheEndOfALongFileCount) {
  const std::string bytes = counted(5'000'000);
  std::string other_end = bytes;
  other_end.back() ^= 1;
  std::string other_begin = bytes;
  other_begin.front() ^= 1;
  const std::set<std::string> prints{print_of(bytes),           print_of(other_end),   print_of(other_begin),
                                     print_of(bytes.substr(1)), print_of(bytes + "x"), print_of("")};
  EXPECT_EQ(prints.size(), 6U);
}

TEST_F(FingerprintTest, TheSameFingerprintIsNotTheSameContent) {
  const std::string bytes = counted(5'000'000);
  std::string between = bytes;  // Between the first two blocks.
  between[100'000] ^= 1;
  const std::filesystem::path one = write(bytes);
  const std::filesystem::path other = write(between);
  EXPECT_EQ(fingerprint_file(one).value(), fingerprint_file(other).value());
  EXPECT_FALSE(same_content(one, other).value());
  EXPECT_TRUE(same_content(one, write(bytes)).value());
  EXPECT_FALSE(same_content(one, write(bytes + "x")).value());
  EXPECT_TRUE(same_content(write(""), write("")).value());
}

TEST_F(FingerprintTest, AFileThatIsNotThereIsAnError) {
  const std::filesystem::path missing = directory_.path() / "missing";
  EXPECT_EQ(fingerprint_file(missing).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(same_content(missing, missing).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace vat::uploads
