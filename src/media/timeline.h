// Places decoded audio on the recording's time axis. Private to this module.
#pragma once

#include <cstdint>
#include <optional>

namespace vat::media {

/// What to do before the next piece of audio. In samples of 16 kHz; at most one is not zero.
struct Placement {
  std::int64_t silence = 0;  ///< To insert before it.
  std::int64_t drop = 0;     ///< To cut off its front.
};

/// Follows plausible timestamps and otherwise counts samples: jitter is ignored, lost packets become silence,
/// and timestamps that jump are treated as a restart within the same audio.
class Timeline {
 public:
  /// `stated_end`: the recording's end according to the container, in samples; empty if unknown.
  /// `stamps_restart`: the format is known for timestamps that restart in the middle (MPEG transport
  /// streams).
  Timeline(std::optional<double> stated_end, bool stamps_restart)
      : stated_end_(stated_end), stamps_restart_(stamps_restart) {}

  /// `stamp`: the timestamp of the next piece, if it has one, from the recording's start. `position`: the
  /// amount of audio placed so far. Both in samples.
  [[nodiscard]] Placement place(std::optional<double> stamp, double position);
  /// The next timestamp counts anew: it says nothing about its distance from what was placed, nor the stated
  /// end about what comes.
  void restart() {
    restarted_ = started_;
    if (started_) stated_end_.reset();
  }
  /// The next timestamp is as exact as the first one.
  void expect_exact() { exact_ = true; }
  /// How often the timestamps jumped implausibly.
  [[nodiscard]] int jumps() const { return jumps_; }

 private:
  [[nodiscard]] double max_silence(double position) const;

  std::optional<double> stated_end_;
  bool stamps_restart_;
  bool started_ = false;
  bool exact_ = true;
  bool restarted_ = false;
  double shift_ = 0;     ///< Added to every timestamp since the last jump.
  double inserted_ = 0;  ///< Silence so far.
  int jumps_ = 0;
};

}  // namespace vat::media
