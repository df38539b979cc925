#include "onnx/model_process.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "onnx/model_messages.h"

namespace vat::onnx {
namespace {

constexpr std::size_t kMaxAnswerBytes = std::size_t{64} << 20U;

tl::unexpected<Error> cancelled_run() { return fail(ErrorCode::kCancelled, "It was cancelled."); }

std::string end_of(HelperProcess& process) {
  const auto end = process.wait(std::chrono::milliseconds(1000));
  if (!end) return "it still runs";
  return end->signal != 0 ? "signal " + std::to_string(end->signal)
                          : "exit code " + std::to_string(end->exit_code);
}

bool all_finite(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

/// The answer to a message. Every failure but the model's own means that the process is of no more use, which
/// `lost` is told.
Result<Output> ask(HelperProcess& process, const std::string& message, const Patience& patience, bool& lost) {
  lost = true;
  if (auto sent = process.channel().send(message, {}, patience);
      !sent && sent.error().code != ErrorCode::kUnavailable)
    return fail(std::move(sent).error());
  VAT_ASSIGN(const auto reply, process.channel().receive(kMaxAnswerBytes, patience));
  if (!reply)
    return fail(ErrorCode::kUnavailable, "The process that runs the model ended unexpectedly.",
                end_of(process));
  auto answer = read_answer(reply->bytes);
  if (!answer && answer.error().code == ErrorCode::kInternal) return answer;
  lost = false;
  if (answer && !all_finite(answer->values))
    return fail(ErrorCode::kBadData, "The model returned numbers that are not finite.");
  return answer;
}

}  // namespace

ModelProcesses::ModelProcesses(Config config) : config_(std::move(config)) {}
ModelProcesses::~ModelProcesses() = default;

Result<std::vector<float>> ModelProcesses::run(const std::filesystem::path& model,
                                               const std::vector<Tensor>& inputs,
                                               const std::stop_token& stop) {
  VAT_ASSIGN(Output output, compute(model, inputs, stop));
  return std::move(output.values);
}

Result<Output> ModelProcesses::compute(const std::filesystem::path& model, const std::vector<Tensor>& inputs,
                                       const std::stop_token& stop) {
  VAT_ASSIGN(Place* const place, take(model, stop));
  const std::string message = write_inputs(inputs);
  const bool had_process = place->process != nullptr;
  auto answer = run_in(*place, message, stop);
  // One that had been idle may have ended for a reason of then, such as a machine short of memory.
  if (!answer && had_process && place->process == nullptr && answer.error().code == ErrorCode::kUnavailable)
    answer = run_in(*place, message, stop);
  give_back(place);
  return answer;
}

Result<ModelProcesses::Place*> ModelProcesses::take(const std::filesystem::path& model,
                                                    const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  std::list<Place>::iterator found;
  const auto is_there = [&] {
    const auto runs_it = [&](const Place& place) { return place.model == model; };
    const auto is_free = [](const Place& place) { return !place.busy; };
    found = std::find_if(places_.begin(), places_.end(),
                         [&](const Place& place) { return runs_it(place) && is_free(place); });
    if (found != places_.end()) return true;
    const auto running = std::count_if(places_.begin(), places_.end(), runs_it);
    const bool room = places_.size() < config_.max_models;
    // Another one for the same model takes nobody's place.
    if (running > 0) return room && running < static_cast<std::ptrdiff_t>(config_.max_parallel);
    return room || std::any_of(places_.begin(), places_.end(), is_free);
  };
  if (!changed_.wait(lock, stop, is_there)) return cancelled_run();
  if (found == places_.end()) {
    if (places_.size() >= config_.max_models) {
      const auto oldest =
          std::find_if(places_.rbegin(), places_.rend(), [](const Place& place) { return !place.busy; });
      places_.erase(std::next(oldest).base());
    }
    places_.push_front({model, nullptr, false});
    found = places_.begin();
  }
  places_.splice(places_.begin(), places_, found);
  found->busy = true;
  return &*found;
}

void ModelProcesses::give_back(Place* place) {
  {
    const std::lock_guard lock(mutex_);
    place->busy = false;
  }
  changed_.notify_all();
}

Result<> ModelProcesses::start(Place& place, const std::stop_token& stop) const {
  VAT_ASSIGN(auto process, HelperProcess::start(config_.helper));
  bool lost = false;
  const Patience patience{.time = config_.open_timeout, .stop = stop};
  VAT_TRY(ask(*process,
              write_open({config_.library, place.model, static_cast<std::uint32_t>(config_.threads),
                          config_.max_memory}),
              patience, lost));
  place.process = std::move(process);
  return {};
}

Result<Output> ModelProcesses::run_in(Place& place, const std::string& inputs, const std::stop_token& stop) {
  if (stop.stop_requested()) return cancelled_run();
  bool lost = true;
  Result<Output> answer = [&]() -> Result<Output> {
    if (place.process == nullptr) VAT_TRY(start(place, stop));
    return ask(*place.process, inputs, {.time = config_.run_timeout, .stop = stop}, lost);
  }();
  if (answer || !lost) return answer;
  place.process.reset();
  Error error = std::move(answer).error();
  if (error.code == ErrorCode::kCancelled) return cancelled_run();
  if (error.code == ErrorCode::kLimit)
    error = Error(ErrorCode::kUnavailable, "The process that runs the model did not answer in time.");
  if (error.code == ErrorCode::kInternal) error.code = ErrorCode::kUnavailable;
  return fail(std::move(error));
}

}  // namespace vat::onnx
