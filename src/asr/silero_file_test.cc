#include "asr/silero_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "asr/silero_detector.h"
#include "asr/testing/silero_model.h"
#include "base/file.h"

namespace vat::asr {
namespace {

TEST(SileroFileTest, ACompleteNetworkIsTaken) { EXPECT_TRUE(read_silero_file(silero_model(0))); }

TEST(SileroFileTest, AnyCutIsFound) {
  const std::string bytes = silero_model(0);
  for (std::size_t size = 0; size < bytes.size(); size += size < 300 ? 1 : 997)
    EXPECT_EQ(read_silero_file(std::string_view(bytes).substr(0, size)).error().code, ErrorCode::kBadData)
        << size;
  EXPECT_FALSE(read_silero_file(bytes + "x"));
}

TEST(SileroFileTest, AnyOtherHeaderIsRefused) {
  const std::string good = silero_model(0);
  constexpr std::size_t kVersion = 18;  // three numbers that may differ
  constexpr std::size_t kFirstTensorName = 118 + 24;
  for (std::size_t at = 0; at < kFirstTensorName; ++at) {
    if (at >= kVersion && at < kVersion + 12) continue;
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x80);
    EXPECT_FALSE(read_silero_file(bad)) << at;
  }
}

TEST(SileroFileTest, ATensorThatComesTwiceIsRefused) {
  std::string bytes = silero_model(0);
  // The two have the same shape and length of name.
  bytes.replace(bytes.find("rnn.bias_hh"), 11, "rnn.bias_ih");
  EXPECT_FALSE(read_silero_file(bytes));
}

class SileroLoadTest : public testing::Test {
 protected:
  std::filesystem::path write(std::string_view bytes) {
    auto path = dir_.path() / "silero.bin";
    EXPECT_TRUE(write_file_atomically(path, bytes, Overwrite::kReplace));
    return path;
  }
  TemporaryDirectory dir_ = TemporaryDirectory::create().value();
};

TEST_F(SileroLoadTest, TheNetworkRuns) {
  const auto detector = make_silero_detector(write(silero_model(0))).value();
  std::vector<float> probabilities;
  const std::vector<float> sound(detector->frame_samples() * 130, 0.1F);
  ASSERT_TRUE(detector->detect(sound, probabilities));
  EXPECT_EQ(probabilities, std::vector<float>(130, 0.5F));
  EXPECT_FALSE(detector->detect(std::span(sound).first(100), probabilities)) << "Part of a frame is refused.";
}

TEST_F(SileroLoadTest, ABadOrMissingFileIsNamed) {
  const auto path = write("These are not the weights you are looking for.");
  const auto bad = make_silero_detector(path);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, ErrorCode::kBadData);
  EXPECT_THAT(bad.error().message, testing::HasSubstr(path.string()));
  EXPECT_EQ(make_silero_detector(dir_.path() / "none").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace vat::asr
