#include "tts/pitch.h"

#include <algorithm>
#include <cmath>
#include <optional>

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
constexpr std::size_t kEnoughFrames = 20 * kRecognitionRate / kHop;  // twenty seconds
constexpr std::size_t kFewFrames = 16;

using Differences = std::array<double, kLongestLag + 2>;

/// The cumulative mean normalised difference of each lag.
Differences differences_of(std::span<const float> frame) {
  Differences normalised{};
  normalised[0] = 1;
  double sum = 0;
  for (std::size_t lag = 1; lag < normalised.size(); ++lag) {
    float difference = 0;
    for (std::size_t i = 0; i < kCompared; ++i) {
      const float apart = frame[i] - frame[i + lag];
      difference += apart * apart;
    }
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

}  // namespace

void PitchMeter::push(std::span<const float> samples) {
  waiting_.insert(waiting_.end(), samples.begin(), samples.end());
  std::size_t at = 0;
  for (; at + kFrame <= waiting_.size(); at += kHop) {
    if (!has_enough()) analyse(std::span(waiting_).subspan(at, kFrame));
  }
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(at));
}

void PitchMeter::analyse(std::span<const float> frame) {
  double power = 0;
  for (const float sample : frame) power += static_cast<double>(sample) * sample;
  if (power < kQuietPower * static_cast<double>(frame.size())) return;
  if (const auto period = period_of(differences_of(frame)))
    found_.push_back(static_cast<float>(kRecognitionRate / *period));
}

bool PitchMeter::has_enough() const { return found_.size() >= kEnoughFrames; }

double PitchMeter::median() const {
  if (found_.size() < kFewFrames) return 0;
  std::vector<float> sorted = found_;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  return *middle;
}

}  // namespace vat::tts
