// What the service tells its operators about this process.
#include <memory>
#include <utility>
#include <vector>

#include "operation/process_statistics.h"
#include "service_options.h"
#include "service_parts.h"

namespace vat::app {

/// Jobs count as none while the database does not answer, which a check tells.
operation::Gauges Service::Parts::gauges() {
  const operation::ProcessStatistics process = operation::process_statistics();
  const QueueDepth depth = database->queue().depth().value_or(QueueDepth());
  return {.waiting = depth.queued,
          .running = depth.processing,
          .resident_bytes = process.resident_bytes,
          .cpu_seconds = process.cpu_seconds};
}

/// The checks are looked at, too, so that it is known since when one is as it is.
void Service::Parts::start_sampling() {
  std::vector<operation::Periodic::Task> tasks{{operation::kHistoryStep, [this] {
                                                  history.end_step(utc_now(), gauges());
                                                  (void)readiness->states();
                                                }}};
  sampling = std::make_unique<operation::Periodic>(std::move(tasks));
}

InstanceView Service::Parts::instance(FigureSpan span) {
  const worker::WorkerOptions options = worker_options(settings);
  return {.name = options.name,
          .version = VAT_VERSION,
          .started_at = started_at,
          .max_jobs = options.parallel,
          .checks = readiness->states(),
          .models = machine.engines().loaded(),
          .model_use = machine.engines().use(),
          .points = history.points(span, utc_now(), gauges())};
}

}  // namespace vat::app
