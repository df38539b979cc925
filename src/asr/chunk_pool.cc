#include "asr/chunk_pool.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace vat::asr {

namespace {

using Clock = std::chrono::steady_clock;

/// The last task waits while the running ones have done this part of the usual time of a task, up to the part
/// at which they are late. Below it, one core now is faster than every core later.
constexpr double kNearlyDone = 0.6;
constexpr double kLate = 1.2;

/// The recognisers of one model: busy ones are counted, idle ones are kept here.
struct ModelStates {
  std::shared_ptr<const RecognitionModel> model;
  std::vector<std::unique_ptr<Recognizer>> idle;
  int in_use = 0;
  int lanes = 0;
  int max = 0;  ///< Maximum number in use at once.
};

}  // namespace

struct ChunkPool::Lane::State {
  std::shared_ptr<ModelStates> states;
  std::deque<Task> waiting;
  int running = 0;
  bool more_may_come = true;
  Clock::duration worked{};  ///< Over all tasks that have ended.
  int ended = 0;
};

struct ChunkPool::Shared {
  explicit Shared(std::function<Clock::time_point()> clock) : now(std::move(clock)) {}

  const std::function<Clock::time_point()> now;
  std::mutex mutex;
  std::condition_variable work;                   ///< A task may be able to start, or the pool ends.
  std::condition_variable changed;                ///< A task has been taken or has ended.
  std::list<std::shared_ptr<Lane::State>> lanes;  ///< In the order in which they are served.
  std::vector<std::shared_ptr<ModelStates>> models;
  bool ending = false;
  std::list<Clock::time_point> running;  ///< When each running task started.
  std::function<void(std::chrono::duration<double>)> observer;
  std::vector<std::thread> workers;

  void work_until_the_end(int niceness);
  std::shared_ptr<Lane::State> next_lane();
  [[nodiscard]] std::optional<Clock::time_point> put_off() const;
  [[nodiscard]] int threads_of_each();
  void run_one(std::unique_lock<std::mutex>& lock, Lane::State& lane);
  std::shared_ptr<ModelStates> states_of(const std::shared_ptr<const RecognitionModel>& model);
};

/// The first lane, in turn, that has a task whose model has an idle recogniser; it goes to the end of the
/// queue.
std::shared_ptr<ChunkPool::Lane::State> ChunkPool::Shared::next_lane() {
  const auto startable = [](const std::shared_ptr<Lane::State>& lane) {
    return !lane->waiting.empty() && lane->states->in_use < lane->states->max;
  };
  const auto found = std::find_if(lanes.begin(), lanes.end(), startable);
  if (found == lanes.end()) return nullptr;
  lanes.splice(lanes.end(), lanes, found);
  return lanes.back();
}

/// Until when the last task should wait for the running ones, because it then gets their cores as well; empty
/// if it should not, or if there are more tasks.
std::optional<Clock::time_point> ChunkPool::Shared::put_off() const {
  const Lane::State* last = nullptr;
  for (const auto& lane : lanes) {
    if (lane->more_may_come || lane->waiting.size() > 1 || (last != nullptr && !lane->waiting.empty()))
      return std::nullopt;
    if (!lane->waiting.empty()) last = lane.get();
  }
  if (last == nullptr || last->ended == 0 || running.empty()) return std::nullopt;
  const auto usual = std::chrono::duration<double>(last->worked) / last->ended;
  const Clock::time_point time = now();
  const Clock::time_point late = running.front() + std::chrono::duration_cast<Clock::duration>(kLate * usual);
  if (time - running.back() < kNearlyDone * usual || time >= late) return std::nullopt;
  return late;
}

/// How many threads each running task may use now: all cores when nothing else runs or can follow; with more
/// to come, one. Takes the lock.
int ChunkPool::Shared::threads_of_each() {
  const std::lock_guard lock(mutex);
  std::size_t demand = running.size();
  for (const auto& lane : lanes) {
    if (lane->more_may_come) return 1;
    demand += lane->waiting.size();
  }
  return std::max(1, static_cast<int>(workers.size() / std::max<std::size_t>(1, demand)));
}

void ChunkPool::Shared::run_one(std::unique_lock<std::mutex>& lock, Lane::State& lane) {
  const Task task = std::move(lane.waiting.front());
  lane.waiting.pop_front();
  const std::shared_ptr<ModelStates> states = lane.states;
  std::unique_ptr<Recognizer> recognizer;
  if (!states->idle.empty()) {
    recognizer = std::move(states->idle.back());
    states->idle.pop_back();
  }
  ++states->in_use;
  ++lane.running;
  const auto started = running.insert(running.end(), now());
  changed.notify_all();
  lock.unlock();

  Error error;
  if (!recognizer) {
    if (auto made = states->model->make_recognizer()) {
      recognizer = std::move(*made);
    } else {
      error = std::move(made).error();
    }
  }
  if (recognizer) {
    recognizer->use_threads([this] { return threads_of_each(); });
    task(recognizer.get());
  } else {
    task(fail(std::move(error)));
  }

  lock.lock();
  const Clock::duration took = now() - *started;
  lane.worked += took;
  ++lane.ended;
  running.erase(started);
  --lane.running;
  --states->in_use;
  if (recognizer && states->lanes > 0) states->idle.push_back(std::move(recognizer));
  if (observer) observer(took);
  changed.notify_all();
  work.notify_one();
}

