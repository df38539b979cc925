#include "pipeline/engines.h"

#include <utility>

#include "asr/pocketsphinx_model.h"
#include "asr/speech_detector.h"
#include "asr/whisper_model.h"

namespace vat::pipeline {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kBetweenFetches{60};
constexpr const char* kSileroModel = "silero-v6.2.0";

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

/// Failures that say "not now, not here", for which another engine may stand in.
bool another_may_stand_in(ErrorCode code) {
  switch (code) {
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

Result<LoadedEngine> Engines::load(const RecognitionChoice& choice, const RecognitionOptions& recognition,
                                   const FetchProgress& progress, std::stop_token stop) {
  const std::lock_guard lock(mutex_);
  LoadedEngine loaded;
  if (choice.engine == "pocketsphinx") {
    VAT_ASSIGN(loaded.model, load_pocketsphinx());
  } else {
    auto whisper = load_whisper(choice, progress, stop);
    if (whisper) {
      loaded.model = std::move(*whisper);
    } else {
      Error error = std::move(whisper).error();
      if (choice.engine != "auto" || !another_may_stand_in(error.code)) return fail(std::move(error));
      auto sphinx = load_pocketsphinx();
      // If PocketSphinx cannot do it either, the error is Whisper's, because Whisper is what was asked for.
      if (!sphinx || !(*sphinx)->validate(recognition)) return fail(std::move(error));
      loaded.model = std::move(*sphinx);
      loaded.notices.push_back(error.message +
                               " PocketSphinx is used instead: English only, and far less accurate.");
    }
  }
  VAT_TRY(loaded.model->validate(recognition));
  if (!recognition.prompt.empty() && loaded.model->engine() == "pocketsphinx")
    loaded.notices.emplace_back("PocketSphinx does not support prompts; the prompt is ignored.");
  return loaded;
}

Result<std::shared_ptr<const RecognitionModel>> Engines::load_whisper(const RecognitionChoice& choice,
                                                                      const FetchProgress& progress,
                                                                      const std::stop_token& stop) {
  const bool named_file = is_file_name(choice.model);
  fs::path path = choice.model;
  if (!named_file) {
    VAT_ASSIGN(path, model_file(choice.model, progress, stop));
  }
  Key key{path, choice.device, choice.weights};
  if (whisper_ && whisper_key_ == key) return whisper_;
  // The old model's memory is given back before the new one takes its own, unless a job still uses it.
  whisper_.reset();
  VAT_ASSIGN(path, convert_if_faster(path, choice.weights, choice.device, stop));
  VAT_ASSIGN(whisper_, asr::load_whisper(path, {.name = named_file ? model_name(choice.model) : choice.model,
                                                .device = choice.device}));
  whisper_key_ = std::move(key);
  return whisper_;
}

Result<fs::path> Engines::model_file(const std::string& name, const FetchProgress& progress,
                                     const std::stop_token& stop) {
  VAT_ASSIGN(const catalog::ModelInfo info, store_.find(name));
  if (info.kind != catalog::ModelKind::kRecognition)
    return fail(ErrorCode::kInvalidArgument,
                "The model " + name + " detects speech and cannot transcribe it.");
  if (info.installed) return info.path;
  if (offline_) {
    return fail(ErrorCode::kUnavailable,
                "Whisper's model " + name +
                    " is not installed, and --offline does not allow downloading it; leave out --offline, or "
                    "install its file with `vat models import`.");
  }
  const auto now = std::chrono::steady_clock::now();
  if (fetch_failure_ && fetch_failure_->model == name && now - fetch_failure_->when < kBetweenFetches)
    return fail(fetch_failure_->error);
  const auto sink = [&](const catalog::PullProgress& pull) {
    if (progress && pull.phase == catalog::PullPhase::kDownloading) progress(name, pull.done, pull.total);
  };
  auto path = store_.pull(name, sink, stop);
  if (!path && path.error().code != ErrorCode::kCancelled) fetch_failure_ = {name, path.error(), now};
  return path;
}

Result<std::shared_ptr<const RecognitionModel>> Engines::load_pocketsphinx() {
  if (!pocketsphinx_) {
    VAT_ASSIGN(pocketsphinx_, asr::load_pocketsphinx());
  }
  return pocketsphinx_;
}

Result<std::unique_ptr<SpeechDetector>> Engines::detector(const RecognitionChoice& choice) const {
  if (choice.detector == "webrtc") return asr::make_speech_detector(std::nullopt);
  VAT_ASSIGN(const catalog::ModelInfo silero, store_.find(kSileroModel));
  if (silero.installed) return asr::make_speech_detector(silero.path);
  if (choice.detector == "silero") {
    return fail(ErrorCode::kUnavailable, std::string("Silero's model is not installed; `vat models pull ") +
                                             kSileroModel + "` downloads it.");
  }
  return asr::make_speech_detector(std::nullopt);
}

}  // namespace vat::pipeline
