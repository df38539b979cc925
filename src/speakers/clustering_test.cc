#include "speakers/clustering.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>

namespace vat::speakers {
namespace {

using ::testing::SizeIs;

/// Samples of several speakers in turns, each around a direction of its own: nearer to it than 0.8, further
/// from all others than 0.2.
std::vector<VoiceSample> conversation(std::size_t speakers, std::size_t count) {
  std::mt19937 random(7);
  std::normal_distribution<float> noise(0, 0.03F);
  std::vector<VoiceSample> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    samples[i] = {i, 0, 100, {}};
    for (float& value : samples[i].values) value = noise(random);
    samples[i].values[i % speakers] += 1;
    const float length = std::sqrt(similarity(samples[i].values, samples[i].values));
    for (float& value : samples[i].values) value /= length;
  }
  return samples;
}

void expect_speakers(const std::vector<std::vector<std::size_t>>& clusters, std::size_t speakers) {
  ASSERT_THAT(clusters, SizeIs(speakers));
  for (const auto& members : clusters)
    for (const std::size_t member : members) EXPECT_EQ(member % speakers, members.front() % speakers);
}

TEST(Clustering, FindsAsManySpeakersAsThereAre) {
  for (const std::size_t speakers : {1U, 2U, 5U, 12U})
    expect_speakers(cluster(conversation(speakers, 60), {}), speakers);
}

TEST(Clustering, KeepsToTheMaximum) {
  EXPECT_THAT(cluster(conversation(5, 40), {1, 3}), SizeIs(3));
  EXPECT_THAT(cluster(conversation(5, 40), {1, 8}), SizeIs(5));
}

TEST(Clustering, DividesForTheMinimumWhatIsNotCertainlyOneVoice) {
  std::vector<VoiceSample> samples = conversation(1, 10);
  for (std::size_t i = 1; i < samples.size();
       i += 2) {  // A voice that is as near as 0.5, which alone counts as one.
    for (float& value : samples[i].values) value *= 0.6F;
    samples[i].values[1] += 0.8F;
  }
  EXPECT_THAT(cluster(samples, {}), SizeIs(1));
  EXPECT_THAT(cluster(samples, {2, 2}), SizeIs(2));
  EXPECT_THAT(cluster(conversation(1, 10), {4, 4}), SizeIs(1)) << "one voice stays one";
}

TEST(Clustering, LongRecordingsAreJoinedInBlocksFirst) {
  const auto clusters = cluster(conversation(3, 4 * kDirectSamples), {});
  expect_speakers(clusters, 3);
  std::set<std::size_t> members;
  for (const auto& one : clusters) members.insert(one.begin(), one.end());
  EXPECT_THAT(members, SizeIs(4 * kDirectSamples));
}

TEST(Clustering, VoicesWithoutAnySimilarityComeToAnEnd) {
  std::vector<VoiceSample> samples = conversation(kVoiceValues, 2 * kDirectSamples);
  for (std::size_t i = 0; i < samples.size(); ++i)
    if (i / kVoiceValues % 2 == 1)
      for (float& value : samples[i].values) value = -value;
  EXPECT_THAT(cluster(samples, {1, 10}), SizeIs(10));
}

}  // namespace
}  // namespace vat::speakers
