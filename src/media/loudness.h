// Measures loudness (EBU R 128) and normalises it to a target.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "base/result.h"

namespace vat::media {

struct Loudness {
  double integrated = -70.0;  ///< LUFS, gated; -70 for silence and for less than 0.4 s of audio.
  double true_peak = 0.0;     ///< Linear, 1 is full scale; estimated at four times the rate (ITU-R BS.1770).
};

/// One thread at a time.
class LoudnessMeter {
 public:
  [[nodiscard]] static Result<std::unique_ptr<LoudnessMeter>> create(int sample_rate, int channels = 1);
  ~LoudnessMeter();
  /// Samples in [-1, 1], the channels' by turns.
  [[nodiscard]] Result<> push(std::span<const float> samples);
  /// Of everything pushed. To be called once, last.
  [[nodiscard]] Result<Loudness> finish();

 private:
  struct Impl;
  LoudnessMeter();
  std::unique_ptr<Impl> impl_;
};

/// How to normalise audio to a loudness.
struct LevelPlan {
  double gain = 0;     ///< dB, for the whole audio.
  bool limit = false;  ///< The gain would lift peaks above the ceiling, so a limiter is needed.

  friend bool operator==(const LevelPlan&, const LevelPlan&) = default;
};
/// `peak_ceiling` in dBTP. Silence keeps its level.
[[nodiscard]] LevelPlan plan_level(const Loudness& measured, double target_lufs, double peak_ceiling);

/// Carries out a plan. One thread at a time.
class Leveller {
 public:
  using Sink = std::function<Result<>(std::span<const float>)>;
  /// `sink` receives the samples, at the same rate, as they are ready; of two channels, by turns.
  [[nodiscard]] static Result<std::unique_ptr<Leveller>> create(int sample_rate, const LevelPlan& plan,
                                                                double peak_ceiling, Sink sink,
                                                                int channels = 1);
  ~Leveller();
  [[nodiscard]] Result<> push(std::span<const float> samples);
  [[nodiscard]] Result<> finish();

 private:
  struct Impl;
  Leveller();
  std::unique_ptr<Impl> impl_;
};

}  // namespace vat::media
