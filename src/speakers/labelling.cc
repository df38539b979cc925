#include "speakers/labelling.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>

namespace vat::speakers {
namespace {

/// The share of the windows that have to hear a speaker, in the mean over the speaker's time.
constexpr double kConfirmed = 0.5;
/// How much of the decision a window's own samples are; the rest is what its neighbours hear.
constexpr float kOwnShare = 0.5F;

/// How many of the sampled windows look at each frame of the recording.
std::vector<std::uint16_t> coverage(std::span<const Activity> windows, std::span<const std::size_t> sampled) {
  std::vector<std::uint16_t> covered(windows.back().first_frame() + kWindowFrames);
  for (const std::size_t w : sampled)
    for (std::size_t f = 0; f < kWindowFrames; ++f) ++covered[windows[w].first_frame() + f];
  return covered;
}

/// The speakers for the voices of one window: the distinct ones that fit best in all.
class Assignment {
 public:
  Assignment(const Fits& fits, std::size_t speakers) : fits_(fits), speakers_(speakers) {
    for (std::size_t v = 0; v < kVoices; ++v)
      if (!fits_[v].empty()) voices_.push_back(v);
  }

  Labels best() {
    if (voices_.size() > speakers_) {
      for (const std::size_t v : voices_) best_[v] = candidates(v).front();
    } else {
      choose(0, 0);
    }
    return best_;
  }

 private:
  /// With as many candidates as there are voices, one is always free.
  [[nodiscard]] std::vector<std::size_t> candidates(std::size_t voice) const {
    std::vector<std::size_t> order(speakers_);
    std::iota(order.begin(), order.end(), std::size_t{0});
    const std::size_t count = std::min(kVoices, speakers_);
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                      [&fits = fits_[voice]](std::size_t a, std::size_t b) {
                        return fits[a] != fits[b] ? fits[a] > fits[b] : a < b;
                      });
    order.resize(count);
    return order;
  }
  void choose(std::size_t next, float total) {
    if (next == voices_.size()) {
      if (found_ && total <= best_total_) return;
      found_ = true;
      best_total_ = total;
      best_ = chosen_;
      return;
    }
    const std::size_t voice = voices_[next];
    for (const std::size_t speaker : candidates(voice)) {
      if (std::find(chosen_.begin(), chosen_.end(), std::optional(speaker)) != chosen_.end()) continue;
      chosen_[voice] = speaker;
      choose(next + 1, total + fits_[voice][speaker]);
      chosen_[voice].reset();
    }
  }

  const Fits& fits_;
  const std::size_t speakers_;
  std::vector<std::size_t> voices_;
  Labels chosen_;
  Labels best_;
  float best_total_ = 0;
  bool found_ = false;
};

/// How often two voices of two windows are active at the same time, in frames.
float agreement(const Activity& a, std::size_t voice_a, const Activity& b, std::size_t voice_b,
                std::span<const std::uint16_t> covered) {
  const std::size_t from = std::max(a.first_frame(), b.first_frame());
  const std::size_t to = std::min(a.first_frame(), b.first_frame()) + kWindowFrames;
  float sum = 0;
  for (std::size_t f = from; f < to; ++f)
    sum += a.probability(f - a.first_frame(), voice_a) * b.probability(f - b.first_frame(), voice_b) /
           static_cast<float>(covered[f]);
  return sum;
}

}  // namespace

std::vector<std::vector<std::size_t>> confirmed(std::vector<std::vector<std::size_t>> clusters,
                                                std::span<const VoiceSample> samples,
                                                std::span<const Activity> windows,
                                                std::span<const std::size_t> sampled) {
  const std::vector<std::uint16_t> covered = coverage(windows, sampled);
  std::vector<std::uint16_t> heard(covered.size());
  const auto is_confirmed = [&](const std::vector<std::size_t>& members) {
    const auto each_frame = [&](const auto& visit) {
      for (const std::size_t member : members) {
        const Activity& window = windows[samples[member].window];
        for (std::size_t f = 0; f < kWindowFrames; ++f)
          if (window.active(f, samples[member].voice)) visit(window.first_frame() + f);
      }
    };
    each_frame([&](std::size_t frame) { ++heard[frame]; });
    double share = 0;
    double frames = 0;
    each_frame([&](std::size_t frame) {
      if (heard[frame] == 0) return;
      share += static_cast<double>(heard[frame]) / covered[frame];
      frames += 1;
      heard[frame] = 0;
    });
    return share >= kConfirmed * frames;
  };
  std::vector<std::vector<std::size_t>> kept;
  for (const auto& members : clusters)
    if (is_confirmed(members)) kept.push_back(members);
  return kept.empty() ? std::move(clusters) : kept;
}

std::vector<Labels> label(std::span<const Activity> windows, std::span<const std::size_t> sampled,
                          std::span<const VoiceSample> samples, std::span<const Voice> speakers) {
  const std::vector<std::uint16_t> covered = coverage(windows, sampled);
  std::vector<Fits> own(windows.size());
  for (const VoiceSample& sample : samples)
    for (const Voice& speaker : speakers)
      own[sample.window][sample.voice].push_back(sample.frames * similarity(sample.values, speaker));
  std::vector<Labels> by_voice(windows.size());
  for (const std::size_t w : sampled) by_voice[w] = Assignment(own[w], speakers.size()).best();

  std::vector<Labels> labels(windows.size());
  std::size_t near = 0;
  for (std::size_t w = 0; w < windows.size(); ++w) {
    const std::size_t first = windows[w].first_frame();
    while (near < sampled.size() && windows[sampled[near]].first_frame() + kWindowFrames <= first) ++near;
    Fits fits;
    for (std::size_t v = 0; v < kVoices; ++v) {
      if (windows[w].frames(v) == 0) continue;
      fits[v].assign(speakers.size(), 0);
      const bool has_own = !own[w][v].empty();
      for (std::size_t n = near; n < sampled.size(); ++n) {
        const Activity& other = windows[sampled[n]];
        if (other.first_frame() >= first + kWindowFrames) break;
        for (std::size_t o = 0; o < kVoices; ++o)
          if (const auto speaker = by_voice[sampled[n]][o])
            fits[v][*speaker] += agreement(windows[w], v, other, o, covered);
      }
      if (!has_own) continue;
      for (std::size_t s = 0; s < speakers.size(); ++s)
        fits[v][s] = (1 - kOwnShare) * fits[v][s] + kOwnShare * own[w][v][s];
    }
    labels[w] = Assignment(fits, speakers.size()).best();
  }
  return labels;
}

}  // namespace vat::speakers
