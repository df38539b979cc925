#include "operation/readiness.h"

#include <algorithm>
#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

#include "base/json_writer.h"
#include "base/log.h"

namespace vat::operation {
namespace {

using Clock = std::chrono::steady_clock;
constexpr const char* kOk = "ok";

}  // namespace

/// Every check has a thread, so that a hanging one does not affect the others.
struct Readiness::State {
  struct RunningCheck {
    explicit RunningCheck(Check to_ask) : check(std::move(to_ask)) {}
    Check check;
    bool wanted = false;   ///< The thread should run the check.
    bool running = false;  ///< It is running the check.
    std::string answer;
    std::optional<Clock::time_point> answered;
    std::optional<CheckState> told;  ///< By the last report.
    std::jthread thread;             // last, so that it ends first
  };

  std::chrono::milliseconds fresh{};
  std::chrono::milliseconds limit{};
  std::mutex mutex;
  std::condition_variable_any changed;
  std::list<RunningCheck> all;

  void ask_until_stopped(RunningCheck& asked, const std::stop_token& stop) {
    std::unique_lock lock(mutex);
    while (changed.wait(lock, stop, [&] { return asked.wanted; })) {
      asked.wanted = false;
      asked.running = true;
      lock.unlock();
      const Result<> result = asked.check.ask();
      if (!result)
        log(asked.check.vital ? LogLevel::kWarning : LogLevel::kDebug, "A readiness check failed.",
            {{"check", asked.check.name},
             {"reason", result.error().message},
             {"detail", result.error().detail}});
      lock.lock();
      asked.running = false;
      asked.answer = result ? kOk : result.error().message;
      asked.answered = Clock::now();
      changed.notify_all();
    }
  }

  [[nodiscard]] bool is_fresh(const RunningCheck& asked, Clock::time_point now) const {
    return asked.answered && now - *asked.answered < fresh;
  }
};

Readiness::Readiness(std::vector<Check> checks, std::chrono::milliseconds fresh,
                     std::chrono::milliseconds limit)
    : state_(std::make_unique<State>()) {
  state_->fresh = fresh;
  state_->limit = limit;
  for (Check& check : checks) {
    auto& asked = state_->all.emplace_back(std::move(check));
    asked.thread = std::jthread([state = state_.get(), &asked](const std::stop_token& stop) {
      state->ask_until_stopped(asked, stop);
    });
  }
}

Readiness::~Readiness() {
  for (auto& asked : state_->all) asked.thread.request_stop();
}

std::vector<CheckState> Readiness::states() {
  std::unique_lock lock(state_->mutex);
  const Clock::time_point began = Clock::now();
  std::vector<State::RunningCheck*> awaited;
  for (auto& asked : state_->all) {
    if (state_->is_fresh(asked, began)) continue;
    if (!asked.running) asked.wanted = true;
    awaited.push_back(&asked);
  }
  state_->changed.notify_all();
  const auto answered_now = [&](const State::RunningCheck* asked) {
    return asked->answered && (*asked->answered >= began || state_->is_fresh(*asked, began));
  };
  (void)state_->changed.wait_until(lock, began + state_->limit,
                                   [&] { return std::all_of(awaited.begin(), awaited.end(), answered_now); });
  std::vector<CheckState> states;
  for (auto& asked : state_->all) {
    const bool late = !answered_now(&asked);
    const bool ok = !late && asked.answer == kOk;
    const bool same = asked.told && asked.told->ok == ok;
    asked.told = CheckState{.name = asked.check.name,
                            .vital = asked.check.vital,
                            .ok = ok,
                            .message = ok     ? ""
                                       : late ? "It did not answer in time."
                                              : asked.answer,
                            .since = same ? asked.told->since : utc_now()};
    states.push_back(*asked.told);
  }
  return states;
}

ReadinessReport Readiness::report() {
  ReadinessReport report{true, {}};
  for (CheckState& state : states()) {
    report.ready = report.ready && (state.ok || !state.vital);
    report.checks.emplace_back(std::move(state.name), state.ok ? kOk : std::move(state.message));
  }
  return report;
}

std::string to_json(const ReadinessReport& report) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("status").string(report.ready ? "ok" : "unavailable");
  json.key("checks").begin_object();
  for (const auto& [name, answer] : report.checks) json.key(name).string(answer);
  json.end_object();
  json.end_object();
  return text;
}

}  // namespace vat::operation
