#include "media/timeline.h"

#include <algorithm>
#include <cmath>

#include "domain/audio.h"

namespace vat::media {
namespace {

constexpr double kRate = kRecognitionRate;
/// Containers round timestamps to a millisecond or to a video frame; less than this is not a gap.
constexpr double kJitter = 0.1 * kRate;
/// Timestamps that go back by less overlap; by more, they restart and no audio may be lost.
constexpr double kMaxOverlap = 1.0 * kRate;
/// The longest plausible gap in formats whose timestamps restart; players use the same value.
constexpr double kRestart = 10.0 * kRate;
/// The longest plausible gap when the recording's length is unknown.
constexpr double kMaxUnstated = 600.0 * kRate;
/// Maximum total silence, whatever the container claims.
constexpr double kMaxInserted = 24.0 * 3600.0 * kRate;
constexpr double kRoundingSlack = 1.0 * kRate;

}  // namespace

double Timeline::max_silence(double position) const {
  double max = stated_end_ ? *stated_end_ + kRoundingSlack - position : kMaxUnstated - inserted_;
  // The first timestamp is read against the start, which comes from the same timestamps: it is no restart.
  if (stamps_restart_ && started_) max = std::min(max, kRestart);
  return std::clamp(max, 0.0, kMaxInserted - inserted_);
}

Placement Timeline::place(std::optional<double> stamp, double position) {
  if (!stamp || !std::isfinite(*stamp)) return {};
  if (restarted_) shift_ = position - *stamp;
  restarted_ = false;
  // Another stream may count from elsewhere; what is dropped for nothing would be lost.
  if (exact_ && started_ && stamps_restart_ && *stamp + shift_ < position - kJitter)
    shift_ = position - *stamp;
  const double gap = *stamp + shift_ - position;
  // The beginning is exact; only what follows may jitter.
  const double tolerance = exact_ ? 0.5 : kJitter;
  exact_ = false;
  const double max = max_silence(position);
  started_ = true;
  if (std::abs(gap) < tolerance) return {};
  if (gap > 0 && gap <= max) {
    inserted_ += gap;
    return Placement{.silence = std::llround(gap), .drop = 0};
  }
  if (gap < 0 && -gap <= kMaxOverlap) return Placement{.silence = 0, .drop = std::llround(-gap)};
  shift_ -= gap;
  ++jumps_;
  return {};
}

}  // namespace vat::media
