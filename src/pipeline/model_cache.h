// A cache of loaded models: one load for all that wait for the same model, concurrent with loads of other
// models, and a limit on their total memory.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "catalog/store.h"
#include "domain/model_use.h"
#include "domain/recognizer.h"

namespace vat::pipeline {

struct ModelCacheOptions {
  /// Bytes that loaded models may use together. A single model that is larger is loaded all the same.
  std::uint64_t max_bytes = 0;
  /// Called before a model is unloaded, so that those who keep it for later use only release it. Called from
  /// any thread; must not call the cache. May be empty.
  std::function<void(const RecognitionModel&)> let_go;
};

/// Safe to use from any thread. Must not be destroyed while a call waits; running loads are stopped.
class ModelCache {
  struct Load;

 public:
  using Model = std::shared_ptr<const RecognitionModel>;

  /// What a running load can call, on its own thread.
  class Loading {
   public:
    /// Requested when nobody waits for this model any more.
    [[nodiscard]] std::stop_token stop() const;
    /// Reports how far the model's file is to all that wait.
    void report(const catalog::PullProgress& progress);
    /// Announces how much memory the model will use. Unused models are unloaded until it fits, the least
    /// recently used first.
    void make_room(std::uint64_t bytes);

   private:
    friend class ModelCache;
    Loading(ModelCache& cache, Load& load) : cache_(cache), load_(load) {}
    ModelCache& cache_;
    Load& load_;
  };
  /// Runs on a thread of its own and may outlive the call that started it, but not the cache.
  using Loader = std::function<Result<Model>(Loading&)>;
  /// Called on the waiting thread, with the last report when there are many.
  using FetchSink = catalog::PullSink;

  explicit ModelCache(ModelCacheOptions options);
  ModelCache(const ModelCache&) = delete;
  ModelCache& operator=(const ModelCache&) = delete;
  ~ModelCache();

  /// The model of that key: already loaded, or from the running load, or from `loader`. The error is the
  /// load's; kCancelled soon after `stop`, which ends only this wait. The load itself is stopped when nobody
  /// waits for it any more. A model is in use for as long as the pointer is held.
  [[nodiscard]] Result<Model> get(const std::string& key, const Loader& loader, const FetchSink& progress,
                                  const std::stop_token& stop);

  /// For metrics.
  [[nodiscard]] ModelUse use() const;
  /// The least recently used first.
  [[nodiscard]] std::vector<LoadedModel> loaded() const;

 private:
  struct Loaded {
    std::string key;
    Model model;
    std::uint64_t bytes = 0;
  };

  // All of these are called with the mutex held, but for run().
  [[nodiscard]] Model find(const std::string& key);
  [[nodiscard]] std::shared_ptr<Load> join_or_start(const std::string& key, const Loader& loader);
  [[nodiscard]] std::optional<Result<Model>> wait(std::unique_lock<std::mutex>& lock, Load& load,
                                                  const FetchSink& progress, const std::stop_token& stop);
  void run(const std::string& key, Load& load, const Loader& loader);
  void finish(const std::string& key, Load& load, Result<Model> result);
  [[nodiscard]] std::uint64_t bytes() const;
  [[nodiscard]] std::vector<Model> unload_surplus(const std::string& wanted);

  const ModelCacheOptions options_;
  mutable std::mutex mutex_;
  std::list<Loaded> loaded_;  ///< The least recently used first.
  std::map<std::string, std::shared_ptr<Load>> loads_;
  std::condition_variable all_ended_;
  ModelUse counted_;  ///< Its counters and `waiting`.
  std::vector<std::jthread>
      ended_;  ///< Threads that have nothing left to do. Last: joined before the rest goes.
};

}  // namespace vat::pipeline
