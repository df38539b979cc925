// Selects the recogniser of a job: that of the model, which is Whisper's if it is installed or can be
// downloaded, else the one that needs no download. Models stay loaded as memory allows.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/helper_process.h"
#include "base/result.h"
#include "catalog/recognisers.h"
#include "catalog/store.h"
#include "domain/model_use.h"
#include "domain/recognizer.h"
#include "pipeline/model_cache.h"
#include "pipeline/options.h"

namespace vat::pipeline {

/// The model of Silero's speech detector that engines use.
inline constexpr const char* kDetectorModel = "silero-v6.2.0";

/// How far the fetching of a model is.
using FetchProgress = std::function<void(const std::string& model, const catalog::PullProgress& progress)>;

struct LoadedEngine {
  std::shared_ptr<const RecognitionModel> model;
  /// Why it is not the engine that the user would expect; for stderr and the result. Often empty.
  std::vector<std::string> warnings;
};

/// Downloads that failed recently, so that they are not retried for every file of a batch. Safe to use from
/// any thread.
class FailedFetches {
 public:
  /// Why this model could not be downloaded; empty if that was long ago or did not happen.
  [[nodiscard]] std::optional<Error> find(const std::string& model) const;
  void add(const std::string& model, Error error);

 private:
  struct Failure {
    Error error;
    std::chrono::steady_clock::time_point when;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Failure> failures_;
};

/// What the engine sherpa needs beside a model. The stores must outlive the engines.
struct SherpaParts {
  const catalog::RecogniserStore* models = nullptr;  ///< Null: there is no such engine.
  const catalog::ModelStore* libraries = nullptr;    ///< Has kSherpaRuntime and kSherpaLibrary.
  HelperLaunch helper;                               ///< See asr::SherpaOptions.
};

struct EnginesOptions {
  /// Why models may not be downloaded and what to do instead, as the end of the sentence "Whisper's model
  /// base is not installed, and ...". Empty: they may.
  std::string no_fetching;
  /// Bytes of memory that loaded models may use together, by the size of their files; 0 is half of the
  /// machine's.
  std::uint64_t max_model_bytes = 0;
  /// See ModelCacheOptions.
  std::function<void(const RecognitionModel&)> let_go;
  SherpaParts sherpa;
};

/// Safe to use from any thread. Tests derive from it to use their own recogniser.
class Engines {
 public:
  /// `store` must outlive this.
  explicit Engines(catalog::ModelStore& store, EnginesOptions options = {});
  virtual ~Engines() = default;

  /// The model for this choice, fetched, converted and loaded if need be. Calls that want the same model wait
  /// for the same load; `stop` ends this call's wait alone. For "auto" an unavailable model is a warning and
  /// PocketSphinx; for "whisper" it is the error. A model of sherpa-onnx's is run by "sherpa" and "auto"
  /// alone, which fetch the library; without either the error says what is missing. Together with a model,
  /// Silero's speech detector is fetched for the choice "auto", where a failure is a warning; for "silero" it
  /// is fetched whenever it is missing, and a failure is the error. `progress` is called on the calling
  /// thread.
  [[nodiscard]] virtual Result<LoadedEngine> load(const RecognitionChoice& choice,
                                                  const RecognitionOptions& recognition,
                                                  const FetchProgress& progress, std::stop_token stop);

  /// The speech detector: Silero if its model is installed, or WebRTC's.
  [[nodiscard]] virtual Result<std::unique_ptr<SpeechDetector>> detector(
      const RecognitionChoice& choice) const;

  /// For metrics.
  [[nodiscard]] ModelUse use() const { return models_.use(); }
  /// In memory, the least recently used first.
  [[nodiscard]] std::vector<LoadedModel> loaded() const { return models_.loaded(); }

 private:
  using Model = ModelCache::Model;
  [[nodiscard]] Result<Model> load_whisper(const RecognitionChoice& choice, const FetchProgress& progress,
                                           const std::stop_token& stop);
  [[nodiscard]] Result<Model> load_sherpa(const RecognitionChoice& choice, const FetchProgress& progress,
                                          const std::stop_token& stop);
  [[nodiscard]] bool wants_sherpa(const RecognitionChoice& choice) const;
  [[nodiscard]] Result<LoadedEngine> load_or_stand_in(const RecognitionChoice& choice,
                                                      const RecognitionOptions& recognition,
                                                      const FetchProgress& progress,
                                                      const std::stop_token& stop);
  [[nodiscard]] Result<Model> load_pocketsphinx(const std::stop_token& stop);
  [[nodiscard]] Result<std::filesystem::path> model_path(const std::string& name) const;
  [[nodiscard]] bool is_missing(const std::string& model) const;
  [[nodiscard]] Result<std::filesystem::path> fetch(const std::string& name, const catalog::PullSink& sink,
                                                    const std::stop_token& stop);
  [[nodiscard]] Result<std::filesystem::path> fetch_sherpa(const catalog::PullSink& sink,
                                                           const std::stop_token& stop);
  [[nodiscard]] Result<> fetch_detector(const RecognitionChoice& choice, bool with_model,
                                        const FetchProgress& progress, const std::stop_token& stop,
                                        LoadedEngine& loaded);

  catalog::ModelStore& store_;
  const std::string no_fetching_;
  const SherpaParts sherpa_;
  FailedFetches failed_fetches_;
  ModelCache models_;  ///< Last, because loads use the other members.
};

}  // namespace vat::pipeline
