#include "operation/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <sstream>
#include <tuple>

#include "base/utc_time.h"
#include "domain/job.h"
#include "operation/process_statistics.h"

namespace vat::operation {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

using Buckets = prometheus::Histogram::BucketBoundaries;
// Seconds. Requests end in less than a millisecond, uploads may take an hour.
const Buckets kRequestBuckets = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                 0.25,   0.5,   1,      2.5,   5,    10,    60,   600};
const Buckets kJobBuckets = {1, 2.5, 5, 10, 30, 60, 150, 300, 600, 1'800, 3'600, 10'800};
const Buckets kChunkBuckets = {0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160};
// Seconds of work per second of audio: below 1 is faster than real time.
const Buckets kFactorBuckets = {0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 4, 8};

/// The counters of the requests with one route, method and status.
struct RequestKey {
  std::string route;
  http::Method method = http::Method::kGet;
  int status = 0;
};
struct RequestKeyView {
  std::string_view route;
  http::Method method = http::Method::kGet;
  int status = 0;
};
struct LessRequest {
  using is_transparent = void;
  template <class Left, class Right>
  bool operator()(const Left& a, const Right& b) const {
    if (a.status != b.status) return a.status < b.status;
    if (a.method != b.method) return a.method < b.method;
    return std::string_view(a.route) < std::string_view(b.route);
  }
};
struct RequestMetrics {
  prometheus::Counter* count = nullptr;
  prometheus::Histogram* duration = nullptr;
};

/// Families that are rebuilt at each render.
class Snapshot {
 public:
  explicit Snapshot(std::vector<MetricFamily> counted) : families_(std::move(counted)) {}

  using Labels = std::vector<ClientMetric::Label>;
  void gauge(const std::string& name, const std::string& help, double value, Labels labels = {}) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.gauge.value = value;
    add(name, help, MetricType::Gauge, std::move(metric));
  }
  void counter(const std::string& name, const std::string& help, double value, Labels labels = {}) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.counter.value = value;
    add(name, help, MetricType::Counter, std::move(metric));
  }
  [[nodiscard]] std::string text() const {
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, families_);
    return out.str();
  }

 private:
  /// The format requires metrics of one name to be adjacent.
  void add(const std::string& name, const std::string& help, MetricType type, ClientMetric metric) {
    auto family = std::find_if(families_.begin(), families_.end(),
                               [&](const MetricFamily& known) { return known.name == name; });
    if (family == families_.end()) {
      family = families_.emplace(families_.end());
      family->name = name;
      family->help = help;
      family->type = type;
    }
    family->metric.push_back(std::move(metric));
  }
  std::vector<MetricFamily> families_;
};

void add_server(Snapshot& out, const http::ServerStatistics& server) {
  out.gauge("vat_http_connections", "Open connections.", static_cast<double>(server.connections));
  out.gauge("vat_http_requests_in_progress", "Requests in progress.",
            static_cast<double>(server.requests_running));
  out.counter("vat_http_connections_accepted_total", "Connections accepted since the start.",
              static_cast<double>(server.accepted));
  out.counter("vat_http_connections_refused_total", "Connections refused because of a limit.",
              static_cast<double>(server.refused));
}

void add_queue(Snapshot& out, JobQueue& queue) {
  const auto states = queue.count_by_state();
  const auto depth = queue.depth();
  const bool up = states.has_value() && depth.has_value();
  out.gauge("vat_database_up", "Whether the database answers.", up ? 1 : 0);
  if (!up) return;
  for (std::size_t i = 0; i < states->size(); ++i) {
    out.gauge("vat_jobs", "Jobs in each state.", static_cast<double>(states->at(i)),
              {{"state", std::string(job_state_name(static_cast<JobState>(i)))}});
  }
  out.gauge("vat_queue_depth", "Jobs waiting for a worker.", static_cast<double>(depth->queued));
  const std::chrono::duration<double> age =
      depth->oldest_queued ? utc_now() - *depth->oldest_queued : std::chrono::milliseconds(0);
  out.gauge("vat_queue_oldest_age_seconds", "How long the oldest waiting job has waited.",
            std::max(0.0, age.count()));
}

