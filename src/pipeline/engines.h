// Which recogniser hears a job: Whisper when its model is here or can be fetched, else the one that needs no
// download. Loads each model once.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/store.h"
#include "domain/recognizer.h"
#include "pipeline/options.h"
#include "pipeline/weights.h"

namespace vat::pipeline {

/// Bytes of a model file fetched so far, and in all (0 when unknown).
using FetchProgress = std::function<void(const std::string& model, std::uint64_t done, std::uint64_t total)>;

struct LoadedEngine {
  std::shared_ptr<const RecognitionModel> model;
  /// Why it is not the engine that the user would expect; goes to stderr and into the result. Often empty.
  std::vector<std::string> notices;
};

/// Safe to use from any thread. Tests derive from it to have their own recogniser heard.
class Engines {
 public:
  /// `store` outlives this. With `offline`, nothing is fetched.
  Engines(catalog::ModelStore& store, bool offline) : store_(store), offline_(offline) {}
  virtual ~Engines() = default;

  /// The model for this choice, loaded, or as it was loaded last. For "auto" a model that cannot be had is a
  /// notice and PocketSphinx; for "whisper" it is the error.
  [[nodiscard]] virtual Result<LoadedEngine> load(const RecognitionChoice& choice,
                                                  const RecognitionOptions& recognition,
                                                  const FetchProgress& progress, std::stop_token stop);

  /// What finds speech: Silero when its model is installed, or WebRTC's detector.
  [[nodiscard]] virtual Result<std::unique_ptr<SpeechDetector>> detector(
      const RecognitionChoice& choice) const;

 private:
  struct Key {
    std::filesystem::path path;
    std::string device;
    std::string weights;
    friend bool operator==(const Key&, const Key&) = default;
  };
  [[nodiscard]] Result<std::shared_ptr<const RecognitionModel>> load_whisper(const RecognitionChoice& choice,
                                                                             const FetchProgress& progress,
                                                                             const std::stop_token& stop);
  [[nodiscard]] Result<std::filesystem::path> model_file(const std::string& name,
                                                         const FetchProgress& progress,
                                                         const std::stop_token& stop);
  [[nodiscard]] Result<std::shared_ptr<const RecognitionModel>> load_pocketsphinx();

  catalog::ModelStore& store_;
  const bool offline_;
  std::mutex mutex_;
  std::optional<Key> whisper_key_;
  std::shared_ptr<const RecognitionModel> whisper_;
  std::shared_ptr<const RecognitionModel> pocketsphinx_;
  /// A fetch that failed is not tried again for every file of a batch.
  struct FetchFailure {
    std::string model;
    Error error;
    std::chrono::steady_clock::time_point when;
  };
  std::optional<FetchFailure> fetch_failure_;
};

}  // namespace vat::pipeline
