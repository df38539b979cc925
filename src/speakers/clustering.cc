#include "speakers/clustering.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace vat::speakers {
namespace {

constexpr float kNotComparable = -2;
/// Samples that are joined with each other before all are compared.
constexpr std::size_t kBlock = 512;
/// A pass over the blocks that leaves more than this share is followed by one that joins more freely.
constexpr double kFruitless = 0.8;
constexpr float kFreer = 0.1F;

/// The sum of its members, by frames, and their indices. The product of two means is the mean similarity.
struct Cluster {
  Voice sum{};
  float frames = 0;
  std::vector<std::size_t> members;
};

float mean_similarity(const Cluster& a, const Cluster& b) {
  return similarity(a.sum, b.sum) / (a.frames * b.frames);
}

/// Merges the two most similar clusters again and again.
class Merging {
 public:
  explicit Merging(std::vector<Cluster> clusters)
      : clusters_(std::move(clusters)),
        size_(clusters_.size()),
        similarity_(size_ * size_, kNotComparable),
        nearest_(size_, 0),
        alive_(size_) {
    std::iota(alive_.begin(), alive_.end(), std::size_t{0});
    for (std::size_t a = 0; a < size_; ++a)
      for (std::size_t b = 0; b < a; ++b) set(a, b, mean_similarity(clusters_[a], clusters_[b]));
    for (const std::size_t a : alive_) find_nearest(a);
  }

  /// `enough` is told how many there are and how similar the next two, and says whether they stay apart.
  template <class Enough>
  std::vector<Cluster> run(const Enough& enough) {
    while (alive_.size() > 1) {
      const std::size_t a = *std::max_element(alive_.begin(), alive_.end(), [this](auto one, auto other) {
        return at(one, nearest_[one]) < at(other, nearest_[other]);
      });
      const std::size_t b = nearest_[a];
      if (enough(alive_.size(), at(a, b))) break;
      merge(std::min(a, b), std::max(a, b));
    }
    std::vector<Cluster> left;
    for (const std::size_t a : alive_) left.push_back(std::move(clusters_[a]));
    return left;
  }

 private:
  [[nodiscard]] float at(std::size_t a, std::size_t b) const { return similarity_[a * size_ + b]; }
  void set(std::size_t a, std::size_t b, float value) {
    similarity_[a * size_ + b] = similarity_[b * size_ + a] = value;
  }
  void find_nearest(std::size_t a) {
    nearest_[a] = *std::max_element(alive_.begin(), alive_.end(),
                                    [this, a](auto one, auto other) { return at(a, one) < at(a, other); });
  }
  void merge(std::size_t a, std::size_t b) {
    Cluster& kept = clusters_[a];
    Cluster& gone = clusters_[b];
    const float share = kept.frames / (kept.frames + gone.frames);
    alive_.erase(std::find(alive_.begin(), alive_.end(), b));
    for (const std::size_t c : alive_)
      if (c != a) set(a, c, share * at(a, c) + (1 - share) * at(b, c));
    for (std::size_t i = 0; i < kVoiceValues; ++i) kept.sum[i] += gone.sum[i];
    kept.frames += gone.frames;
    kept.members.insert(kept.members.end(), gone.members.begin(), gone.members.end());
    gone = {};
    for (const std::size_t c : alive_) {
      if (c == a || nearest_[c] == a || nearest_[c] == b) find_nearest(c);
      if (c != a && at(c, a) > at(c, nearest_[c])) nearest_[c] = a;
    }
  }

  std::vector<Cluster> clusters_;
  const std::size_t size_;
  std::vector<float> similarity_;
  std::vector<std::size_t> nearest_;
  std::vector<std::size_t> alive_;
};

/// Joins what is alike within each block.
std::vector<Cluster> join_blocks(std::vector<Cluster> clusters, float threshold) {
  std::vector<Cluster> joined;
  for (std::size_t from = 0; from < clusters.size(); from += kBlock) {
    const auto first = clusters.begin() + static_cast<std::ptrdiff_t>(from);
    const auto last =
        clusters.begin() + static_cast<std::ptrdiff_t>(std::min(from + kBlock, clusters.size()));
    std::vector<Cluster> block(std::make_move_iterator(first), std::make_move_iterator(last));
    block = Merging(std::move(block)).run([threshold](std::size_t, float next) { return next < threshold; });
    std::move(block.begin(), block.end(), std::back_inserter(joined));
  }
  return joined;
}

}  // namespace

float similarity(const Voice& a, const Voice& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0F);
}

Voice centre(std::span<const VoiceSample> samples, std::span<const std::size_t> members) {
  Voice sum{};
  for (const std::size_t member : members)
    for (std::size_t i = 0; i < kVoiceValues; ++i)
      sum[i] += samples[member].frames * samples[member].values[i];
  const float length = std::sqrt(similarity(sum, sum));
  for (float& value : sum) value /= std::max(length, std::numeric_limits<float>::min());
  return sum;
}

std::vector<std::vector<std::size_t>> cluster(std::span<const VoiceSample> samples, const SpeakerCount& count,
                                              const Likeness& likeness) {
  std::vector<Cluster> clusters(samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    clusters[i] = {samples[i].values, std::max(samples[i].frames, 1.0F), {i}};
    for (float& value : clusters[i].sum) value *= clusters[i].frames;
  }
  float threshold = likeness.certainly;
  while (clusters.size() > kDirectSamples) {
    const std::size_t before = clusters.size();
    clusters = join_blocks(std::move(clusters), threshold);
    if (static_cast<double>(clusters.size()) > kFruitless * static_cast<double>(before)) threshold -= kFreer;
  }
  const auto enough = [&](std::size_t left, float next) {
    if (count.maximum > 0 && left > count.maximum) return false;
    return next < (left > count.minimum ? likeness.same : likeness.certainly);
  };
  std::vector<std::vector<std::size_t>> members;
  for (Cluster& one : Merging(std::move(clusters)).run(enough)) members.push_back(std::move(one.members));
  return members;
}

}  // namespace vat::speakers