void add_models(Snapshot& out, const ModelUse& models) {
  out.gauge("vat_models_loaded", "Models in memory.", static_cast<double>(models.loaded));
  out.gauge("vat_model_memory_bytes", "Models in memory and on their way there, by the size of their files.",
            static_cast<double>(models.bytes));
  out.gauge("vat_model_memory_limit_bytes", "What models may take together.",
            static_cast<double>(models.max_bytes));
  out.gauge("vat_model_waiting", "Jobs that wait for a model to be fetched and loaded.",
            static_cast<double>(models.waiting));
  const auto count_loads = [&](const char* outcome, std::uint64_t loads) {
    out.counter("vat_model_loads_total", "Attempts to fetch and load a model, by outcome.",
                static_cast<double>(loads), {{"outcome", outcome}});
  };
  count_loads("loaded", models.loads);
  count_loads("failed", models.failed_loads);
  count_loads("stopped", models.stopped_loads);
  out.counter("vat_model_evictions_total", "Models that were unloaded for others.",
              static_cast<double>(models.evictions));
}

void add_process(Snapshot& out, const ProcessStatistics& process) {
  out.counter("process_cpu_seconds_total", "User and system CPU time.", process.cpu_seconds);
  out.gauge("process_start_time_seconds", "Start of the process since 1970.", process.start_time_seconds);
  out.gauge("process_resident_memory_bytes", "Resident memory.", static_cast<double>(process.resident_bytes));
  out.gauge("process_virtual_memory_bytes", "Virtual memory.", static_cast<double>(process.virtual_bytes));
  out.gauge("process_threads", "Threads.", static_cast<double>(process.threads));
  out.gauge("process_open_fds", "Open file descriptors.", static_cast<double>(process.open_descriptors));
  out.gauge("process_max_fds", "Maximum number of open file descriptors.",
            static_cast<double>(process.max_descriptors));
}

template <class Metric>
auto& family(prometheus::Registry& registry, const std::string& name, const std::string& help) {
  if constexpr (std::is_same_v<Metric, prometheus::Counter>)
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  else
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

}  // namespace

struct Metrics::State {
  using Counter = prometheus::Counter;
  using Histogram = prometheus::Histogram;

  prometheus::Registry registry;
  prometheus::Family<Counter>& requests =
      family<Counter>(registry, "vat_http_requests_total", "Requests answered.");
  prometheus::Family<Histogram>& request_durations =
      family<Histogram>(registry, "vat_http_request_duration_seconds",
                        "Time from the request's header to the response's last byte.");
  Counter& bytes_in =
      family<Counter>(registry, "vat_http_received_bytes_total", "Bytes of request bodies.").Add({});
  Counter& bytes_out =
      family<Counter>(registry, "vat_http_sent_bytes_total", "Bytes of response bodies.").Add({});
  prometheus::Family<Counter>& jobs = family<Counter>(registry, "vat_jobs_finished_total",
                                                      "Attempts that workers finished, by resulting state.");
  prometheus::Family<Histogram>& job_durations =
      family<Histogram>(registry, "vat_job_duration_seconds", "Processing time of a job, without waiting.");
  Counter& media_seconds =
      family<Counter>(registry, "vat_media_seconds_total", "Length of the recordings of completed jobs.")
          .Add({});
  Histogram& real_time_factor =
      family<Histogram>(registry, "vat_job_real_time_factor",
                        "Seconds of work per second of the recording, of completed jobs.")
          .Add({}, kFactorBuckets);
  Histogram& chunks =
      family<Histogram>(registry, "vat_chunk_duration_seconds", "Recognition time of one chunk of audio.")
          .Add({}, kChunkBuckets);
  prometheus::Family<Counter>& late_leases =
      family<Counter>(registry, "vat_leases_late_total",
                      "Leases that expired because this process was suspended or cut off: the job was kept, "
                      "or lost to another.");
  prometheus::Family<Counter>& deliveries =
      family<Counter>(registry, "vat_webhook_attempts_total", "Attempts to deliver webhooks, by outcome.");

  std::shared_mutex mutex;
  std::map<RequestKey, RequestMetrics, LessRequest> known;

