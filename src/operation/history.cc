#include "operation/history.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <mutex>
#include <numeric>
#include <optional>

namespace vat::operation {
namespace {

using std::chrono::milliseconds;

using Quarters = std::chrono::duration<std::int64_t, std::ratio<900>>;
constexpr std::chrono::hours kKept{24};
constexpr std::size_t kMaxSteps = 24 * 60;

/// Durations by their magnitude: the bucket i ends at 2^i times a quarter of a millisecond; the last has no
/// end.
constexpr std::size_t kMagnitudes = 22;
constexpr double kFirstBucket = 0.00025;  // seconds
using Durations = std::array<std::uint32_t, kMagnitudes>;

std::size_t bucket_of(std::chrono::microseconds duration) {
  const double seconds = std::chrono::duration<double>(duration).count();
  if (seconds <= kFirstBucket) return 0;
  return std::min(kMagnitudes - 1, static_cast<std::size_t>(std::ceil(std::log2(seconds / kFirstBucket))));
}

/// The duration that this share of the requests did not exceed; within a bucket they are thought to be evenly
/// spread.
std::optional<double> quantile(const Durations& buckets, double share) {
  const double wanted = share * std::accumulate(buckets.begin(), buckets.end(), 0.0);
  if (wanted <= 0) return std::nullopt;
  double below = 0;
  for (std::size_t i = 0; i < kMagnitudes; ++i) {
    if (below + buckets.at(i) >= wanted) {
      const double end = kFirstBucket * std::exp2(static_cast<double>(i));
      const double begin = i == 0 ? 0 : end / 2;
      return begin + (end - begin) * (wanted - below) / buckets.at(i);
    }
    below += buckets.at(i);
  }
  return std::nullopt;
}

struct Step {
  UtcTime at;
  milliseconds length{0};
  std::uint64_t requests = 0;
  std::uint64_t failed = 0;
  Durations durations{};
  Gauges gauges;  ///< The CPU time is that of this step.

  void add(const Step& next) {
    length += next.length;
    requests += next.requests;
    failed += next.failed;
    for (std::size_t i = 0; i < kMagnitudes; ++i) durations.at(i) += next.durations.at(i);
    gauges.waiting = std::max(gauges.waiting, next.gauges.waiting);
    gauges.running = std::max(gauges.running, next.gauges.running);
    gauges.resident_bytes = std::max(gauges.resident_bytes, next.gauges.resident_bytes);
    gauges.cpu_seconds += next.gauges.cpu_seconds;
  }
  [[nodiscard]] FigurePoint point() const {
    const double seconds = std::chrono::duration<double>(length).count();
    return {.at = at,
            .length = length,
            .requests = requests,
            .failed = failed,
            .median = quantile(durations, 0.5),
            .slow = quantile(durations, 0.95),
            .waiting = gauges.waiting,
            .running = gauges.running,
            .resident_bytes = gauges.resident_bytes,
            .cpu = seconds > 0 ? gauges.cpu_seconds / seconds : 0};
  }
};

/// The current step, as if it ended now. A clock that was set back does not make it negative.
Step ended(Step step, double cpu_before, UtcTime now, const Gauges& gauges) {
  step.length = std::max(milliseconds(0), now - step.at);
  step.gauges = gauges;
  step.gauges.cpu_seconds = std::max(0.0, gauges.cpu_seconds - cpu_before);
  return step;
}

}  // namespace

struct History::State {
  mutable std::mutex mutex;
  std::deque<Step> steps;  ///< Ended ones.
  Step current;
  double cpu_before = 0;  ///< When it began.
};

History::History(UtcTime began) : state_(std::make_unique<State>()) { state_->current.at = began; }
History::~History() = default;

void History::count_request(std::string_view route, int status, std::chrono::microseconds duration) {
  const std::size_t bucket = bucket_of(duration);
  const std::lock_guard lock(state_->mutex);
  Step& step = state_->current;
  ++step.requests;
  if (status >= 500) ++step.failed;
  if (!route.ends_with("/events")) ++step.durations.at(bucket);
}

void History::end_step(UtcTime now, const Gauges& gauges) {
  const std::lock_guard lock(state_->mutex);
  State& state = *state_;
  state.steps.push_back(ended(state.current, state.cpu_before, now, gauges));
  const auto is_old = [&](const Step& step) { return step.at < now - kKept; };
  while (state.steps.size() > kMaxSteps || (!state.steps.empty() && is_old(state.steps.front())))
    state.steps.pop_front();
  state.current = Step{.at = now};
  state.cpu_before = gauges.cpu_seconds;
}

std::vector<FigurePoint> History::points(FigureSpan span, UtcTime now, const Gauges& gauges) const {
  const bool day = span == FigureSpan::kDay;
  const UtcTime first = now - (day ? kKept : std::chrono::hours(1));
  const std::lock_guard lock(state_->mutex);
  std::deque<Step> joined;
  const auto take = [&](const Step& step) {
    const bool same = day && !joined.empty() &&
                      std::chrono::floor<Quarters>(joined.back().at) == std::chrono::floor<Quarters>(step.at);
    if (same)
      joined.back().add(step);
    else
      joined.push_back(step);
  };
  for (const Step& step : state_->steps) {
    if (step.at >= first) take(step);
  }
  take(ended(state_->current, state_->cpu_before, now, gauges));
  std::vector<FigurePoint> points;
  points.reserve(joined.size());
  for (const Step& step : joined) points.push_back(step.point());
  return points;
}

}  // namespace vat::operation
