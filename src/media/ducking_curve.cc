#include "media/ducking_curve.h"

#include <algorithm>
#include <cmath>

namespace vat::media {
namespace {

/// Done when the first word begins.
constexpr Millis kFall{200};
/// The ends of words in a transcript are a little early now and then.
constexpr Millis kHold{300};
constexpr Millis kRise{600};
/// A pause that is shorter stays low.
constexpr Millis kPause{1500};
static_assert(kPause >= kFall + kHold + kRise);

/// From 0 to 1, level at both ends.
double smooth(double part) { return 0.5 - 0.5 * std::cos(M_PI * std::clamp(part, 0.0, 1.0)); }

}  // namespace

DuckingCurve::DuckingCurve(std::vector<TimeSpan> spoken, double depth, int rate)
    : depth_(depth),
      lowest_(static_cast<float>(std::pow(10.0, -depth / 20))),
      fall_(kFall.count() * rate / 1000),
      rise_(kRise.count() * rate / 1000) {
  std::sort(spoken.begin(), spoken.end(),
            [](const TimeSpan& a, const TimeSpan& b) { return a.start < b.start; });
  const auto samples = [rate](Millis time) { return time.count() * rate / 1000; };
  for (const TimeSpan& span : spoken) {
    const std::int64_t end = samples(span.end + kHold);
    if (!stretches_.empty() && samples(span.start + kHold) - stretches_.back().end < samples(kPause)) {
      stretches_.back().end = std::max(stretches_.back().end, end);
    } else {
      stretches_.push_back({samples(span.start), end});
    }
  }
}

float DuckingCurve::next() {
  const std::int64_t now = position_++;
  while (current_ < stretches_.size() && now >= stretches_[current_].end + rise_) ++current_;
  if (current_ == stretches_.size() || now < stretches_[current_].begin - fall_) return 1;
  const Stretch& stretch = stretches_[current_];
  if (now >= stretch.begin && now < stretch.end) return lowest_;
  const double part = now < stretch.begin
                          ? static_cast<double>(stretch.begin - now) / static_cast<double>(fall_)
                          : static_cast<double>(now - stretch.end) / static_cast<double>(rise_);
  return static_cast<float>(std::pow(10.0, -depth_ * (1 - smooth(part)) / 20));
}

}  // namespace vat::media