  RequestMetrics of(const RequestKeyView& key) {
    {
      const std::shared_lock lock(mutex);
      if (const auto found = known.find(key); found != known.end()) return found->second;
    }
    const std::unique_lock lock(mutex);
    const std::string route(key.route.empty() ? "none" : key.route);
    const RequestMetrics made = {&requests.Add({{"route", route},
                                                {"method", std::string(http::method_name(key.method))},
                                                {"status", std::to_string(key.status)}}),
                                 &request_durations.Add({{"route", route}}, kRequestBuckets)};
    return known.insert_or_assign(RequestKey{std::string(key.route), key.method, key.status}, made)
        .first->second;
  }
};

Metrics::Metrics() : state_(std::make_unique<State>()) {
  // Present from the start, because a rate needs a value before the first event.
  for (const JobKind kind : {JobKind::kProcess, JobKind::kSpeech}) {
    const std::string name(job_kind_name(kind));
    state_->job_durations.Add({{"kind", name}}, kJobBuckets);
    for (const JobState state :
         {JobState::kQueued, JobState::kCompleted, JobState::kFailed, JobState::kCancelled})
      state_->jobs.Add({{"kind", name}, {"state", std::string(job_state_name(state))}});
  }
  for (const char* const outcome : {"kept", "lost"}) state_->late_leases.Add({{"outcome", outcome}});
  for (const char* const outcome : {"delivered", "retry", "failed"})
    state_->deliveries.Add({{"outcome", outcome}});
}
Metrics::~Metrics() = default;

void Metrics::count_request(const http::AccessRecord& record) {
  const RequestMetrics metrics = state_->of({record.request.route, record.request.method, record.status});
  metrics.count->Increment();
  metrics.duration->Observe(std::chrono::duration<double>(record.duration).count());
  if (record.bytes_in > 0) state_->bytes_in.Increment(static_cast<double>(record.bytes_in));
  if (record.bytes_out > 0) state_->bytes_out.Increment(static_cast<double>(record.bytes_out));
}

void Metrics::count_job(std::string_view kind, std::string_view state, std::chrono::duration<double> duration,
                        std::chrono::duration<double> media) {
  const std::map<std::string, std::string> labels = {{"kind", std::string(kind)},
                                                     {"state", std::string(state)}};
  state_->jobs.Add(labels).Increment();
  state_->job_durations.Add({{"kind", std::string(kind)}}, kJobBuckets).Observe(duration.count());
  if (state != job_state_name(JobState::kCompleted) || media.count() <= 0) return;
  state_->media_seconds.Increment(media.count());
  state_->real_time_factor.Observe(duration.count() / media.count());
}

void Metrics::count_late_lease(std::string_view outcome) {
  state_->late_leases.Add({{"outcome", std::string(outcome)}}).Increment();
}

void Metrics::count_chunk(std::chrono::duration<double> duration) {
  state_->chunks.Observe(duration.count());
}

void Metrics::count_delivery(std::string_view outcome) {
  state_->deliveries.Add({{"outcome", std::string(outcome)}}).Increment();
}

std::string Metrics::render(const MetricSources& sources) const {
  Snapshot out(state_->registry.Collect());
  out.gauge("vat_build_info", "1, labelled with the running version.", 1, {{"version", VAT_VERSION}});
  if (sources.server) add_server(out, sources.server());
  if (sources.queue != nullptr) add_queue(out, *sources.queue);
  if (sources.models) add_models(out, sources.models());
  for (const auto& [name, ask] : sources.pools) {
    const PoolUse use = ask();
    out.gauge("vat_pool_threads", "Threads of the pool.", static_cast<double>(use.threads), {{"pool", name}});
    out.gauge("vat_pool_busy", "Busy threads of the pool.", static_cast<double>(use.busy), {{"pool", name}});
    out.gauge("vat_pool_waiting", "Tasks waiting for a thread.", static_cast<double>(use.waiting),
              {{"pool", name}});
  }
  if (sources.objects != nullptr) {
    if (const auto space = sources.objects->space()) {
      out.gauge("vat_storage_free_bytes", "Free disk space for files.",
                static_cast<double>(space->free_bytes));
      out.gauge("vat_storage_total_bytes", "Total disk space for files.",
                static_cast<double>(space->total_bytes));
    }
  }
  add_process(out, process_statistics());
  return out.text();
}

}  // namespace vat::operation
