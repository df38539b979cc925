#include "filters/filter_graph.h"

extern "C" {
#include <libavutil/frame.h>
}

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace vat::filters {
namespace {

/// The filters' complete output for the samples.
Result<std::vector<float>> filtered(const std::string& filters, const std::vector<float>& samples) {
  std::vector<float> out;
  VAT_ASSIGN(const auto graph, FilterGraph::create(16'000, filters, [&](const AVFrame* frame) {
               const auto* const data = reinterpret_cast<const float*>(frame->data[0]);
               out.insert(out.end(), data, data + frame->nb_samples);
               return Result<>();
             }));
  VAT_TRY(graph->push(samples));
  VAT_TRY(graph->finish());
  return out;
}

TEST(FilterGraph, FiltersEverySampleOnce) {
  std::vector<float> samples(20'000);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<float>(i % 100) / 400.0F;
  std::vector<float> twice(samples);
  for (float& sample : twice) sample *= 2;
  EXPECT_EQ(filtered("volume=2:precision=float,aformat=sample_fmts=flt", samples).value(), twice);
}

TEST(FilterGraph, AFilterThatIsNoneIsAnError) {
  const auto out = filtered("no_such_filter=1", {0.0F});
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, ErrorCode::kInternal);
}

TEST(FilterGraph, TheSinksErrorEndsThePush) {
  const auto graph = FilterGraph::create(
      16'000, "anull", [](const AVFrame*) -> Result<> { return fail(ErrorCode::kCancelled, "Enough."); });
  ASSERT_TRUE(graph) << graph.error().message;
  const std::vector<float> samples(100'000);
  const auto pushed = (*graph)->push(samples);
  ASSERT_FALSE(pushed);
  EXPECT_EQ(pushed.error().message, "Enough.");
}

TEST(FilterGraph, SaysWhichFiltersThereAre) {
  EXPECT_TRUE(has_filter("ebur128"));
  EXPECT_FALSE(has_filter("no_such_filter"));
}

}  // namespace
}  // namespace vat::filters
