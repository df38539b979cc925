// Assembles the program: which HTTP client, model store, speech engines and threads the commands use. The
// only place that connects modules which do not depend on each other.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "asr/chunk_pool.h"
#include "base/result.h"
#include "catalog/recognisers.h"
#include "catalog/store.h"
#include "console.h"
#include "domain/diarizer.h"
#include "domain/http_client.h"
#include "domain/http_download.h"
#include "flags.h"
#include "pipeline/engines.h"
#include "pipeline/speaker_models.h"
#include "pipeline/speech.h"

namespace vat::app {

/// The console that the flags ask for; sets the log level too.
[[nodiscard]] std::unique_ptr<Console> make_console(const CommonFlags& flags);

/// The only argument of a process that runs a neural model (onnx::host_model()).
inline constexpr std::string_view kModelHostCommand = "model-host";
/// The first argument of a process that runs a model of sherpa-onnx (asr::host_sherpa()), before its two.
inline constexpr std::string_view kSherpaHostCommand = "sherpa-host";

class Toolbox {
 public:
  /// The audience of errors, so that clients do not read about flags that they cannot set.
  enum class Audience { kCommandLine, kClients };

  /// `max_model_bytes` as in pipeline::EnginesOptions.
  explicit Toolbox(const CommonFlags& flags, Audience audience = Audience::kCommandLine,
                   std::uint64_t max_model_bytes = 0);
  ~Toolbox();

  [[nodiscard]] catalog::ModelStore& store() { return *store_; }
  /// The files of neural voices, in a folder of the models'.
  [[nodiscard]] catalog::ModelStore& voice_store() { return *voice_store_; }
  /// The models that tell who speaks, in another folder of the models'.
  [[nodiscard]] catalog::ModelStore& speaker_store() { return *speaker_store_; }
  /// The recognition models that are folders, in a third one.
  [[nodiscard]] catalog::RecogniserStore& recognisers() { return *recognisers_; }
  /// Tells who speaks, as soon as its models and ONNX Runtime are here. Shared by all recordings.
  [[nodiscard]] Diarizer& diarizer() { return *diarizer_; }
  /// The same with its files, which are fetched when they are needed.
  [[nodiscard]] pipeline::SpeakerModels& speakers() { return *speakers_; }
  [[nodiscard]] pipeline::Engines& engines() { return *engines_; }
  /// Created on first use, so that commands without recognition start no threads. The `niceness` of the first
  /// call applies (asr/chunk_pool.h).
  [[nodiscard]] asr::ChunkPool& pool(int niceness = 0);
  [[nodiscard]] int threads() const;
  [[nodiscard]] HttpClient& http() const;
  [[nodiscard]] HttpDownloader& downloads() const;

  /// Every speech engine that works here or has credentials. Credentials that are not valid are an error.
  [[nodiscard]] Result<tts::Engines> speech_engines(const ServiceFlags& flags) const;

 private:
  [[nodiscard]] Result<> add_services(const ServiceFlags& flags, tts::Engines& engines) const;
  void add_speakers(catalog::StoreOptions store, Audience audience);
  void add_neural(tts::Engines& engines) const;

  class Http;
  CommonFlags flags_;
  std::shared_ptr<Http> http_;
  std::filesystem::path voice_directory_;
  std::unique_ptr<catalog::ModelStore> store_;
  std::unique_ptr<catalog::ModelStore> voice_store_;
  std::unique_ptr<catalog::ModelStore> speaker_store_;
  std::unique_ptr<catalog::RecogniserStore> recognisers_;
  std::shared_ptr<Diarizer> diarizer_;
  std::unique_ptr<pipeline::SpeakerModels> speakers_;
  std::unique_ptr<asr::ChunkPool> pool_;
  std::unique_ptr<pipeline::Engines> engines_;  ///< After the pool, which its loads use.
};

}  // namespace vat::app
