// The metrics of the service, in Prometheus' text format.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/pool_use.h"
#include "domain/job_queue.h"
#include "domain/model_use.h"
#include "domain/object_store.h"
#include "http/server.h"

namespace vat::operation {

/// Queried at each render(); everything must outlive the metrics. Null or empty ones are left out.
struct MetricSources {
  std::function<http::ServerStatistics()> server;
  JobQueue* queue = nullptr;
  const ObjectStore* objects = nullptr;
  std::function<ModelUse()> models;
  /// The thread pools, by name.
  std::vector<std::pair<std::string, std::function<PoolUse()>>> pools;
};

/// Safe to use from any thread.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// Takes tens of nanoseconds once the route has been seen.
  void count_request(const http::AccessRecord& record);
  /// An attempt that a worker finished. `media` is the length of its recording, zero if it has none.
  void count_job(std::string_view kind, std::string_view state, std::chrono::duration<double> duration,
                 std::chrono::duration<double> media);
  /// A lease that expired although its worker lived, by outcome: "kept" or "lost".
  void count_late_lease(std::string_view outcome);
  /// A chunk of audio that was recognised, successfully or not.
  void count_chunk(std::chrono::duration<double> duration);
  /// An attempt at a webhook delivery, by outcome: "delivered", "retry" or "failed".
  void count_delivery(std::string_view outcome);

  /// Everything, as /metrics shows it (version 0.0.4 of the format). Blocks on the database and the disk;
  /// if these fail, vat_database_up is 0 and their metrics are left out.
  [[nodiscard]] std::string render(const MetricSources& sources) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vat::operation
