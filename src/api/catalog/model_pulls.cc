#include "api/catalog/model_pulls.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/log.h"
#include "pipeline/engines.h"

namespace vat::api {
namespace {

constexpr std::ptrdiff_t kMaxModelPulls = 4;

}  // namespace

ModelPulls::~ModelPulls() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    for (auto& [name, pull] : pulls_) pull.thread.request_stop();
  }
  // Their threads end by taking the mutex.
  for (auto& [name, pull] : pulls_) pull.thread = {};
}

Result<> ModelPulls::start(const catalog::ModelInfo& model) {
  const std::lock_guard lock(mutex_);
  const auto known = pulls_.find(model.name);
  if (known != pulls_.end() && known->second.state.running) return {};
  const auto running =
      std::count_if(pulls_.begin(), pulls_.end(), [](const auto& pull) { return pull.second.state.running; });
  if (running >= kMaxModelPulls)
    return fail(Error(ErrorCode::kLimit, "Four models are being downloaded; try again when one is there.")
                    .as_retryable());
  begin(model.name, model.kind == catalog::ModelKind::kRecognition);
  return {};
}

void ModelPulls::begin(const std::string& name, bool with_detector) {
  if (ending_) return;
  Running& pull = pulls_[name];
  if (pull.state.running) return;
  ++pull.number;
  pull.state = {.running = true, .progress = {catalog::PullPhase::kWaiting, 0, 0, {}}, .failure = {}};
  // A thread that has ended is joined here.
  pull.thread = std::jthread(
      [this, name, with_detector](const std::stop_token& stop) { run(name, with_detector, stop); });
}

void ModelPulls::run(const std::string& name, bool with_detector, const std::stop_token& stop) {
  const auto sink = [&](const catalog::PullProgress& progress) {
    const std::lock_guard lock(mutex_);
    pulls_.at(name).state.progress = progress;
  };
  Result<std::filesystem::path> pulled = fail(ErrorCode::kInternal, "The download failed.");
  try {
    pulled = store_.pull(name, sink, stop);
  } catch (const std::exception& exception) {
    pulled = fail(ErrorCode::kInternal, "The download failed by a defect of this program.", exception.what());
  }
  const bool cancelled = !pulled && pulled.error().code == ErrorCode::kCancelled;
  if (!pulled && !cancelled)
    log(LogLevel::kWarning, "A model could not be downloaded.",
        {{"model", name}, {"error", pulled.error().message}, {"detail", pulled.error().detail}});
  const auto detector = store_.find(pipeline::kDetectorModel);
  const std::lock_guard lock(mutex_);
  pulls_.at(name).state = {.running = false, .failure = pulled || cancelled ? "" : pulled.error().message};
  if (pulled && with_detector && detector && !detector->installed) begin(detector->name, false);
  ended_.notify_all();
}

std::optional<ModelPull> ModelPulls::find(const std::string& model) const {
  const std::lock_guard lock(mutex_);
  const auto found = pulls_.find(model);
  if (found == pulls_.end()) return std::nullopt;
  return found->second.state;
}

bool ModelPulls::cancel(const std::string& model) {
  std::unique_lock lock(mutex_);
  const auto found = pulls_.find(model);
  if (found == pulls_.end()) return false;
  Running& pull = found->second;
  const bool ran = pull.state.running;
  pull.thread.request_stop();
  // Somebody may begin the next at once.
  ended_.wait(lock, [&pull, number = pull.number] { return !pull.state.running || pull.number != number; });
  pull.state.failure.clear();
  return ran;
}

}  // namespace vat::api
