// Decides where decoded sound belongs on the recording's time axis. Private to this module.
#pragma once

#include <cstdint>
#include <optional>

namespace vat::media {

/// What to do before the next piece of sound. In samples of 16 kHz; at most one is not zero.
struct Placement {
  std::int64_t silence = 0;  ///< To insert before it.
  std::int64_t drop = 0;     ///< To cut off its front.
};

/// Follows time stamps where they are believable and counts samples where they are not: jitter is ignored,
/// lost packets become silence, and stamps that jump are taken as a new beginning of the same sound.
class Timeline {
 public:
  /// `stated_end`: where the container says that the recording ends, in samples; empty when it does not say.
  /// `stamps_restart`: the format is known for stamps that start anew in the middle (MPEG transport streams).
  Timeline(std::optional<double> stated_end, bool stamps_restart)
      : stated_end_(stated_end), stamps_restart_(stamps_restart) {}

  /// `stamp`: the time stamp of the next piece, if it has one, from the recording's start. `position`: how
  /// much sound was placed so far. Both in samples.
  [[nodiscard]] Placement place(std::optional<double> stamp, double position);
  /// How often the stamps jumped beyond belief.
  [[nodiscard]] int jumps() const { return jumps_; }

 private:
  [[nodiscard]] double max_silence(double position) const;

  std::optional<double> stated_end_;
  bool stamps_restart_;
  bool started_ = false;
  double shift_ = 0;     ///< Added to every stamp since the last jump.
  double inserted_ = 0;  ///< Silence so far.
  int jumps_ = 0;
};

}  // namespace vat::media
