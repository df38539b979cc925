#include "toolbox.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <thread>
#include <utility>

#include "base/file.h"
#include "base/log.h"
#include "catalog/speaker_models.h"
#include "catalog/voices.h"
#include "modelfile/header.h"
#include "net/curl_http_client.h"
#include "speakers/engine.h"
#include "tts/espeak_engine.h"
#include "tts/flite_engine.h"
#include "tts/google_engine.h"
#include "tts/neural_engine.h"
#include "tts/openai_engine.h"

namespace vat::app {
namespace {

constexpr std::size_t kMaxKeyFileBytes = 1 << 20;

std::string variable_or(const std::string& value, const char* variable) {
  if (!value.empty()) return value;
  const char* const found = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): nothing calls setenv
  return found == nullptr ? "" : found;
}

const char* no_network(Toolbox::Audience audience) {
  return audience == Toolbox::Audience::kCommandLine ? "--offline does not allow network access."
                                                     : "This service has no network access.";
}

/// Clients of the service have no say in its models.
catalog::ControlNames control_names(Toolbox::Audience audience) {
  if (audience == Toolbox::Audience::kClients) return {};
  return {.list = "vat models list",
          .pull = "vat models pull",
          .remove = "vat models remove",
          .import = "vat models import",
          .name = "--name",
          .mirror = "VAT_MODEL_URL",
          .directory = "VAT_MODELS"};
}

catalog::ControlNames voice_control_names(Toolbox::Audience audience) {
  catalog::ControlNames names = control_names(audience);
  if (audience == Toolbox::Audience::kClients) return names;
  names.list = "vat voices list";
  names.pull = "vat voices pull";
  names.remove = "vat voices remove";
  names.import = "vat voices import";
  return names;
}

std::vector<catalog::SourceKind> source_kinds(const std::vector<std::string>& names) {
  std::vector<catalog::SourceKind> kinds;
  for (const std::string& name : names)
    kinds.push_back(name == "mirror"      ? catalog::SourceKind::kMirror
                    : name == "publisher" ? catalog::SourceKind::kPublisher
                                          : catalog::SourceKind::kPackages);
  return kinds;
}

/// See pipeline::EnginesOptions.
const char* no_fetching(Toolbox::Audience audience) {
  if (audience == Toolbox::Audience::kClients) return "this service does not download models.";
  return "--offline does not allow downloading it; leave out --offline, or install its file with `vat models "
         "import`.";
}

Result<> check_model(const std::filesystem::path& file, catalog::ModelKind kind) {
  VAT_ASSIGN(const modelfile::ModelHeader header, modelfile::read_header(file));
  const bool whisper = header.kind == modelfile::ModelKind::kWhisper;
  if (whisper == (kind == catalog::ModelKind::kRecognition)) return {};
  return fail(ErrorCode::kBadData, file.string() + (whisper ? " is a Whisper model, not a speech detector."
                                                            : " is a speech detector, not a Whisper model."));
}

}  // namespace

std::unique_ptr<Console> make_console(const CommonFlags& flags) {
  if (flags.verbose > 0) set_log_level(flags.verbose > 1 ? LogLevel::kDebug : LogLevel::kInfo);
  const ProgressMode mode = flags.progress == "json"   ? ProgressMode::kJson
                            : flags.progress == "none" ? ProgressMode::kNone
                                                       : ProgressMode::kAuto;
  return std::make_unique<Console>(mode, flags.quiet);
}

/// The HTTP client, or, with a refusal, one that rejects every request with that message.
class Toolbox::Http : public HttpClient, public HttpDownloader {
 public:
  explicit Http(std::string refusal) : refusal_(std::move(refusal)) {}
  [[nodiscard]] Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override {
    if (!refusal_.empty()) return refused();
    return curl_.send(request, std::move(stop));
  }
  [[nodiscard]] Result<HttpResponse> download(const HttpRequest& request, const HttpSink& sink,
                                              std::stop_token stop) override {
    if (!refusal_.empty()) return refused();
    return curl_.download(request, sink, std::move(stop));
  }

 private:
  [[nodiscard]] tl::unexpected<Error> refused() const { return fail(ErrorCode::kUnavailable, refusal_); }
  const std::string refusal_;
  net::CurlHttpClient curl_;
};

Toolbox::Toolbox(const CommonFlags& flags, Audience audience, std::uint64_t max_model_bytes)
    : flags_(flags), http_(std::make_shared<Http>(flags.offline ? no_network(audience) : "")) {
  catalog::StoreOptions store;
  store.directory = flags.models_directory.empty() ? cache_directory() / "models"
                                                   : std::filesystem::path(flags.models_directory);
  store.mirror = flags.model_url;
  store.sources = source_kinds(flags.model_sources);
  if (flags.offline) store.refusal = no_network(audience);
  store.controls = control_names(audience);
  catalog::StoreOptions voices = store;
  voices.directory = voice_directory_ = flags.models_directory.empty()
                                            ? cache_directory() / "voices"
                                            : std::filesystem::path(flags.models_directory) / "voices";
  voices.controls = voice_control_names(audience);
  voices.models = catalog::voice_files();
  voices.packages = catalog::packaged_voice_files();
  voice_store_ = std::make_unique<catalog::ModelStore>(*http_, std::move(voices));
  add_speakers(store, audience);
  recognisers_ = std::make_unique<catalog::RecogniserStore>(
      flags.models_directory.empty() ? cache_directory() / "recognisers"
                                     : std::filesystem::path(flags.models_directory) / "recognisers",
      control_names(audience));
  store.validator = check_model;
  store_ = std::make_unique<catalog::ModelStore>(*http_, std::move(store));
  pipeline::EnginesOptions engines{.no_fetching = flags.offline ? no_fetching(audience) : "",
                                   .max_model_bytes = max_model_bytes};
  engines.sherpa = {.models = recognisers_.get(), .libraries = voice_store_.get(), .helper = {}};
  engines.sherpa.helper.arguments = {std::string(kSherpaHostCommand)};
  engines.let_go = [this](const RecognitionModel& model) {
    if (pool_) pool_->let_go(model);
  };
  engines_ = std::make_unique<pipeline::Engines>(*store_, std::move(engines));
}

