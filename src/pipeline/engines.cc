#include "pipeline/engines.h"

#include <utility>

#include "asr/pocketsphinx_model.h"
#include "asr/sherpa_model.h"
#include "asr/speech_detector.h"
#include "asr/whisper_model.h"
#include "base/machine_memory.h"
#include "catalog/voices.h"
#include "modelfile/recogniser_folder.h"
#include "pipeline/weights.h"

namespace vat::pipeline {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kBetweenFetches{60};

/// A model that is named by its file instead of by the catalogue.
bool is_file_name(const std::string& model) {
  return model.find('/') != std::string::npos || model.ends_with(".bin");
}

/// "ggml-base.en.bin" is the model "base.en".
std::string model_name(const fs::path& file) {
  std::string name = file.stem().string();
  if (name.starts_with("ggml-")) name.erase(0, 5);
  return name;
}

/// About the model's size in memory, because weights are stored as in the file.
std::uint64_t file_bytes(const fs::path& file) {
  std::error_code error;
  const auto bytes = fs::file_size(file, error);
  return error ? 0 : bytes;
}

/// Failures that mean "not now, not here", for which another engine may be used; but a device that is not
/// there is a mistake, and the model is.
bool another_may_stand_in(const Error& error) {
  if (error.field == "device") return false;
  switch (error.code) {
    case ErrorCode::kNetwork:
    case ErrorCode::kUnavailable:
    case ErrorCode::kDiskFull:
    case ErrorCode::kPermission:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::optional<Error> FailedFetches::find(const std::string& model) const {
  const std::lock_guard lock(mutex_);
  const auto found = failures_.find(model);
  if (found == failures_.end()) return std::nullopt;
  if (std::chrono::steady_clock::now() - found->second.when >= kBetweenFetches) return std::nullopt;
  return found->second.error;
}

void FailedFetches::add(const std::string& model, Error error) {
  const std::lock_guard lock(mutex_);
  failures_.insert_or_assign(model, Failure{std::move(error), std::chrono::steady_clock::now()});
}

Engines::Engines(catalog::ModelStore& store, EnginesOptions options)
    : store_(store),
      no_fetching_(std::move(options.no_fetching)),
      sherpa_(std::move(options.sherpa)),
      models_(
          {.max_bytes = options.max_model_bytes > 0 ? options.max_model_bytes : machine_memory_bytes() / 2,
           .let_go = std::move(options.let_go)}) {}

Result<LoadedEngine> Engines::load(const RecognitionChoice& choice, const RecognitionOptions& recognition,
                                   const FetchProgress& progress, std::stop_token stop) {
  LoadedEngine loaded;
  const bool fetches = choice.engine != "pocketsphinx" && is_missing(choice.model);
  if (choice.engine == "pocketsphinx") {
    VAT_ASSIGN(loaded.model, load_pocketsphinx(stop));
  } else if (wants_sherpa(choice)) {
    VAT_ASSIGN(loaded.model, load_sherpa(choice, progress, stop));
  } else {
    VAT_ASSIGN(loaded, load_or_stand_in(choice, recognition, progress, stop));
  }
  VAT_TRY(loaded.model->validate(recognition));
  const bool fetched = fetches && loaded.model->engine() == "whisper";
  VAT_TRY(fetch_detector(choice, fetched, progress, stop, loaded));
  if ((!recognition.prompt.empty() || recognition.carry_text) && !loaded.model->takes_prompts())
    loaded.warnings.emplace_back("Only Whisper knows prompts and carried text; they are ignored.");
  if (!recognition.hotwords.empty() && loaded.model->engine() != "whisper")
    loaded.warnings.emplace_back("Only Whisper knows hotwords; they are ignored.");
  return loaded;
}

/// Whisper or, where its model cannot be had, PocketSphinx.
Result<LoadedEngine> Engines::load_or_stand_in(const RecognitionChoice& choice,
                                               const RecognitionOptions& recognition,
                                               const FetchProgress& progress, const std::stop_token& stop) {
  LoadedEngine loaded;
  auto whisper = load_whisper(choice, progress, stop);
  if (whisper) {
    loaded.model = std::move(*whisper);
    return loaded;
  }
  Error error = std::move(whisper).error();
  if (choice.engine != "auto" || !another_may_stand_in(error)) return fail(std::move(error));
  auto sphinx = load_pocketsphinx(stop);
  // If PocketSphinx cannot do it either, the error is Whisper's, because Whisper is what was asked for.
  if (!sphinx || !(*sphinx)->validate(recognition)) return fail(std::move(error));
  loaded.model = std::move(*sphinx);
  loaded.warnings.push_back(error.message +
                            " PocketSphinx is used instead: English only, and far less accurate.");
  return loaded;
}

/// By the engine, or by the model: one that is here or known, or a folder.
bool Engines::wants_sherpa(const RecognitionChoice& choice) const {
  if (choice.engine == "sherpa") return true;
  if (choice.engine != "auto" || sherpa_.models == nullptr) return false;
  std::error_code ignored;
  return sherpa_.models->has(choice.model) ||
         (is_file_name(choice.model) && fs::is_directory(choice.model, ignored));
}

Result<ModelCache::Model> Engines::load_sherpa(const RecognitionChoice& choice, const FetchProgress& progress,
                                               const std::stop_token& stop) {
  if (sherpa_.models == nullptr)
    return fail(
        Error(ErrorCode::kUnavailable, "The engine sherpa is not available here.").about_field("engine"));
  catalog::ModelInfo info;
  if (is_file_name(choice.model)) {
    info.path = choice.model;
    const fs::path folder = info.path.filename().empty() ? info.path.parent_path() : info.path;
    info.name = modelfile::recogniser_name(folder.filename().string());
  } else {
    auto found = sherpa_.models->find(choice.model);
    if (!found) return fail(std::move(found).error().about_field("model"));
    info = std::move(*found);
  }
  const auto load = [this, info](ModelCache::Loading& loading) -> Result<Model> {
    const auto sink = [&loading](const catalog::PullProgress& pull) { loading.report(pull); };
    VAT_ASSIGN(const fs::path library, fetch_sherpa(sink, loading.stop()));
    loading.make_room(info.bytes);
    return asr::load_sherpa(
        info.path, {.name = info.name, .library = library, .helper = sherpa_.helper, .stop = loading.stop()});
  };
  const auto tell = [&](const catalog::PullProgress& pull) {
    if (progress) progress(std::string(catalog::kSherpaLibrary), pull);
  };
  return models_.get("sherpa\n" + info.path.string(), load, tell, stop);
}

/// The library of the engine sherpa, and the one that it needs beside it.
Result<fs::path> Engines::fetch_sherpa(const catalog::PullSink& sink, const std::stop_token& stop) {
  fs::path library;
  for (const std::string_view name : {catalog::kSherpaRuntime, catalog::kSherpaLibrary}) {
    VAT_ASSIGN(const catalog::ModelInfo info, sherpa_.libraries->find(name));
    library = info.path;
    if (info.installed) continue;
    if (!no_fetching_.empty())
      return fail(
          ErrorCode::kUnavailable,
          "The library " + info.name + ", which this model needs, is not installed, and " + no_fetching_);
    if (auto failure = failed_fetches_.find(info.name)) return fail(std::move(*failure));
    auto path = sherpa_.libraries->pull(name, sink, stop);
    if (!path && path.error().code != ErrorCode::kCancelled) failed_fetches_.add(info.name, path.error());
    VAT_TRY(std::move(path));
  }
  return library;
}

Result<ModelCache::Model> Engines::load_whisper(const RecognitionChoice& choice,
                                                const FetchProgress& progress, const std::stop_token& stop) {
  VAT_ASSIGN(const fs::path path, model_path(choice.model));
  const bool named_file = is_file_name(choice.model);
  const auto load = [this, path, named_file, choice](ModelCache::Loading& loading) -> Result<Model> {
    fs::path file = path;
    if (!named_file) {
      const auto sink = [&loading](const catalog::PullProgress& pull) { loading.report(pull); };
      VAT_ASSIGN(file, fetch(choice.model, sink, loading.stop()));
    }
    VAT_ASSIGN(file, convert_if_faster(file, choice.weights, choice.device, loading.stop()));
    if (loading.stop().stop_requested()) return fail(ErrorCode::kCancelled, "Loading was stopped.");
    loading.make_room(file_bytes(file));
    return asr::load_whisper(file, {.name = named_file ? model_name(path) : choice.model,
                                    .device = choice.device,
                                    .stop = loading.stop()});
  };
  const auto tell = [&](const catalog::PullProgress& pull) {
    if (progress) progress(choice.model, pull);
  };
  return models_.get(path.string() + "\n" + choice.device + "\n" + choice.weights, load, tell, stop);
}

/// Where the file of the model is, or will be.
Result<fs::path> Engines::model_path(const std::string& name) const {
  if (is_file_name(name)) return fs::path(name);
  if (sherpa_.models != nullptr && sherpa_.models->has(name))
    return fail(Error(ErrorCode::kInvalidArgument,
                      "The model " + name + " is sherpa-onnx's, which the engine whisper cannot run.")
                    .about_field("model"));
  VAT_ASSIGN(const catalog::ModelInfo info, store_.find(name));
  if (info.kind == catalog::ModelKind::kRecognition) return info.path;
  return fail(ErrorCode::kInvalidArgument, "The model " + name + " detects speech and cannot transcribe it.");
}

bool Engines::is_missing(const std::string& model) const {
  if (is_file_name(model)) return false;
  const auto info = store_.find(model);
  return info && !info->installed;
}

/// Also returns the path of an installed model.
Result<fs::path> Engines::fetch(const std::string& name, const catalog::PullSink& sink,
                                const std::stop_token& stop) {
  VAT_ASSIGN(const catalog::ModelInfo info, store_.find(name));
  if (info.installed) return info.path;
  if (!no_fetching_.empty())
    return fail(ErrorCode::kUnavailable,
                (info.kind == catalog::ModelKind::kRecognition ? "Whisper's model "
                                                               : "The speech detector's model ") +
                    name + " is not installed, and " + no_fetching_);
  if (auto failure = failed_fetches_.find(name)) return fail(std::move(*failure));
  auto path = store_.pull(name, sink, stop);
  if (!path && path.error().code != ErrorCode::kCancelled) failed_fetches_.add(name, path.error());
  return path;
}

/// `with_model`: this load fetched the recogniser's model, so the user waits for downloads anyway.
Result<> Engines::fetch_detector(const RecognitionChoice& choice, bool with_model,
                                 const FetchProgress& progress, const std::stop_token& stop,
                                 LoadedEngine& loaded) {
  const bool demanded = choice.detector == "silero";
  if (choice.detector == "webrtc" || !(demanded || with_model) || !is_missing(kDetectorModel)) return {};
  const auto sink = [&](const catalog::PullProgress& pull) {
    if (progress) progress(kDetectorModel, pull);
  };
  auto fetched = fetch(kDetectorModel, sink, stop);
  if (fetched) return {};
  if (demanded || fetched.error().code == ErrorCode::kCancelled)
    return fail(std::move(fetched).error().about_field("detector"));
  loaded.warnings.push_back("Silero's speech detector is missing, so WebRTC's is used: " +
                            fetched.error().message);
  return {};
}

Result<ModelCache::Model> Engines::load_pocketsphinx(const std::stop_token& stop) {
  // Its memory is that of its recognisers, which the pool keeps.
  const auto load = [](ModelCache::Loading&) { return asr::load_pocketsphinx(); };
  return models_.get("pocketsphinx", load, {}, stop);
}

Result<std::unique_ptr<SpeechDetector>> Engines::detector(const RecognitionChoice& choice) const {
  if (choice.detector == "webrtc") return asr::make_speech_detector(std::nullopt);
  VAT_ASSIGN(const catalog::ModelInfo silero, store_.find(kDetectorModel));
  if (silero.installed) return asr::make_speech_detector(silero.path);
  if (choice.detector == "silero") {
    Error error = store_.not_installed(silero.name).with_context("The detector silero cannot be used");
    error.code = ErrorCode::kUnavailable;
    return fail(std::move(error).about_field("detector"));
  }
  return asr::make_speech_detector(std::nullopt);
}

}  // namespace vat::pipeline
