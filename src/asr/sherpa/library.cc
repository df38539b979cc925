#include "asr/sherpa/library.h"

#include <cstdint>
#include <utility>

#include "asr/sherpa/config.h"
#include "base/loaded_library.h"
#include "domain/audio.h"

namespace vat::asr {
namespace {

using modelfile::RecogniserFolder;
using modelfile::RecogniserKind;

struct OfflineRecognizer;  // SherpaOnnxOfflineRecognizer
struct OfflineStream;      // SherpaOnnxOfflineStream

/// The functions of the library that are used here, without the SherpaOnnx in front of their names.
struct Functions {
  const char* (*get_version)() = nullptr;
  const OfflineRecognizer* (*create)(const SherpaConfig*) = nullptr;
  void (*set_config)(const OfflineRecognizer*, const SherpaConfig*) = nullptr;
  void (*destroy)(const OfflineRecognizer*) = nullptr;
  const OfflineStream* (*create_stream)(const OfflineRecognizer*) = nullptr;
  void (*destroy_stream)(const OfflineStream*) = nullptr;
  void (*accept_waveform)(const OfflineStream*, std::int32_t, const float*, std::int32_t) = nullptr;
  void (*decode)(const OfflineRecognizer*, const OfflineStream*) = nullptr;
  const char* (*get_json)(const OfflineStream*) = nullptr;
  void (*free_json)(const char*) = nullptr;
};

Result<Functions> load_functions(const std::filesystem::path& file) {
  VAT_ASSIGN(const LoadedLibrary library,
             LoadedLibrary::load(file.string(), "The library of sherpa-onnx cannot be loaded."));
  Functions found;
  const bool all = library.find("SherpaOnnxGetVersionStr", found.get_version) &&
                   library.find("SherpaOnnxCreateOfflineRecognizer", found.create) &&
                   library.find("SherpaOnnxOfflineRecognizerSetConfig", found.set_config) &&
                   library.find("SherpaOnnxDestroyOfflineRecognizer", found.destroy) &&
                   library.find("SherpaOnnxCreateOfflineStream", found.create_stream) &&
                   library.find("SherpaOnnxDestroyOfflineStream", found.destroy_stream) &&
                   library.find("SherpaOnnxAcceptWaveformOffline", found.accept_waveform) &&
                   library.find("SherpaOnnxDecodeOfflineStream", found.decode) &&
                   library.find("SherpaOnnxGetOfflineStreamResultAsJson", found.get_json) &&
                   library.find("SherpaOnnxDestroyOfflineStreamResultJson", found.free_json);
  if (!all) return fail(ErrorCode::kUnavailable, file.string() + " is not the library of sherpa-onnx.");
  const std::string version = found.get_version();
  if (version != kSherpaVersion)
    return fail(ErrorCode::kUnavailable,
                file.string() + " is of sherpa-onnx " + version + "; " + kSherpaVersion + " is needed.");
  return found;
}

}  // namespace

struct SherpaRecognizer::Parts {
  Functions library;
  std::vector<std::string> paths;  ///< That the configuration points to.
  RecogniserKind kind = RecogniserKind::kTransducer;
  SherpaConfig config;
  const OfflineRecognizer* recognizer = nullptr;

  Parts() = default;
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;
  ~Parts() {
    if (recognizer != nullptr) library.destroy(recognizer);
  }

  void describe(const std::filesystem::path& folder, const RecogniserFolder& model) {
    kind = model.kind;
    paths.reserve(model.files().size());  // So that no string moves.
    const auto path = [&](const std::string& name) -> const char* {
      return name.empty() ? nullptr : paths.emplace_back((folder / name).string()).c_str();
    };
    config.tokens = path(model.tokens);
    switch (kind) {
      case RecogniserKind::kNemoTransducer:
        config.model_type = "nemo_transducer";
        [[fallthrough]];
      case RecogniserKind::kTransducer:
        config.transducer = {path(model.encoder), path(model.decoder), path(model.joiner)};
        break;
      case RecogniserKind::kSenseVoice:
        config.sense_voice = {path(model.model), "", 1};
        break;
      case RecogniserKind::kParaformer:
        config.paraformer = path(model.model);
        break;
      case RecogniserKind::kNemoCtc:
        config.nemo_ctc = path(model.model);
        break;
      case RecogniserKind::kZipformerCtc:
        config.zipformer_ctc = path(model.model);
        break;
      case RecogniserKind::kWenetCtc:
        config.wenet_ctc = path(model.model);
        break;
      case RecogniserKind::kMoonshine:
        config.moonshine = {path(model.preprocessor), path(model.encoder), path(model.uncached_decoder),
                            path(model.cached_decoder), path(model.decoder)};
        break;
    }
  }

  /// Of the streams that there are. Those to come would be without what the recogniser made of its
  /// configuration when it was created, such as the window and the scale of SenseVoice's features.
  void use_language(const std::string& language) {
    config.sense_voice.language = language.c_str();
    library.set_config(recognizer, &config);
  }
};

SherpaRecognizer::SherpaRecognizer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
SherpaRecognizer::~SherpaRecognizer() = default;

Result<std::unique_ptr<SherpaRecognizer>> SherpaRecognizer::open(const std::filesystem::path& library,
                                                                 const std::filesystem::path& folder) {
  auto parts = std::make_unique<Parts>();
  VAT_ASSIGN(parts->library, load_functions(library));
  VAT_ASSIGN(const RecogniserFolder model, modelfile::inspect_recogniser(folder));
  parts->describe(folder, model);
  parts->recognizer = parts->library.create(&parts->config);
  if (parts->recognizer == nullptr)
    return fail(ErrorCode::kBadData, "sherpa-onnx cannot use the model in " + folder.string() + ".");
  return std::unique_ptr<SherpaRecognizer>(new SherpaRecognizer(std::move(parts)));
}

bool SherpaRecognizer::takes_language() const { return parts_->kind == RecogniserKind::kSenseVoice; }

std::string SherpaRecognizer::recognize(std::span<const float> samples, const std::string& language) {
  const Functions& library = parts_->library;
  const OfflineStream* const stream = library.create_stream(parts_->recognizer);
  if (takes_language() && !language.empty()) parts_->use_language(language);
  library.accept_waveform(stream, static_cast<std::int32_t>(kRecognitionRate), samples.data(),
                          static_cast<std::int32_t>(samples.size()));
  library.decode(parts_->recognizer, stream);
  const char* const json = library.get_json(stream);
  std::string text = json == nullptr ? "" : json;
  if (json != nullptr) library.free_json(json);
  library.destroy_stream(stream);
  return text;
}

}  // namespace vat::asr
