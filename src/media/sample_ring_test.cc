#include "media/sample_ring.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "media/helper_messages.h"

namespace vat::media {
namespace {

/// Both ends of a ring, in one process.
class SampleRingTest : public ::testing::Test {
 protected:
  void pass_on(float first, std::size_t count) {
    const std::span<float> slot = writer_.slot().value();
    for (std::size_t i = 0; i < count; ++i) slot[i] = first + static_cast<float>(i) / (1 << 20);
    ASSERT_TRUE(writer_.pass_on(count));
  }
  /// The next slot, whole.
  std::vector<float> next() {
    const auto message = ends_.first.receive(100).value();
    EXPECT_TRUE(message && reader_.take(std::string_view(message->bytes).substr(1)));
    std::vector<float> samples(reader_.left());
    reader_.copy(samples);
    return samples;
  }
  static std::string says(std::int64_t samples) { return MessageWriter().number(samples).take(); }

  std::pair<Channel, Channel> ends_ = Channel::make_pair().value();
  SampleReader reader_ = SampleReader::create().value();
  SampleWriter writer_ = SampleWriter::open(ends_.second, reader_.memory()).value();
};

TEST_F(SampleRingTest, SamplesArriveInTheirOrder) {
  for (int i = 0; i < 3; ++i) {
    pass_on(0.1F * static_cast<float>(i), kSlotSamples - static_cast<std::size_t>(i));
    const std::vector<float> samples = next();
    ASSERT_EQ(samples.size(), kSlotSamples - static_cast<std::size_t>(i));
    EXPECT_EQ(samples.front(), 0.1F * static_cast<float>(i));
    EXPECT_TRUE(std::is_sorted(samples.begin(), samples.end()));
  }
}

TEST_F(SampleRingTest, IsCopiedInPieces) {
  pass_on(0.5F, 5'000);
  const auto message = ends_.first.receive(100).value();
  ASSERT_TRUE(reader_.take(std::string_view(message->bytes).substr(1)));
  std::vector<float> samples(5'000);
  for (std::size_t done = 0; done < samples.size(); done += 1'000) {
    ASSERT_EQ(reader_.left(), samples.size() - done);
    reader_.copy(std::span(samples).subspan(done, 1'000));
  }
  EXPECT_EQ(reader_.left(), 0U);
  EXPECT_TRUE(std::is_sorted(samples.begin(), samples.end()));
  EXPECT_EQ(samples.back(), 0.5F + 4'999.0F / (1 << 20));
}

TEST_F(SampleRingTest, AWriterWaitsUntilSlotsAreFree) {
  constexpr std::size_t kRounds = 5 * kRingSlots;
  std::jthread writer([this] {
    for (std::size_t i = 0; i < kRounds; ++i) pass_on(static_cast<float>(i) / kRounds, 10);
  });
  for (std::size_t i = 0; i < kRounds; ++i) {
    // Were a slot written before it is free, this would be a later one.
    EXPECT_EQ(next().front(), static_cast<float>(i) / kRounds);
    if (reader_.frees_slots()) {
      ASSERT_TRUE(ends_.first.send(kFreed));
    }
  }
}

TEST_F(SampleRingTest, AWriterEndsWithItsReader) {
  for (std::size_t i = 0; i < kRingSlots; ++i) pass_on(0, 1);
  ends_.first.shut();
  EXPECT_EQ(writer_.slot().error().code, ErrorCode::kUnavailable);
}

TEST_F(SampleRingTest, WhateverIsWrittenIsReadWithinItsRange) {
  const std::vector<float> odd{NAN, -NAN, INFINITY, -INFINITY, 1e30F, -1.5F, 1.0F, -1.0F, 0.25F};
  const std::span<float> slot = writer_.slot().value();
  std::copy(odd.begin(), odd.end(), slot.begin());
  ASSERT_TRUE(writer_.pass_on(odd.size()));
  EXPECT_EQ(next(), (std::vector<float>{-1, -1, 1, -1, 1, -1, 1, -1, 0.25F}));
}

TEST_F(SampleRingTest, ACountThatNoSlotHasIsRefused) {
  for (const std::int64_t count : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{kSlotSamples} + 1,
                                   std::numeric_limits<std::int64_t>::max()})
    EXPECT_FALSE(reader_.take(says(count))) << count;
  EXPECT_FALSE(reader_.take(""));
  EXPECT_FALSE(reader_.take(says(1) + "x"));
  EXPECT_EQ(reader_.left(), 0U);
  EXPECT_TRUE(reader_.take(says(kSlotSamples)));
}

}  // namespace
}  // namespace vat::media
