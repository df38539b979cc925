#include "api/jobs/time_left.h"

#include <algorithm>
#include <string>

#include "api/jobs/options_view.h"
#include "domain/stage_weights.h"

namespace vat::api {
namespace {

constexpr double kMinForEta = 3;         // percent after which the job's own pace is meaningful
constexpr double kUnknownLength = 60.0;  // seconds, as JobQueue::waiting_ahead() counts

StageWeights weights_of(const Job& job) {
  const auto view = options_view(job.options);
  return StageWeights({.link = !job.source_url.empty(),
                       .recording = job.kind == JobKind::kProcess,
                       .speech = view->speech,
                       .dub = view->dub});
}

/// The measured speed of the job's engine and model; 0 if unknown.
Result<double> expected_speed(const Services& services, const Job& job) {
  const auto view = options_view(job.options);
  std::string engine = job.engine.empty() ? view->engine : job.engine;
  const std::string& model = job.model.empty() ? view->model : job.model;
  if (engine == "auto") engine = "whisper";
  VAT_ASSIGN(const double speed, services.speeds.find(engine, engine == "pocketsphinx" ? "" : model));
  if (speed > 0) return speed;
  return services.speeds.find({}, {});
}

/// Seconds that a whole recording takes.
std::optional<double> whole_job(const Job& job, double speed) {
  if (job.kind != JobKind::kProcess || speed <= 0) return std::nullopt;
  const double length = job.duration.count() > 0 ? to_seconds(job.duration) : kUnknownLength;
  return length / speed / weights_of(job).share(Stage::kTranscribe);
}

}  // namespace

double overall_percent(const Job& job, const JobProgress& progress) {
  return job.state == JobState::kCompleted ? 100 : weights_of(job).percent(progress);
}

Stage last_stage(const Job& job) { return weights_of(job).last(); }

std::optional<double> running_eta(const Job& job, const JobProgress& progress, UtcTime now) {
  const double percent = overall_percent(job, progress);
  if (progress.stage == Stage::kTranscribe && job.duration.count() > 0) {
    if (const std::optional<double> whole = whole_job(job, progress.speed))
      return *whole * (1 - percent / 100);
  }
  if (!job.started_at || percent < kMinForEta) return std::nullopt;
  return std::max(0.0, to_seconds(now - *job.started_at)) * (100 - percent) / percent;
}

Result<std::optional<double>> waiting_eta(const Services& services, const Job& job, UtcTime now) {
  VAT_ASSIGN(const double speed, expected_speed(services, job));
  const std::optional<double> own = whole_job(job, speed);
  if (!own) return std::nullopt;
  VAT_ASSIGN(const Millis ahead, services.queue.waiting_ahead(job.id));
  double pause = 0;
  if (job.not_before && *job.not_before > now) pause = to_seconds(*job.not_before - now);
  const double left = 1 - overall_percent(job, job.progress) / 100;
  // Jobs ahead may use other models, so the average of all is used.
  VAT_ASSIGN(const double average, services.speeds.find({}, {}));
  return pause + to_seconds(ahead) / (average > 0 ? average : speed) + *own * left;
}

}  // namespace vat::api
