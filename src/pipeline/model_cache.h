// Loaded models by key: one load for all who wait for the same model, beside the loads of other models, and a
// bound on the memory that they take together.
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
#include "domain/model_use.h"
#include "domain/recognizer.h"

namespace vat::pipeline {

struct ModelCacheOptions {
  /// Bytes that loaded models may take together. A model that is larger by itself is loaded all the same.
  std::uint64_t max_bytes = 0;
  /// Called before a model is unloaded: whoever keeps it for later use only lets go of it. Called from any
  /// thread; must not call the cache. May be empty.
  std::function<void(const RecognitionModel&)> let_go;
};

/// Safe to use from any thread. Nobody may wait any more when it is destroyed; loads that run are stopped.
class ModelCache {
  struct Load;

 public:
  using Model = std::shared_ptr<const RecognitionModel>;

  /// What a load can ask of the cache while it runs, on its own thread.
  class Loading {
   public:
    /// Requested when nobody waits for this model any more.
    [[nodiscard]] std::stop_token stop() const;
    /// How many bytes have been fetched, of how many (0 when unknown): for all who wait.
    void report(std::uint64_t done, std::uint64_t total);
    /// Says, before it does, how much memory the model will take. Models that nobody uses are unloaded until
    /// it fits, the least recently used first.
    void make_room(std::uint64_t bytes);

   private:
    friend class ModelCache;
    Loading(ModelCache& cache, Load& load) : cache_(cache), load_(load) {}
    ModelCache& cache_;
    Load& load_;
  };
  /// Runs on a thread of its own and may outlive the call that brought it, but not the cache.
  using Loader = std::function<Result<Model>(Loading&)>;
  /// Called on the thread that waits.
  using FetchSink = std::function<void(std::uint64_t done, std::uint64_t total)>;

  explicit ModelCache(ModelCacheOptions options);
  ModelCache(const ModelCache&) = delete;
  ModelCache& operator=(const ModelCache&) = delete;
  ~ModelCache();

  /// The model of that key: as it was loaded before, or from the load that runs, or from `loader`. The error
  /// is the load's; kCancelled soon after `stop`, which ends this wait alone. The load itself is stopped when
  /// the last who waits for it gives up. A model is in use for as long as the pointer is held.
  [[nodiscard]] Result<Model> get(const std::string& key, const Loader& loader, const FetchSink& progress,
                                  const std::stop_token& stop);

  /// For metrics.
  [[nodiscard]] ModelUse use() const;

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
