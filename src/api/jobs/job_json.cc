#include "api/jobs/job_json.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "pipeline/options_json.h"

namespace vat::api {
namespace {

constexpr std::size_t kStages = 5;
// By the clock of `vat process` on a talk of an hour with the base model; the order of Stage.
constexpr std::array<double, kStages> kWeights = {2, 83, 1, 12, 2};
constexpr double kNearlyDone = 99.9;
constexpr double kMinForEta = 3;         // percent after which the pace of the whole job says something
constexpr double kUnknownLength = 60.0;  // seconds, as JobQueue::waiting_ahead() counts

std::array<double, kStages> weights(const Job& job) {
  std::array<double, kStages> weights = kWeights;
  const auto of = [&](Stage stage) -> double& { return weights.at(static_cast<std::size_t>(stage)); };
  if (job.kind == JobKind::kSpeech) {
    of(Stage::kTranscribe) = of(Stage::kSubtitles) = of(Stage::kMux) = 0;
    return weights;
  }
  const auto view = options_view(job.options);
  if (!view->speech && !view->dub) of(Stage::kSpeak) = 0;
  if (!view->dub) of(Stage::kMux) = 0;
  return weights;
}

/// Of those that the job does.
Stage last_stage(const Job& job) {
  const std::array<double, kStages> all = weights(job);
  std::size_t stage = kStages - 1;
  while (stage > 0 && all.at(stage) == 0) --stage;
  return static_cast<Stage>(stage);
}

double sum(const std::array<double, kStages>& weights) {
  double total = 0;
  for (const double weight : weights) total += weight;
  return total;
}

/// Share of the whole job's time that is recognition.
double transcribe_share(const Job& job) {
  const std::array<double, kStages> all = weights(job);
  return all.at(static_cast<std::size_t>(Stage::kTranscribe)) / sum(all);
}

double round_to(double value, double steps) { return std::round(value * steps) / steps; }

std::unique_ptr<OptionsView> make_view(const std::string& stored) {
  auto view = std::make_unique<OptionsView>();
  const Result<pipeline::JobOptions> options = pipeline::job_options_from_stored_json(stored);
  if (!options) {
    // Written by another version of the program: the job is shown all the same.
    view->shown = "{}";
    return view;
  }
  view->shown = pipeline::to_public_json(*options);
  view->engine = options->choice.engine;
  view->model = options->choice.model;
  view->speech = options->speech;
  view->dub = options->dub;
  return view;
}

/// The measured speed of the job's engine and model here; 0 when nothing was measured.
Result<double> expected_speed(const Services& services, const Job& job) {
  const auto view = options_view(job.options);
  const std::string& engine = job.engine.empty() ? view->engine : job.engine;
  const std::string& model = job.model.empty() ? view->model : job.model;
  if (engine != "auto") {
    VAT_ASSIGN(const double speed, services.speeds.find(engine, engine == "pocketsphinx" ? "" : model));
    if (speed > 0) return speed;
  } else {
    VAT_ASSIGN(const double speed, services.speeds.find("whisper", model));
    if (speed > 0) return speed;
  }
  return services.speeds.find({}, {});
}

/// Seconds that the whole of a recording takes.
std::optional<double> whole_job(const Job& job, double speed) {
  if (job.kind != JobKind::kProcess || speed <= 0) return std::nullopt;
  const double length = job.duration.count() > 0 ? to_seconds(job.duration) : kUnknownLength;
  return length / speed / transcribe_share(job);
}

Result<std::optional<double>> waiting_eta(const Services& services, const Job& job, UtcTime now) {
  VAT_ASSIGN(const double speed, expected_speed(services, job));
  const std::optional<double> own = whole_job(job, speed);
  if (!own) return std::nullopt;
  VAT_ASSIGN(const Millis ahead, services.queue.waiting_ahead(job.id));
  double pause = 0;
  if (job.not_before && *job.not_before > now) pause = to_seconds(*job.not_before - now);
  const double left = 1 - overall_percent(job, job.progress) / 100;
  // What is ahead may be for other models, so it goes by the average of all.
  VAT_ASSIGN(const double average, services.speeds.find({}, {}));
  return pause + to_seconds(ahead) / (average > 0 ? average : speed) + *own * left;
}

void write_time(JsonWriter& json, std::string_view key, const std::optional<UtcTime>& time) {
  json.key(key);
  if (time)
    json.string(to_rfc3339(*time));
  else
    json.null();
}

/// Null where the text is empty, which means that it is not known.
void write_known(JsonWriter& json, std::string_view key, std::string_view text) {
  json.key(key);
  if (text.empty())
    json.null();
  else
    json.string(text);
}

void write_positive(JsonWriter& json, std::string_view key, double number, double steps) {
  json.key(key);
  if (number > 0)
    json.number(round_to(number, steps));
  else
    json.null();
}

void write_failure(JsonWriter& json, const std::optional<JobFailure>& failure) {
  json.key("error");
  if (!failure) {
    json.null();
    return;
  }
  json.begin_object();
  json.key("code").string(traits(failure->code).name);
  json.key("message").string(failure->message);
  json.key("stage").string(stage_name(failure->stage));
  json.end_object();
}

void write_progress(JsonWriter& json, const Job& job, const JobDetails& details) {
  const JobProgress& progress = details.live ? *details.live : job.progress;
  // The last heartbeat of a completed job came at any stage of it.
  json.key("stage").string(stage_name(job.state == JobState::kCompleted ? last_stage(job) : progress.stage));
  json.key("percent").number(overall_percent(job, progress));
  write_positive(json, "speed", progress.speed, 100);
  json.key("eta_seconds");
  if (details.eta_seconds)
    json.number(std::ceil(*details.eta_seconds));
  else
    json.null();
}

std::string encode_segment(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string encoded;
  for (const char c : text) {
    if (kUnreserved.find(c) != std::string_view::npos) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += kHex[byte >> 4U];
    encoded += kHex[byte & 15U];
  }
  return encoded;
}

}  // namespace

std::shared_ptr<const OptionsView> options_view(const std::string& stored) {
  constexpr std::size_t kMaxKept = 512;
  static std::mutex mutex;
  static std::unordered_map<std::string, std::shared_ptr<const OptionsView>> kept;
  {
    const std::lock_guard lock(mutex);
    if (const auto found = kept.find(stored); found != kept.end()) return found->second;
  }
  std::shared_ptr<const OptionsView> view = make_view(stored);
  const std::lock_guard lock(mutex);
  if (kept.size() >= kMaxKept) kept.clear();
  kept.emplace(stored, view);
  return view;
}

double overall_percent(const Job& job, const JobProgress& progress) {
  if (job.state == JobState::kCompleted) return 100;
  const std::array<double, kStages> all = weights(job);
  double done = 0;
  for (std::size_t stage = 0; stage < static_cast<std::size_t>(progress.stage); ++stage)
    done += all.at(stage);
  done += all.at(static_cast<std::size_t>(progress.stage)) * std::clamp(progress.fraction, 0.0, 1.0);
  return std::min(round_to(100 * done / sum(all), 10), kNearlyDone);
}

std::optional<double> running_eta(const Job& job, const JobProgress& progress, UtcTime now) {
  const double percent = overall_percent(job, progress);
  if (progress.stage == Stage::kTranscribe && job.duration.count() > 0) {
    if (const std::optional<double> whole = whole_job(job, progress.speed))
      return *whole * (1 - percent / 100);
  }
  if (!job.started_at || percent < kMinForEta) return std::nullopt;
  return std::max(0.0, to_seconds(now - *job.started_at)) * (100 - percent) / percent;
}

JobDetails quick_details(const Services& services, const Job& job) {
  JobDetails details;
  if (job.state != JobState::kProcessing) return details;
  if (services.live_progress) details.live = services.live_progress(job.id);
  details.eta_seconds = running_eta(job, details.live.value_or(job.progress), utc_now());
  return details;
}

Result<JobDetails> find_details(const Services& services, const Job& job) {
  JobDetails details = quick_details(services, job);
  if (job.state == JobState::kQueued || (job.state == JobState::kProcessing && !details.eta_seconds)) {
    VAT_ASSIGN(details.eta_seconds, waiting_eta(services, job, utc_now()));
  }
  // Nothing is made before a worker began.
  if (job.state == JobState::kQueued && job.attempt == 0 && !job.transcript_done) return details;
  VAT_ASSIGN(details.files, services.jobs.artifacts(job.user_id, job.id));
  return details;
}

void write_job(JsonWriter& json, const Job& job, const JobDetails& details) {
  json.begin_object();
  json.key("id").string(job.id);
  json.key("kind").string(job_kind_name(job.kind));
  json.key("state").string(job_state_name(job.state));
  json.key("title").string(job.title);
  write_progress(json, job, details);
  json.key("attempt").integer(job.attempt);
  json.key("priority").integer(job.priority);
  write_known(json, "engine", job.engine);
  write_known(json, "model", job.model);
  write_known(json, "language", job.language);
  write_positive(json, "duration_seconds", to_seconds(job.duration), 1000);
  json.key("options").raw(options_view(job.options)->shown);
  write_failure(json, job.failure);
  json.key("warnings").begin_array();
  for (const std::string& warning : job.warnings) json.string(warning);
  json.end_array();
  json.key("files").begin_array();
  for (const Artifact& file : details.files) write_file(json, file);
  json.end_array();
  write_known(json, "upload_id", job.upload_id);
  write_known(json, "webhook_url", job.webhook_url);
  json.key("created_at").string(to_rfc3339(job.created_at));
  json.key("updated_at").string(to_rfc3339(job.updated_at));
  write_time(json, "started_at", job.started_at);
  write_time(json, "finished_at", job.finished_at);
  json.end_object();
}

std::string job_json(const Job& job, const JobDetails& details) {
  std::string body;
  body.reserve(2048);
  JsonWriter json(body);
  write_job(json, job, details);
  return body;
}

Result<std::string> detailed_job_json(const Services& services, const Job& job) {
  VAT_ASSIGN(const JobDetails details, find_details(services, job));
  return job_json(job, details);
}

void write_file(JsonWriter& json, const Artifact& artifact) {
  json.begin_object();
  json.key("name").string(artifact.name);
  json.key("kind").string(artifact.kind);
  json.key("content_type").string(artifact.content_type);
  json.key("size").integer(static_cast<std::int64_t>(artifact.size));
  json.key("url").string(job_path(artifact.job_id) + "/files/" + encode_segment(artifact.name));
  json.end_object();
}

std::string job_path(std::string_view job_id) { return "/api/v1/jobs/" + std::string(job_id); }

}  // namespace vat::api