void ChunkPool::Shared::work_until_the_end(int niceness) {
#ifdef __linux__
  // On Linux, "who" zero sets the priority of the calling thread only.
  if (niceness != 0) ::setpriority(PRIO_PROCESS, 0, niceness);
#else
  (void)niceness;
#endif
  std::unique_lock lock(mutex);
  while (!ending) {
    if (const auto until = put_off()) {
      work.wait_until(lock, *until);
    } else if (const auto lane = next_lane()) {
      run_one(lock, *lane);
    } else {
      work.wait(lock);
    }
  }
}

/// The states of a model. Those of models that no lane uses any more are freed for it.
std::shared_ptr<ModelStates> ChunkPool::Shared::states_of(
    const std::shared_ptr<const RecognitionModel>& model) {
  const auto found =
      std::find_if(models.begin(), models.end(), [&](const auto& m) { return m->model == model; });
  if (found != models.end()) return *found;
  std::erase_if(models, [](const auto& m) { return m->lanes == 0 && m->in_use == 0; });
  auto states = std::make_shared<ModelStates>();
  states->model = model;
  const auto workers_count = static_cast<int>(workers.size());
  states->max = std::clamp(model->max_recognizers().value_or(workers_count), 1, workers_count);
  return models.emplace_back(std::move(states));
}

ChunkPool::ChunkPool(int threads, int niceness, std::function<Clock::time_point()> now)
    : shared_(std::make_shared<Shared>(std::move(now))) {
  const std::lock_guard lock(shared_->mutex);
  for (int i = 0; i < std::max(1, threads); ++i)
    shared_->workers.emplace_back(
        [shared = shared_.get(), niceness] { shared->work_until_the_end(niceness); });
}

ChunkPool::~ChunkPool() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->ending = true;
  }
  shared_->work.notify_all();
  for (std::thread& worker : shared_->workers) worker.join();
}

void ChunkPool::observe(std::function<void(std::chrono::duration<double>)> observer) {
  const std::lock_guard lock(shared_->mutex);
  shared_->observer = std::move(observer);
}

PoolUse ChunkPool::use() const {
  const std::lock_guard lock(shared_->mutex);
  PoolUse use{shared_->workers.size(), shared_->running.size(), 0};
  for (const auto& lane : shared_->lanes) use.waiting += lane->waiting.size();
  return use;
}

int ChunkPool::threads() const { return static_cast<int>(shared_->workers.size()); }

ChunkPool::Lane ChunkPool::open_lane(const std::shared_ptr<const RecognitionModel>& model) {
  const std::lock_guard lock(shared_->mutex);
  auto state = std::make_shared<Lane::State>();
  state->states = shared_->states_of(model);
  ++state->states->lanes;
  // A new lane goes to the front: a new job gets its first chunk before others their next.
  shared_->lanes.push_front(state);
  return Lane(shared_, std::move(state));
}

void ChunkPool::let_go(const RecognitionModel& model) {
  std::shared_ptr<ModelStates> unused;  // before the lock, so that its memory is given back after it
  const std::lock_guard lock(shared_->mutex);
  const auto found = std::find_if(shared_->models.begin(), shared_->models.end(), [&](const auto& m) {
    return m->model.get() == &model && m->lanes == 0 && m->in_use == 0;
  });
  if (found == shared_->models.end()) return;
  unused = std::move(*found);
  shared_->models.erase(found);
}

ChunkPool::Lane::Lane(std::shared_ptr<Shared> shared, std::shared_ptr<State> state)
    : shared_(std::move(shared)), state_(std::move(state)) {}

ChunkPool::Lane::~Lane() {
  if (!state_) return;
  std::unique_lock lock(shared_->mutex);
  state_->waiting.clear();
  state_->more_may_come = false;
  shared_->changed.wait(lock, [&] { return state_->running == 0; });
  shared_->lanes.remove(state_);
  --state_->states->lanes;
}

void ChunkPool::Lane::submit(Task task, Following following) {
  std::unique_lock lock(shared_->mutex);
  const std::size_t max_waiting = 2 * shared_->workers.size();
  shared_->changed.wait(lock, [&] { return state_->waiting.size() < max_waiting; });
  state_->waiting.push_back(std::move(task));
  state_->more_may_come = following == Following::kMore;
  // All, because one may be asleep that postponed what was the last task.
  shared_->work.notify_all();
}

void ChunkPool::Lane::wait() {
  std::unique_lock lock(shared_->mutex);
  state_->more_may_come = false;
  shared_->changed.wait(lock, [&] { return state_->waiting.empty() && state_->running == 0; });
}

}  // namespace vat::asr
