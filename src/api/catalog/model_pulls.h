// The downloads of models that clients asked for. Private to api.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "base/result.h"
#include "catalog/store.h"

namespace vat::api {

/// How far a download is, or why it failed.
struct ModelPull {
  bool running = false;
  catalog::PullProgress progress;  ///< While it runs.
  std::string failure;             ///< The sentence of the last one that failed, until the next begins.
};

/// Safe to use from any thread.
class ModelPulls {
 public:
  /// `store` must outlive this.
  explicit ModelPulls(const catalog::ModelStore& store) : store_(store) {}
  ModelPulls(const ModelPulls&) = delete;
  ModelPulls& operator=(const ModelPulls&) = delete;
  /// Stops what still runs.
  ~ModelPulls();

  /// Begins to download the model on a thread of its own, unless that is being done already. With a model
  /// that recognises speech comes the speech detector's. kLimit, retryable, when too many are running.
  [[nodiscard]] Result<> start(const catalog::ModelInfo& model);

  /// Empty for a model that was not asked for, or is there.
  [[nodiscard]] std::optional<ModelPull> find(const std::string& model) const;

  /// Stops the download of the model and waits for its end, which takes a moment. False if there is none.
  bool cancel(const std::string& model);

 private:
  struct Running {
    ModelPull state;
    int number = 0;       ///< How many there have been.
    std::jthread thread;  ///< Last, because it uses the state.
  };

  // With the mutex held.
  void begin(const std::string& name, bool with_detector);

  void run(const std::string& name, bool with_detector, const std::stop_token& stop);

  const catalog::ModelStore& store_;
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  bool ending_ = false;
  std::map<std::string, Running> pulls_;
};

}  // namespace vat::api
