// How fast Kokoro is on this machine: measured, remembered, forgotten.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "base/file.h"
#include "tts/neural_engine.h"

namespace vat::tts {
namespace {

namespace fs = std::filesystem;

/// Messages of the process behind their length: the model is loaded, and a run made a tenth of a second.
constexpr const char* kOpened = R"(printf '\015\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' >&3; )";
constexpr const char* kTenth = R"({ printf '\215\045\0\0\0\0\0\0\0\140\011\0\0'; head -c 9600 /dev/zero; )";
/// The end of a run's answer: the CPU time that it took, 1/32 or 1/8 of a second.
constexpr const char* kQuick = R"(printf '\0\0\0\0\0\0\240\077'; } >&3; )";
constexpr const char* kSlow = R"(printf '\0\0\0\0\0\0\300\077'; } >&3; )";
constexpr std::uintmax_t kVoicesBytes = std::uintmax_t{41} * 510 * 256 * 4;

class SpeedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const std::string_view name : {kKokoroModel, kKokoroVoices, std::string_view("library")})
      std::ofstream(folder_.path() / name) << "file";
    fs::resize_file(folder_.path() / kKokoroVoices, kVoicesBytes);
  }
  /// With a process that ends each answer so, after waiting. File 3 is the channel.
  [[nodiscard]] std::shared_ptr<Synthesizer> kokoro(const std::string& end,
                                                    const std::string& wait = "") const {
    NeuralConfig config;
    config.directory = folder_.path();
    config.library = folder_.path() / "library";
    config.measurements = folder_.path() / "speeds";
    std::string script = "printf x >> " + count_.string() + "; " + kOpened;
    for (int i = 0; i < 5; ++i) script += wait + kTenth + end;
    config.helper = {
        .program = "/bin/sh", .arguments = {"-c", script + "cat <&3 >/dev/null"}, .environment = {}};
    return make_neural(config).value().front();
  }
  [[nodiscard]] std::size_t starts() const { return read_file(count_, 1000).value_or("").size(); }

  TemporaryDirectory folder_ = TemporaryDirectory::create().value();
  fs::path count_ = folder_.path() / "starts";
};

TEST_F(SpeedTest, IsMeasuredOnceAndRemembered) {
  const auto first = kokoro(kQuick);
  EXPECT_FALSE(first->speed());
  ASSERT_TRUE(first->measure_speed({}));
  EXPECT_GT(first->speed().value(), 2);
  const auto second = kokoro(kQuick);
  EXPECT_NEAR(second->speed().value(), first->speed().value(), 1e-5);
  ASSERT_TRUE(second->measure_speed({}));
  EXPECT_EQ(starts(), 1U);
}

TEST_F(SpeedTest, ASlowMachineIsNoticedAndAnotherModelIsMeasuredAnew) {
  const auto slow = kokoro(kSlow);
  ASSERT_TRUE(slow->measure_speed({}));
  EXPECT_LT(slow->speed().value(), 2);
  std::ofstream(folder_.path() / kKokoroModel) << "another file";
  EXPECT_FALSE(kokoro(kQuick)->speed());
}

/// Others computed meanwhile: each sentence came late.
TEST_F(SpeedTest, ABusyMachineIsNotASlowOne) {
  const auto busy = kokoro(kQuick, "sleep 0.1; ");
  ASSERT_TRUE(busy->measure_speed({}));
  EXPECT_GT(busy->speed().value(), 2);
}

TEST_F(SpeedTest, AModelThatDoesNotRunHasNoSpeed) {
  const auto broken = kokoro(kQuick, "exit 1; ");
  EXPECT_FALSE(broken->measure_speed({}));
  EXPECT_FALSE(broken->speed());
}

TEST_F(SpeedTest, SlownessIsForgottenAfterADayAndSpeedIsNot) {
  const auto age = [this] {
    for (const auto& entry : fs::directory_iterator(folder_.path() / "speeds"))
      fs::last_write_time(entry.path(), fs::file_time_type::clock::now() - std::chrono::hours(25));
  };
  ASSERT_TRUE(kokoro(kSlow)->measure_speed({}));
  EXPECT_LT(kokoro(kSlow)->speed().value(), 2);
  age();
  EXPECT_FALSE(kokoro(kSlow)->speed());
  ASSERT_TRUE(kokoro(kQuick)->measure_speed({}));
  age();
  EXPECT_GT(kokoro(kQuick)->speed().value(), 2);
}

}  // namespace
}  // namespace vat::tts
