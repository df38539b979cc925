// vat doctor: what is installed, what vat picks, and why.
#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>

#include "asr/pocketsphinx_model.h"
#include "asr/whisper_model.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/text.h"
#include "catalog/recognisers.h"
#include "catalog/voices.h"
#include "command.h"
#include "decoding.h"
#include "flags.h"
#include "help.h"
#include "media/codecs.h"
#include "pipeline/engines.h"
#include "speaker_files.h"
#include "toolbox.h"
#include "tts/engines.h"
#include "voice_packs.h"

namespace vat::app {
namespace {

class DoctorCommand : public Command {
 public:
  explicit DoctorCommand(CLI::App& app)
      : Command(app, "doctor", "Show what is installed, what vat picks, and why") {
    add_service_flags(command(), services_flags_);
    add_common_flags(command(), common_);
  }

  [[nodiscard]] Result<int> run(std::stop_token stop) override {
    const std::unique_ptr<Console> console = make_console(common_);
    Toolbox toolbox(common_);
    section("vat");
    line("version", VAT_VERSION);
    line("recognition threads", fmt::format("{} (one chunk each; --threads)", toolbox.threads()));
    acceleration();
    VAT_TRY(models(toolbox));
    codecs();
    VAT_TRY(voices(toolbox, stop));
    disk(toolbox);
    sources(toolbox, stop);
    VAT_TRY(write_all(STDOUT_FILENO, text_, "standard output"));
    return 0;
  }

 private:
  void section(const std::string& name) { text_ += (text_.empty() ? "" : "\n") + name + "\n"; }
  void line(const std::string& name, const std::string& value) { text_ += two_columns(name, value); }

  void acceleration() {
    section("Acceleration");
    const std::vector<asr::ComputeDevice> devices = asr::compute_devices();
    const bool gpu = !devices.empty() && devices.front().gpu;
    for (const asr::ComputeDevice& device : devices) {
      line(device.name, device.gpu
                            ? fmt::format("{}, {} free", device.description, format_bytes(device.free_bytes))
                            : device.description);
    }
    line("CPU kernels", asr::cpu_kernels());
    line("--device auto picks",
         gpu ? devices.front().name + ", because it is a GPU that this build supports"
             : "CPU, because this build supports no GPU of this machine (see README for GPU builds)");
    line("library", asr::whisper_version_text());
  }

  [[nodiscard]] Result<> models(Toolbox& toolbox) {
    section("Recognition");
    VAT_ASSIGN(const std::vector<catalog::ModelInfo> list, toolbox.store().list());
    std::string recognition;
    bool silero = false;
    for (const catalog::ModelInfo& model : list) {
      if (!model.installed) continue;
      if (model.kind == catalog::ModelKind::kSpeechDetection) {
        silero = true;
      } else {
        append_item(recognition, model.name);
      }
    }
    line("Whisper models",
         recognition.empty() ? "none installed; `vat models pull base` downloads one" : recognition);
    line("sherpa-onnx", sherpa(toolbox));
    const auto sphinx = asr::load_pocketsphinx();
    line("PocketSphinx",
         sphinx ? (*sphinx)->name() + ", English, needs no download" : sphinx.error().message);
    line("speech detection",
         silero ? "Silero"
                : fmt::format("WebRTC (`vat models pull {}` installs Silero)", pipeline::kDetectorModel));
    line("speaker labels", speakers(toolbox));
    return {};
  }

  /// Its models here, which are loaded to see whether they can be.
  [[nodiscard]] static std::string sherpa(Toolbox& toolbox) {
    std::string names;
    std::string problem;
    for (const std::string_view name : {catalog::kSherpaRuntime, catalog::kSherpaLibrary})
      if (const auto library = toolbox.voice_store().find(name); library && !library->installed)
        problem = fmt::format("{} is not installed; `vat voices pull {}`", name, name);
    for (const catalog::ModelInfo& model : toolbox.recognisers().list()) {
      if (!model.installed) continue;
      append_item(names, model.name);
      if (!problem.empty()) continue;
      if (const auto loaded = toolbox.engines().load({.engine = "sherpa", .model = model.name}, {}, {}, {});
          !loaded)
        problem = model.name + ": " + loaded.error().message;
    }
    if (names.empty()) return "no model imported; `vat models list` names two";
    return problem.empty() ? names : names + "; " + problem;
  }

  /// Whether speakers can be told apart, which is tried.
  [[nodiscard]] static std::string speakers(Toolbox& toolbox) {
    if (const std::uint64_t missing = toolbox.speakers().missing_bytes(); missing > 0)
      return fmt::format("not installed; `vat models pull {}` downloads {}", kSpeakersName,
                         format_bytes(missing));
    const auto started = toolbox.diarizer().start({});
    return started ? "segmentation 3.0 and CAM++" : started.error().message;
  }