Toolbox::~Toolbox() = default;

void Toolbox::add_speakers(catalog::StoreOptions store, Audience audience) {
  store.directory = flags_.models_directory.empty()
                        ? cache_directory() / "speakers"
                        : std::filesystem::path(flags_.models_directory) / "speakers";
  store.models = catalog::speaker_models();
  store.packages = catalog::packaged_speaker_models();
  store.validator = [](const std::filesystem::path& file, catalog::ModelKind kind) -> Result<> {
    if (kind == catalog::ModelKind::kSpeakers) return {};
    return fail(ErrorCode::kBadData, file.string() + " is neither of the models for speaker labels, " +
                                         std::string(catalog::kSegmentationModel) + " and " +
                                         std::string(catalog::kEmbeddingModel) + ".");
  };
  speakers::EngineConfig config{.segmentation = store.directory / catalog::kSegmentationModel,
                                .embedding = store.directory / catalog::kEmbeddingModel,
                                .library = voice_directory_ / catalog::kVoiceLibrary,
                                .threads = threads()};
  config.helper.arguments = {std::string(kModelHostCommand)};
  diarizer_ = speakers::make_diarizer(std::move(config));
  speaker_store_ = std::make_unique<catalog::ModelStore>(*http_, std::move(store));
  std::vector<pipeline::SpeakerFile> files = {{*voice_store_, std::string(catalog::kVoiceLibrary)},
                                              {*speaker_store_, std::string(catalog::kSegmentationModel)},
                                              {*speaker_store_, std::string(catalog::kEmbeddingModel)}};
  speakers_ = std::make_unique<pipeline::SpeakerModels>(*diarizer_, std::move(files),
                                                        flags_.offline ? no_fetching(audience) : "");
}

int Toolbox::threads() const {
  if (flags_.threads > 0) return flags_.threads;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

asr::ChunkPool& Toolbox::pool(int niceness) {
  if (!pool_) pool_ = std::make_unique<asr::ChunkPool>(threads(), niceness);
  return *pool_;
}

HttpClient& Toolbox::http() const { return *http_; }
HttpDownloader& Toolbox::downloads() const { return *http_; }

Result<> Toolbox::add_services(const ServiceFlags& flags, tts::Engines& engines) const {
  const std::string credentials = variable_or(flags.google_credentials, "GOOGLE_APPLICATION_CREDENTIALS");
  if (!flags.google_api_key.empty() || !credentials.empty()) {
    tts::GoogleConfig config{.api_key = flags.google_api_key};
    if (!credentials.empty()) {
      VAT_ASSIGN(config.service_account_json, read_file(credentials, kMaxKeyFileBytes));
    }
    if (!flags.google_tts_url.empty()) config.base_url = flags.google_tts_url;
    VAT_ASSIGN(auto google, tts::make_google(std::move(config), http_));
    engines.push_back(std::move(google));
  }
  const std::string openai_key = variable_or(flags.openai_api_key, "OPENAI_API_KEY");
  if (!flags.openai_url.empty() || !openai_key.empty()) {
    tts::OpenAiConfig config{.api_key = openai_key};
    if (!flags.openai_url.empty()) config.base_url = flags.openai_url;
    if (!flags.openai_tts_model.empty()) config.model = flags.openai_tts_model;
    VAT_ASSIGN(auto openai, tts::make_openai(std::move(config), http_));
    engines.push_back(std::move(openai));
  }
  return {};
}

void Toolbox::add_neural(tts::Engines& engines) const {
  tts::NeuralConfig config;
  config.directory = voice_directory_;
  config.library = voice_directory_ / catalog::kVoiceLibrary;
  config.measurements = cache_directory() / "voices" / ".measurements";
  config.helper.arguments = {std::string(kModelHostCommand)};
  config.threads = threads();
  // Without eSpeak NG's data there are none; `vat doctor` says so.
  if (auto neural = tts::make_neural(config))
    std::move(neural->begin(), neural->end(), std::back_inserter(engines));
}

Result<tts::Engines> Toolbox::speech_engines(const ServiceFlags& flags) const {
  tts::Engines engines;
  VAT_TRY(add_services(flags, engines));
  add_neural(engines);
  engines.push_back(tts::make_flite());
  // Without its data, eSpeak NG is not among the engines; `vat doctor` says so.
  if (auto espeak = tts::make_espeak({})) engines.push_back(std::move(*espeak));
  return engines;
}

}  // namespace vat::app
