// What one running process of the service tells of itself: its checks, its models, and figures of the last
// hours.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/utc_time.h"
#include "domain/model_use.h"

namespace vat {

/// A part that the service depends on.
struct CheckState {
  std::string name;  ///< "database".
  bool vital = true;
  bool ok = false;
  std::string message;  ///< A sentence; empty when it is well.
  UtcTime since;        ///< When it was first seen so, one time after another.
};

/// A stretch of time. Of what goes up and down, the highest value in it.
struct FigurePoint {
  UtcTime at;  ///< Its beginning.
  std::chrono::milliseconds length{0};
  std::uint64_t requests = 0;    ///< Answered, and
  std::uint64_t failed = 0;      ///< of these with a status of 500 or more.
  std::optional<double> median;  ///< Seconds to answer, without event streams; empty without requests.
  std::optional<double> slow;    ///< 95 % took no longer.
  std::uint64_t waiting = 0;     ///< Jobs of everybody, and
  std::uint64_t running = 0;     ///< of these in work.
  std::uint64_t resident_bytes = 0;
  double cpu = 0;  ///< Cores that it kept busy, on average.
};

enum class FigureSpan {
  kHour,  ///< By the minute.
  kDay,   ///< By the quarter of an hour.
};

struct InstanceView {
  std::string name;  ///< "host:pid".
  std::string version;
  UtcTime started_at;
  int max_jobs = 0;  ///< That it works on at once.
  std::vector<CheckState> checks;
  std::vector<LoadedModel> models;
  ModelUse model_use;
  std::vector<FigurePoint> points;  ///< The last one is not over yet.
};

}  // namespace vat
