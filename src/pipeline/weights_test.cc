#include "pipeline/weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <vector>

#include "asr/weight_speed.h"
#include "asr/whisper_model.h"
#include "base/file.h"
#include "modelfile/header.h"
#include "modelfile/testing/synthetic.h"

namespace vat::pipeline {
namespace {

namespace fs = std::filesystem;

class WeightsTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::setenv("VAT_CACHE", (directory_.path() / "cache").c_str(), 1), 0);
    model_ = directory_.path() / "ggml-micro.bin";
    ASSERT_TRUE(modelfile::write_synthetic(model_, {}));
  }
  void TearDown() override { ::unsetenv("VAT_CACHE"); }
  static std::string weights_of(const fs::path& path) { return modelfile::read_header(path).value().weights; }
  [[nodiscard]] fs::path converted(const std::string& weights) const {
    return convert_if_faster(model_, weights, "cpu", {}).value();
  }

  TemporaryDirectory directory_ = TemporaryDirectory::create().value();
  fs::path model_;
};

TEST_F(WeightsTest, OriginalIsTheModelItself) { EXPECT_EQ(converted("original"), model_); }

TEST_F(WeightsTest, ANamedTypeIsConvertedOnceAndTheModelStays) {
  const fs::path copy = converted("bf16");
  EXPECT_EQ(weights_of(copy), "bf16");
  EXPECT_EQ(weights_of(model_), "f16");
  const auto written = fs::last_write_time(copy);
  EXPECT_EQ(converted("bf16"), copy);
  EXPECT_EQ(fs::last_write_time(copy), written) << "made again";
  EXPECT_TRUE(asr::load_whisper(copy, {.device = "cpu"}));
}

TEST_F(WeightsTest, TheDecoderMayHaveATypeOfItsOwn) {
  const fs::path copy = converted("f16+q8_0");
  EXPECT_EQ(weights_of(copy), "f16+q8_0");
  const auto loaded = asr::load_whisper(copy, {.device = "cpu"});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_THAT((*loaded)->version(), testing::HasSubstr("f16+q8_0 weights"));
}

TEST_F(WeightsTest, ACopyOfAnEarlierModelIsReplaced) {
  const fs::path before = converted("bf16");
  modelfile::SyntheticSpec other;
  other.english_only = true;
  ASSERT_TRUE(modelfile::write_synthetic(model_, other));
  const fs::path after = converted("bf16");
  EXPECT_NE(after, before);
  EXPECT_FALSE(fs::exists(before));
}

TEST_F(WeightsTest, ADamagedCopyIsMadeAgain) {
  const fs::path copy = converted("bf16");
  fs::resize_file(copy, 1000);
  EXPECT_EQ(weights_of(converted("bf16")), "bf16");
}

TEST_F(WeightsTest, AutoTakesTheMeasuredTypeAndRemembersTheMeasurement) {
  const fs::path first = converted("auto");
  EXPECT_THAT(weights_of(first), testing::AnyOf("f16", "bf16", "f16+q8_0", "bf16+q8_0", "q8_0"));
  bool remembered = false;
  for (const auto& entry : fs::directory_iterator(directory_.path() / "cache" / "models"))
    remembered = remembered || entry.path().filename().string().starts_with("fastest-weights-");
  EXPECT_TRUE(remembered);
  EXPECT_EQ(converted("auto"), first);
}

TEST_F(WeightsTest, QuantisedModelsAreLeftAlone) {
  modelfile::SyntheticSpec quantised;
  quantised.weights = modelfile::WeightType::kQ8_0;
  ASSERT_TRUE(modelfile::write_synthetic(model_, quantised));
  EXPECT_EQ(converted("auto"), model_);
}

TEST_F(WeightsTest, AModelThatCannotRunAsItIsGetsACopyThatDoes) {
  modelfile::SyntheticSpec wide;
  wide.weights = modelfile::WeightType::kF32;
  ASSERT_TRUE(modelfile::write_synthetic(model_, wide));
  EXPECT_EQ(weights_of(converted("auto")), "f16");
}

TEST_F(WeightsTest, RemovingAModelRemovesItsCopies) {
  const fs::path copy = converted("bf16");
  remove_converted(model_);
  EXPECT_FALSE(fs::exists(copy));
}

TEST(WeightSpeedTest, EveryTypeIsMeasured) {
  const auto speeds = asr::measure_weight_types();
  ASSERT_EQ(speeds.size(), modelfile::kConvertibleTo.size());
  for (std::size_t i = 0; i < speeds.size(); ++i) {
    EXPECT_EQ(speeds[i].types, modelfile::kConvertibleTo[i]);
    EXPECT_GT(speeds[i].seconds, 0);
  }
  EXPECT_FALSE(asr::weight_speed_key().empty());
}

TEST(WeightSpeedTest, LessExactTypesHaveToBeClearlyFaster) {
  const auto chosen = [](const std::array<double, 5>& seconds) {
    std::vector<asr::WeightSpeed> speeds;
    for (std::size_t i = 0; i < seconds.size(); ++i)
      speeds.push_back({modelfile::kConvertibleTo[i], seconds[i]});
    return weight_types_name(asr::clearly_fastest(speeds));
  };
  EXPECT_EQ(chosen({1.0, 1.2, 0.95, 1.1, 1.3}), "f16");
  EXPECT_EQ(chosen({1.0, 1.2, 0.85, 1.1, 1.3}), "f16+q8_0");
  EXPECT_EQ(chosen({1.0, 0.6, 0.85, 0.5, 1.3}), "bf16+q8_0");
  EXPECT_EQ(chosen({1.0, 0.6, 0.85, 0.55, 0.8}), "bf16");
  EXPECT_EQ(chosen({1.0, 1.0, 0.8, 0.8, 0.3}), "q8_0");
  EXPECT_EQ(weight_types_name(asr::clearly_fastest({})), "f16");
}

}  // namespace
}  // namespace vat::pipeline
