// Whether the service can work now: checks the parts that it depends on, not too often and never for long.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "domain/instance.h"

namespace vat::operation {

struct Check {
  std::string name;               ///< "database".
  std::function<Result<>()> ask;  ///< May block.
  bool vital = true;              ///< Otherwise its failure is only told: the service works without.
};

struct ReadinessReport {
  bool ready = false;
  /// Each check's name with "ok" or a sentence, in order.
  std::vector<std::pair<std::string, std::string>> checks;
};

/// Safe to use from any thread.
class Readiness {
 public:
  /// Results are reused for `fresh`; a check that takes longer than `limit` fails, and is not started again
  /// before it ends.
  explicit Readiness(std::vector<Check> checks, std::chrono::milliseconds fresh = std::chrono::seconds(1),
                     std::chrono::milliseconds limit = std::chrono::seconds(2));
  /// Waits for running checks.
  ~Readiness();
  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;

  /// Blocks for `limit` at most.
  [[nodiscard]] ReadinessReport report();
  /// The same, with the time since when each check has been as it is: as far as somebody asked.
  [[nodiscard]] std::vector<CheckState> states();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// {"status": "ok", "checks": {"database": "ok"}}, or "unavailable" with the sentences.
[[nodiscard]] std::string to_json(const ReadinessReport& report);

}  // namespace vat::operation
