#include "tts/pitch.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include "domain/audio.h"

namespace vat::tts {
namespace {

constexpr int kLowestHz = 60;
constexpr int kHighestHz = 500;
constexpr std::size_t kShortestLag = kRecognitionRate / kHighestHz;
constexpr std::size_t kLongestLag = kRecognitionRate / kLowestHz;
/// That are compared with those a lag later.
constexpr std::size_t kCompared = 512;
constexpr std::size_t kFrame = kCompared + kLongestLag + 1;
constexpr std::size_t kHop = kRecognitionRate / 50;
/// Of the normalised difference, below which a sound is voiced (section II.D of the paper).
constexpr double kVoiced = 0.1;
/// -50 dBFS; below, what sounds is the room.
constexpr double kQuietPower = 1e-5;
constexpr std::size_t kFewFrames = 16;
constexpr double kTenths = 10;

using Differences = std::array<double, kLongestLag + 2>;

/// Several sums at once, so that they need not wait for each other.
float squared_difference(std::span<const float> a, std::span<const float> b) {
  constexpr std::size_t kLanes = 16;
  static_assert(kCompared % kLanes == 0);
  std::array<float, kLanes> sums{};
  for (std::size_t i = 0; i < kCompared; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const float apart = a[i + lane] - b[i + lane];
      sums[lane] += apart * apart;
    }
  }
  return std::accumulate(sums.begin(), sums.end(), 0.0F);
}

/// The cumulative mean normalised difference of each lag.
Differences differences_of(std::span<const float> frame) {
  Differences normalised{};
  normalised[0] = 1;
  double sum = 0;
  for (std::size_t lag = 1; lag < normalised.size(); ++lag) {
    const double difference = squared_difference(frame, frame.subspan(lag));
    sum += difference;
    normalised.at(lag) = sum > 0 ? difference * static_cast<double>(lag) / sum : 1;
  }
  return normalised;
}

/// The first dip below kVoiced, at its bottom and between samples.
std::optional<double> period_of(const Differences& d) {
  for (std::size_t lag = kShortestLag; lag <= kLongestLag; ++lag) {
    if (d.at(lag) >= kVoiced) continue;
    while (lag < kLongestLag && d.at(lag + 1) < d.at(lag)) ++lag;
    const double curve = d.at(lag - 1) - 2 * d.at(lag) + d.at(lag + 1);
    const double shift = curve > 0 ? (d.at(lag - 1) - d.at(lag + 1)) / (2 * curve) : 0;
    return static_cast<double>(lag) + std::clamp(shift, -0.5, 0.5);
  }
  return std::nullopt;
}

/// In tenths of a Hz; 0 for what is not voiced.
std::uint16_t pitch_of(std::span<const float> frame) {
  double power = 0;
  for (const float sample : frame) power += static_cast<double>(sample) * sample;
  if (power < kQuietPower * static_cast<double>(frame.size())) return 0;
  const auto period = period_of(differences_of(frame));
  return period ? static_cast<std::uint16_t>(std::lround(kTenths * kRecognitionRate / *period)) : 0;
}

double median_of(std::vector<std::uint16_t> pitches) {
  std::erase(pitches, 0);
  if (pitches.size() < kFewFrames) return 0;
  const auto middle = pitches.begin() + static_cast<std::ptrdiff_t>(pitches.size() / 2);
  std::nth_element(pitches.begin(), middle, pitches.end());
  return *middle / kTenths;
}

}  // namespace

void PitchTrack::push(std::span<const float> samples) {
  waiting_.insert(waiting_.end(), samples.begin(), samples.end());
  std::size_t at = 0;
  for (; at + kFrame <= waiting_.size(); at += kHop)
    pitches_.push_back(pitch_of(std::span(waiting_).subspan(at, kFrame)));
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(at));
}

double PitchTrack::median(std::span<const TimeSpan> stretches) const {
  std::vector<std::uint16_t> within;
  for (const TimeSpan& stretch : stretches) {
    const auto begin = static_cast<std::size_t>(std::max<std::int64_t>(time_to_samples(stretch.start), 0));
    const auto end = static_cast<std::size_t>(std::max<std::int64_t>(time_to_samples(stretch.end), 0));
    for (std::size_t i = (begin + kHop - 1) / kHop; i < pitches_.size() && i * kHop + kFrame <= end; ++i)
      within.push_back(pitches_[i]);
  }
  return median_of(std::move(within));
}

double PitchTrack::median() const { return median_of(pitches_); }

}  // namespace vat::tts
