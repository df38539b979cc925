#include "pipeline/model_cache.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace vat::pipeline {
namespace {

bool is_cancelled(const Result<ModelCache::Model>& result) {
  return !result && result.error().code == ErrorCode::kCancelled;
}

}  // namespace

struct ModelCache::Load {
  std::stop_source stopping;
  std::jthread thread;
  std::condition_variable_any changed;  ///< There is a result, or news.
  std::optional<Result<Model>> result;
  int waiting = 0;
  std::uint64_t bytes = 0;  ///< That it has made room for.
  int news = 0;             ///< How often `fetched` was told.
  catalog::PullProgress fetched;
};

std::stop_token ModelCache::Loading::stop() const { return load_.stopping.get_token(); }

void ModelCache::Loading::report(const catalog::PullProgress& progress) {
  const std::lock_guard lock(cache_.mutex_);
  load_.fetched = progress;
  ++load_.news;
  load_.changed.notify_all();
}

void ModelCache::Loading::make_room(std::uint64_t bytes) {
  std::vector<Model> unloaded;  // their memory is given back without the lock
  const std::lock_guard lock(cache_.mutex_);
  load_.bytes = bytes;
  unloaded = cache_.unload_surplus({});
}

ModelCache::ModelCache(ModelCacheOptions options) : options_(std::move(options)) {}

ModelCache::~ModelCache() {
  std::unique_lock lock(mutex_);
  std::vector<std::stop_source> running;
  for (const auto& [key, load] : loads_) running.push_back(load->stopping);
  lock.unlock();
  for (std::stop_source& load : running) load.request_stop();
  lock.lock();
  all_ended_.wait(lock, [this] { return loads_.empty(); });
}

Result<ModelCache::Model> ModelCache::get(const std::string& key, const Loader& loader,
                                          const FetchSink& progress, const std::stop_token& stop) {
  std::vector<Model> unloaded;  // before the lock, so that their memory is given back after it
  std::unique_lock lock(mutex_);
  while (true) {
    if (Model model = find(key)) {
      // Models over the limit because jobs used them may be idle by now.
      unloaded = unload_surplus(key);
      return model;
    }
    const std::shared_ptr<Load> load = join_or_start(key, loader);
    std::optional<Result<Model>> result = wait(lock, *load, progress, stop);
    if (!result) {
      const bool given_up = load->waiting == 0;
      lock.unlock();
      if (given_up) load->stopping.request_stop();
      return fail(ErrorCode::kCancelled, "Stopped while the model was being loaded.");
    }
    // Earlier callers abandoned this load; for later ones it starts again.
    if (is_cancelled(*result) && load->stopping.stop_requested()) continue;
    return std::move(*result);
  }
}

ModelUse ModelCache::use() const {
  const std::lock_guard lock(mutex_);
  ModelUse use = counted_;
  use.loaded = loaded_.size();
  use.bytes = bytes();
  use.max_bytes = options_.max_bytes;
  return use;
}

std::vector<LoadedModel> ModelCache::loaded() const {
  std::vector<LoadedModel> models;
  const std::lock_guard lock(mutex_);
  for (const auto& [key, model, bytes] : loaded_)
    models.push_back({.name = model->name(), .engine = std::string(model->engine()), .bytes = bytes});
  return models;
}

ModelCache::Model ModelCache::find(const std::string& key) {
  const auto found =
      std::find_if(loaded_.begin(), loaded_.end(), [&](const Loaded& loaded) { return loaded.key == key; });
  if (found == loaded_.end()) return nullptr;
  loaded_.splice(loaded_.end(), loaded_, found);
  return found->model;
}

std::shared_ptr<ModelCache::Load> ModelCache::join_or_start(const std::string& key, const Loader& loader) {
  ended_.clear();
  if (const auto running = loads_.find(key); running != loads_.end()) return running->second;
  auto load = std::make_shared<Load>();
  // Without a share in the load, whose result would count as a use of the model while the thread ends.
  load->thread = std::jthread([this, key, loader, bare = load.get()] { run(key, *bare, loader); });
  loads_.emplace(key, load);
  return load;
}

/// The load's result; empty when `stop` came first.
std::optional<Result<ModelCache::Model>> ModelCache::wait(std::unique_lock<std::mutex>& lock, Load& load,
                                                          const FetchSink& progress,
                                                          const std::stop_token& stop) {
  ++load.waiting;
  ++counted_.waiting;
  int told = 0;
  while (true) {
    load.changed.wait(lock, stop, [&] { return load.result || load.news != told; });
    if (stop.stop_requested() || (load.result && load.news == told)) break;
    told = load.news;
    const catalog::PullProgress fetched = load.fetched;
    lock.unlock();
    if (progress) progress(fetched);
    lock.lock();
  }
  --load.waiting;
  --counted_.waiting;
  return load.result;
}

void ModelCache::run(const std::string& key, Load& load, const Loader& loader) {
  Loading loading(*this, load);
  try {
    finish(key, load, loader(loading));
  } catch (const std::exception& exception) {
    finish(key, load,
           fail(ErrorCode::kInternal, "The model was not loaded by a defect of this program.",
                exception.what()));
  }
}

void ModelCache::finish(const std::string& key, Load& load, Result<Model> result) {
  const std::lock_guard lock(mutex_);
  const std::shared_ptr<Load> kept = std::move(loads_.at(key));
  loads_.erase(key);
  if (result) {
    loaded_.push_back({key, *result, load.bytes});
    ++counted_.loads;
  } else {
    ++(is_cancelled(result) ? counted_.stopped_loads : counted_.failed_loads);
  }
  load.result = std::move(result);
  load.changed.notify_all();
  ended_.push_back(std::move(load.thread));
  all_ended_.notify_all();
}

/// Of what is loaded and of what is being loaded.
std::uint64_t ModelCache::bytes() const {
  std::uint64_t bytes = 0;
  for (const Loaded& loaded : loaded_) bytes += loaded.bytes;
  for (const auto& [key, load] : loads_) bytes += load->bytes;
  return bytes;
}

/// What is to be given back, once the lock is: the models that nobody uses, but for the wanted one, until the
/// rest is within the bound.
std::vector<ModelCache::Model> ModelCache::unload_surplus(const std::string& wanted) {
  std::vector<Model> unloaded;
  std::uint64_t left = bytes();
  for (auto entry = loaded_.begin(); entry != loaded_.end() && left > options_.max_bytes;) {
    const auto next = std::next(entry);
    if (entry->key != wanted && options_.let_go) options_.let_go(*entry->model);
    // Only the cache gives out pointers, so a model that it holds alone stays so while it is locked.
    if (entry->key != wanted && entry->model.use_count() == 1) {
      left -= entry->bytes;
      unloaded.push_back(std::move(entry->model));
      loaded_.erase(entry);
      ++counted_.evictions;
    }
    entry = next;
  }
  return unloaded;
}

}  // namespace vat::pipeline
