// Processes that run ONNX models, each one model: started when needed, ended when another needs
// its place, when it does not answer in time, or when it answers with garbage. A library from elsewhere that
// computes a model from elsewhere cannot harm this process then.
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
#include <string>
#include <vector>

#include "base/helper_process.h"
#include "base/result.h"
#include "onnx/tensor.h"

namespace vat::onnx {

struct Config {
  std::filesystem::path library;  ///< ONNX Runtime.
  /// A process of this program that calls host_model().
  HelperLaunch helper;
  int threads = 1;                                     ///< That compute one run.
  std::uint64_t max_memory = std::uint64_t{4} << 30U;  ///< Address space of a process, bytes.
  std::chrono::milliseconds open_timeout{60'000};
  std::chrono::milliseconds run_timeout{120'000};
  std::size_t max_models = 2;    ///< Processes at a time.
  std::size_t max_parallel = 1;  ///< Of them, those that run the same model, if there is room.
};

/// Safe to use from any thread. Those who use one model take turns, by max_parallel at a time.
class ModelProcesses {
 public:
  explicit ModelProcesses(Config config);
  ~ModelProcesses();
  ModelProcesses(const ModelProcesses&) = delete;
  ModelProcesses& operator=(const ModelProcesses&) = delete;

  /// One run of the model in its own process: the values of its first output, all finite. A process that
  /// ended is started again, once. Errors: kUnavailable when it cannot be started, ends or is too slow;
  /// kBadData for a model that cannot be run; kCancelled soon after `stop`.
  [[nodiscard]] Result<std::vector<float>> run(const std::filesystem::path& model,
                                               const std::vector<Tensor>& inputs,
                                               const std::stop_token& stop);
  /// The same, with what it took.
  [[nodiscard]] Result<Output> compute(const std::filesystem::path& model, const std::vector<Tensor>& inputs,
                                       const std::stop_token& stop);

 private:
  struct Place {
    std::filesystem::path model;
    std::unique_ptr<HelperProcess> process;  ///< Null until it is started, and after a failure.
    bool busy = false;
  };

  [[nodiscard]] Result<Place*> take(const std::filesystem::path& model, const std::stop_token& stop);
  void give_back(Place* place);
  [[nodiscard]] Result<Output> run_in(Place& place, const std::string& inputs, const std::stop_token& stop);
  [[nodiscard]] Result<> start(Place& place, const std::stop_token& stop) const;

  const Config config_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::list<Place> places_;  ///< The most recently used first.
};

}  // namespace vat::onnx
