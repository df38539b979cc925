// Processes that run voices' models, one for each model in use: started when needed, ended when another needs
// its place, when it does not answer in time, or when it answers with garbage. Internal to tts.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <list>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

#include "base/helper_process.h"
#include "base/result.h"
#include "tts/neural/onnx_runtime.h"
#include "tts/neural_engine.h"

namespace vat::tts {

/// Safe to use from any thread. Those who use one model take turns.
class ModelProcesses {
 public:
  explicit ModelProcesses(NeuralConfig config);
  ~ModelProcesses();
  ModelProcesses(const ModelProcesses&) = delete;
  ModelProcesses& operator=(const ModelProcesses&) = delete;

  /// One run of the model in its own process. A process that ended is started again, once. Errors:
  /// kUnavailable when it cannot be started, ends or is too slow; kBadData for a model that cannot be run;
  /// kCancelled soon after `stop`.
  [[nodiscard]] Result<std::vector<float>> run(const std::filesystem::path& model,
                                               const std::vector<Tensor>& inputs,
                                               const std::stop_token& stop);

 private:
  struct Place {
    std::filesystem::path model;
    std::unique_ptr<HelperProcess> process;  ///< Null until it is started, and after a failure.
    bool busy = false;
  };

  [[nodiscard]] Result<Place*> take(const std::filesystem::path& model, const std::stop_token& stop);
  void give_back(Place* place);
  [[nodiscard]] Result<std::vector<float>> run_in(Place& place, const std::string& inputs,
                                                  const std::stop_token& stop);
  [[nodiscard]] Result<> start(Place& place, const std::stop_token& stop) const;

  const NeuralConfig config_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::list<Place> places_;  ///< The most recently used first.
};

}  // namespace vat::tts