  void codecs() {
    section("Media");
    line("FFmpeg", media::ffmpeg_version());
    std::string missing;
    std::size_t present = 0;
    for (const media::CodecSupport& codec : media::needed_codecs()) {
      if (codec.present) {
        ++present;
      } else {
        append_item(missing, codec.kind + " " + codec.name);
      }
    }
    line("formats and codecs",
         missing.empty() ? fmt::format("all {} required ones", present) : "missing: " + missing);
    line("sandbox", sandbox_of_system());
  }

  [[nodiscard]] Result<> voices(Toolbox& toolbox, const std::stop_token& stop) {
    section("Speech");
    const auto engines = toolbox.speech_engines(services_flags_);
    neural(toolbox.voice_store());
    if (!engines) {
      line("engines", engines.error().message);
      return {};
    }
    bool espeak = false;
    for (const auto& engine : *engines) {
      espeak = espeak || engine->name() == "espeak-ng";
      const auto voices = engine->voices(stop);
      if (voices && voices->empty()) continue;
      line(engine->name(), voices ? fmt::format("{} voices", voices->size()) : voices.error().message);
    }
    if (!espeak) line("espeak-ng", "its data is missing; on Debian: apt-get install espeak-ng-data");
    const bool google =
        std::any_of(engines->begin(), engines->end(), [](const auto& e) { return e->name() == "google"; });
    automatic(*engines, stop);
    if (!google) line("google", "not configured (--google-api-key or --google-credentials)");
    return {};
  }

  void automatic(const tts::Engines& engines, const std::stop_token& stop) {
    const std::string language = "en";
    tts::measure_engines(engines, "auto", language, stop);
    if (const auto ordered = tts::order_engines(engines, "auto", language))
      line("auto speech engine",
           ordered->front()->name() + " for English, " + tts::reason_of_order(*ordered));
  }

  /// What is missing for the voices that can be fetched.
  void neural(const catalog::ModelStore& store) {
    for (const catalog::VoicePack& pack : catalog::voice_packs()) {
      const std::string name(pack.name);
      if (!is_installed(store, pack))
        line(name, fmt::format("not installed; `vat voices pull {}` downloads {}", name,
                               format_bytes(missing_bytes(store, pack))));
    }
    const auto library = store.find(catalog::kVoiceLibrary);
    if (library && !library->installed)
      line("ONNX Runtime", fmt::format("not installed, which every neural voice needs; `vat voices pull {}`",
                                       catalog::kVoiceLibrary));
  }

  void disk(Toolbox& toolbox) {
    section("Disk");
    const auto silero = toolbox.store().find(pipeline::kDetectorModel);
    if (silero) free_space("models", silero->path.parent_path());
    free_space("cache", cache_directory());
    std::error_code ignored;
    free_space("temporary", std::filesystem::temp_directory_path(ignored));
  }

  void free_space(const std::string& name, std::filesystem::path path) {
    const std::string shown = path.string();
    std::error_code ignored;
    while (!std::filesystem::exists(path, ignored) && path.has_parent_path() && path != path.parent_path())
      path = path.parent_path();
    struct statvfs info {};
    if (::statvfs(path.c_str(), &info) != 0) return line(name, shown + ", which cannot be accessed");
    line(name, fmt::format("{}, {} free", shown, format_bytes(std::uint64_t{info.f_bavail} * info.f_frsize)));
  }

  void sources(Toolbox& toolbox, const std::stop_token& stop) {
    section("Sources of models, in this order");
    const std::vector<catalog::SourceInfo> sources = toolbox.store().sources();
    if (sources.empty()) line("none", "--model-sources leaves out all that there are");
    for (const catalog::SourceInfo& source : sources)
      line(source.name.starts_with("the ") ? source.name.substr(4) : source.name,
           common_.offline ? "--offline does not allow network access." : state_of(source, toolbox, stop));
  }

  [[nodiscard]] std::string state_of(const catalog::SourceInfo& source, Toolbox& toolbox,
                                     const std::stop_token& stop) const {
    if (source.kind == catalog::SourceKind::kPackages) return state_of_packages(toolbox.store(), stop);
    HttpRequest request{.method = "HEAD", .url = source.url.substr(0, source.url.find('{'))};
    request.connect_timeout = request.total_timeout = std::chrono::milliseconds(3000);
    const auto answer = toolbox.http().send(request, stop);
    if (!answer) return answer.error().message;
    return source.kind == catalog::SourceKind::kPublisher ? "can be reached; all models" : "can be reached";
  }

  [[nodiscard]] static std::string state_of_packages(const catalog::ModelStore& store,
                                                     const std::stop_token& stop) {
    const auto models = store.list();
    if (!models) return models.error().message;
    std::string names;
    for (const catalog::ModelInfo& model : *models)
      if (model.packaged) append_item(names, model.name);
    const auto pip = store.check_packages(stop);
    return pip ? *pip + "; " + names : pip.error().message;
  }

  CommonFlags common_;
  ServiceFlags services_flags_;
  std::string text_;
};

}  // namespace

std::unique_ptr<Command> make_doctor_command(CLI::App& app) { return std::make_unique<DoctorCommand>(app); }

}  // namespace vat::app
