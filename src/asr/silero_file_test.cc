#include "asr/silero_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <string>

#include "asr/silero_detector.h"
#include "base/file.h"

namespace vat::asr {
namespace {

void put(std::string& bytes, std::initializer_list<std::int32_t> values) {
  for (const std::int32_t value : values) bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void put_zeros(std::string& bytes, std::string_view name, std::int32_t type,
               std::initializer_list<std::int32_t> extents) {
  put(bytes, {static_cast<std::int32_t>(extents.size()), static_cast<std::int32_t>(name.size()), type});
  put(bytes, extents);
  bytes += name;
  std::size_t count = type == 1 ? 2 : 4;
  for (const std::int32_t extent : extents) count *= static_cast<std::size_t>(extent);
  bytes.append(count, '\0');
}

/// Silero's network with all weights zero, so that every window's probability is sigmoid(0).
std::string zero_model() {
  std::string bytes;
  put(bytes, {0x67676d6c, 10});
  bytes += "silero-16k";
  put(bytes, {6, 2, 0, 512, 64, 4, 129, 128, 3, 128, 64, 3, 64, 64, 3, 64, 128, 3, 128, 128, 128, 1});
  put_zeros(bytes, "_model.encoder.0.reparam_conv.weight", 1, {3, 129, 128});
  put_zeros(bytes, "_model.encoder.0.reparam_conv.bias", 0, {128});
  put_zeros(bytes, "_model.encoder.1.reparam_conv.weight", 1, {3, 128, 64});
  put_zeros(bytes, "_model.encoder.1.reparam_conv.bias", 0, {64});
  put_zeros(bytes, "_model.encoder.2.reparam_conv.weight", 1, {3, 64, 64});
  put_zeros(bytes, "_model.encoder.2.reparam_conv.bias", 0, {64});
  put_zeros(bytes, "_model.encoder.3.reparam_conv.weight", 1, {3, 64, 128});
  put_zeros(bytes, "_model.encoder.3.reparam_conv.bias", 0, {128});
  put_zeros(bytes, "_model.decoder.rnn.weight_ih", 0, {128, 512});
  put_zeros(bytes, "_model.decoder.rnn.weight_hh", 0, {128, 512});
  put_zeros(bytes, "_model.decoder.rnn.bias_ih", 0, {512});
  put_zeros(bytes, "_model.decoder.rnn.bias_hh", 0, {512});
  put_zeros(bytes, "_model.decoder.decoder.2.weight", 1, {128});
  put_zeros(bytes, "_model.decoder.decoder.2.bias", 0, {});
  put_zeros(bytes, "_model.stft.forward_basis_buffer", 1, {256, 1, 258});
  return bytes;
}

TEST(SileroFileTest, ACompleteNetworkIsTaken) { EXPECT_TRUE(check_silero_file(zero_model())); }

TEST(SileroFileTest, AnyCutIsFound) {
  const std::string bytes = zero_model();
  for (std::size_t size = 0; size < bytes.size(); size += size < 300 ? 1 : 997)
    EXPECT_EQ(check_silero_file(std::string_view(bytes).substr(0, size)).error().code, ErrorCode::kBadData)
        << size;
  EXPECT_FALSE(check_silero_file(bytes + "x"));
}

TEST(SileroFileTest, AnyOtherHeaderIsRefused) {
  const std::string good = zero_model();
  constexpr std::size_t kVersion = 18;  // three numbers that may differ
  constexpr std::size_t kFirstTensorName = 118 + 24;
  for (std::size_t at = 0; at < kFirstTensorName; ++at) {
    if (at >= kVersion && at < kVersion + 12) continue;
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x80);
    EXPECT_FALSE(check_silero_file(bad)) << at;
  }
}

TEST(SileroFileTest, ATensorThatComesTwiceIsRefused) {
  std::string bytes = zero_model();
  // The two have the same shape and length of name.
  bytes.replace(bytes.find("rnn.bias_hh"), 11, "rnn.bias_ih");
  EXPECT_FALSE(check_silero_file(bytes));
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
  const auto detector = make_silero_detector(write(zero_model())).value();
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
