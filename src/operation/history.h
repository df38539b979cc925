// Figures of the last day, kept in memory: a few hundred kilobytes, and not longer than the process.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/utc_time.h"
#include "domain/instance.h"

namespace vat::operation {

/// How often end_step() is to be called.
inline constexpr std::chrono::minutes kHistoryStep{1};

/// What is measured at one moment.
struct Gauges {
  std::uint64_t waiting = 0;
  std::uint64_t running = 0;
  std::uint64_t resident_bytes = 0;
  double cpu_seconds = 0;  ///< Of the process, since its start.
};

/// Safe to use from any thread.
class History {
 public:
  explicit History(UtcTime began);
  ~History();
  History(const History&) = delete;
  History& operator=(const History&) = delete;

  /// Takes tens of nanoseconds. Of event streams, the duration says nothing and is left out.
  void count_request(std::string_view route, int status, std::chrono::microseconds duration);
  /// Ends the current step, and forgets those of more than a day ago.
  void end_step(UtcTime now, const Gauges& gauges);
  /// The oldest first, and the current step as the last.
  [[nodiscard]] std::vector<FigurePoint> points(FigureSpan span, UtcTime now, const Gauges& gauges) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vat::operation
