#include "modelfile/convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string_view>

#include "base/file.h"
#include "modelfile/header.h"
#include "modelfile/testing/synthetic.h"
#include "modelfile/testing/whisper_for_test.h"

namespace vat::modelfile {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ConvertTest : public testing::Test {
 protected:
  [[nodiscard]] fs::path path(const std::string& name) const { return dir_.path() / name; }
  [[nodiscard]] fs::path synthetic(WeightType weights, bool trained_chain = true) const {
    SyntheticSpec spec;
    spec.weights = weights;
    spec.trained_chain = trained_chain;
    EXPECT_TRUE(write_synthetic(path("source.bin"), spec));
    return path("source.bin");
  }
  [[nodiscard]] static std::string bytes(const fs::path& file) { return read_file(file, 1 << 26).value(); }
  TemporaryDirectory dir_ = TemporaryDirectory::create().value();
};

// |a - b| / |a| over vectors.
double relative_difference(const std::vector<float>& a, const std::vector<float>& b) {
  double difference = 0;
  double whole = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference += std::pow(static_cast<double>(a[i]) - b[i], 2);
    whole += std::pow(static_cast<double>(a[i]), 2);
  }
  return std::sqrt(difference / whole);
}

TEST_F(ConvertTest, GivesWhatTheWriterWrites) {
  // Both are rounded once from binary32, so the files are identical.
  for (const WeightType to : {WeightType::kF16, WeightType::kBf16, WeightType::kQ8_0}) {
    SyntheticSpec spec;
    spec.weights = to;
    ASSERT_TRUE(write_synthetic(path("direct.bin"), spec));
    const auto converted = convert_weights(synthetic(WeightType::kF32), path("converted.bin"), to);
    ASSERT_TRUE(converted) << converted.error().message;
    EXPECT_EQ(bytes(path("converted.bin")), bytes(path("direct.bin"))) << weight_type_name(to);
    EXPECT_EQ(read_header(path("converted.bin")).value().weights, weight_type_name(to));
  }
}

TEST_F(ConvertTest, AConvertedModelSaysTheSame) {
  for (const WeightTypes& to : kConvertibleTo) {
    if (to == WeightTypes(WeightType::kF16)) continue;
    ASSERT_TRUE(convert_weights(synthetic(WeightType::kF16), path("converted.bin"), to));
    EXPECT_EQ(read_header(path("converted.bin")).value().weights, weight_types_name(to));
    const Context context = load_model(path("converted.bin"));
    ASSERT_TRUE(context) << weight_types_name(to);
    EXPECT_EQ(recognise(context.get(), greedy_parameters(), 30).text, synthetic_text({}));
  }
}

TEST_F(ConvertTest, AConvertedModelComputesNearlyTheSame) {
  const fs::path source = synthetic(WeightType::kF16, false);
  const auto logits = [](const fs::path& file) {
    const Context context = load_model(file);
    return context ? logits_after(context.get(), {whisper_token_sot(context.get())}) : std::vector<float>();
  };
  const std::vector<float> original = logits(source);
  ASSERT_FALSE(original.empty());
  for (const WeightTypes& to : kConvertibleTo) {
    if (to == WeightTypes(WeightType::kF16)) continue;
    ASSERT_TRUE(convert_weights(source, path("converted.bin"), to));
    const std::vector<float> converted = logits(path("converted.bin"));
    ASSERT_EQ(converted.size(), original.size());
    const double difference = relative_difference(original, converted);
    EXPECT_LT(difference, 0.05) << weight_types_name(to);
    EXPECT_GT(difference, 0) << weight_types_name(to);
  }
}

TEST_F(ConvertTest, EncoderAndDecoderMayDiffer) {
  ASSERT_TRUE(convert_weights(synthetic(WeightType::kF16), path("whole.bin"), WeightType::kQ8_0));
  ASSERT_TRUE(convert_weights(path("source.bin"), path("mixed.bin"), {WeightType::kF16, WeightType::kQ8_0}));
  EXPECT_GT(fs::file_size(path("mixed.bin")), fs::file_size(path("whole.bin")));
  EXPECT_LT(fs::file_size(path("mixed.bin")), fs::file_size(path("source.bin")));
  // A partly quantised model counts as quantised.
  const auto again = convert_weights(path("mixed.bin"), path("x.bin"), WeightType::kQ8_0);
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message,
              HasSubstr("has weights of type f16+q8_0 and cannot be converted to q8_0"));
}

TEST_F(ConvertTest, BfloatBecomesQ8) {
  ASSERT_TRUE(convert_weights(synthetic(WeightType::kBf16), path("converted.bin"), WeightType::kQ8_0));
  EXPECT_EQ(read_header(path("converted.bin")).value().weights, "q8_0");
}

TEST_F(ConvertTest, MayReplaceItsSource) {
  const fs::path source = synthetic(WeightType::kF16);
  ASSERT_TRUE(convert_weights(source, source, WeightType::kBf16));
  EXPECT_EQ(read_header(source).value().weights, "bf16");
}

TEST_F(ConvertTest, WhatCannotBeConvertedIsRefused) {
  const fs::path quantised = synthetic(WeightType::kQ8_0);
  const auto refused = convert_weights(quantised, path("x.bin"), WeightType::kBf16);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr("has weights of type q8_0 and cannot be converted to bf16"));
  const fs::path half = synthetic(WeightType::kF16);
  EXPECT_EQ(convert_weights(half, path("x.bin"), WeightType::kF16).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(convert_weights(half, path("x.bin"), WeightType::kF32).error().code, ErrorCode::kInvalidArgument);
  const WeightTypes turned{WeightType::kQ8_0, WeightType::kF16};
  EXPECT_EQ(convert_weights(half, path("x.bin"), turned).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(convert_weights(path("none.bin"), path("x.bin"), WeightType::kBf16).error().code,
            ErrorCode::kNotFound);
  ASSERT_TRUE(write_file_atomically(half, "no model at all", Overwrite::kReplace));
  EXPECT_EQ(convert_weights(half, path("x.bin"), WeightType::kBf16).error().code, ErrorCode::kBadData);
  EXPECT_FALSE(fs::exists(path("x.bin")));
}

TEST_F(ConvertTest, StopsWhenAskedAndLeavesNothing) {
  const fs::path source = synthetic(WeightType::kF16);
  std::stop_source stop;
  double last = 0;
  const auto progress = [&](double fraction) {
    EXPECT_GE(fraction, last);
    last = fraction;
    if (fraction > 0.5) stop.request_stop();
  };
  const auto result = convert_weights(source, path("x.bin"), WeightType::kBf16, progress, stop.get_token());
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
  EXPECT_LT(last, 1);
  EXPECT_EQ(std::distance(fs::directory_iterator(dir_.path()), fs::directory_iterator()), 1);
}

TEST_F(ConvertTest, TellsProgressUpToTheWhole) {
  double last = 0;
  ASSERT_TRUE(convert_weights(synthetic(WeightType::kF16), path("x.bin"), WeightType::kBf16,
                              [&](double fraction) { last = fraction; }));
  EXPECT_EQ(last, 1);
}

}  // namespace
}  // namespace vat::modelfile
