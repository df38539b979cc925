// vat models list | pull | import | verify | remove.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/file.h"
#include "catalog/published.h"
#include "catalog/recognisers.h"
#include "command.h"
#include "flags.h"
#include "model_import.h"
#include "model_list.h"
#include "model_progress.h"
#include "pipeline/engines.h"
#include "pipeline/weights.h"
#include "speaker_files.h"
#include "toolbox.h"

namespace vat::app {
namespace {

/// Whether its checksum is the publisher's, not the import's.
bool is_published(const std::string& name) {
  const auto models = catalog::published_models();
  return is_speaker_model(name) || std::any_of(models.begin(), models.end(), [&](const auto& model) {
           return model.name == catalog::canonical_model_name(name);
         });
}

class ModelsCommand : public Command {
 public:
  explicit ModelsCommand(CLI::App& app)
      : Command(app, "models", "Models of recognition and of speakers: list, download, verify") {
    command().require_subcommand(1);
    list_ = command().add_subcommand("list", "List the published models, and which are installed");
    list_->add_flag("--json", json_, "Write a JSON array")->configurable(false);
    pull_ = command().add_subcommand("pull", "Download models by name; resumes an interrupted download");
    pull_->add_option("name", names_, "A name of `vat models list`")->required()->configurable(false);
    import_ = command().add_subcommand("import", "Install a model from a file or folder");
    import_
        ->add_option(
            "path", path_,
            "Of whisper.cpp, Hugging Face (safetensors), faster-whisper, or sherpa-onnx (a folder or its "
            "archive)")
        ->required()
        ->configurable(false);
    import_->add_option("--name", name_, "Name of the model (default: the published one, or the path's)")
        ->configurable(false);
    import_->add_flag("--force", force_, "Replace the model of that name")->configurable(false);
    verify_ = command().add_subcommand("verify", "Check models against their checksums");
    verify_->add_option("name", names_, "Default: all installed models")->configurable(false);
    remove_ = command().add_subcommand("remove", "Delete models from this machine");
    remove_->add_option("name", names_, "A name of `vat models list`")->required()->configurable(false);
    command().footer(
        "Examples:\n"
        "  vat models pull base.en             download one; `vat process` does it itself\n"
        "  vat models pull small --model-url https://mirror.example/{file}\n"
        "  vat models pull speakers            what --speakers needs\n"
        "  vat models import ggml-base.bin     install a file from another machine\n"
        "  vat models import whisper-small-de  convert a folder of Hugging Face's\n"
        "  vat models import sherpa-onnx-nemo-parakeet-tdt-0.6b-v3-int8.tar.bz2");
    for (CLI::App* sub : {list_, pull_, import_, verify_, remove_}) sub->footer("");
    for (CLI::App* sub : {list_, pull_, import_, verify_, remove_}) add_common_flags(*sub, common_);
  }

  [[nodiscard]] Result<int> run(std::stop_token stop) override {
    console_ = make_console(common_);
    Toolbox toolbox(common_);
    toolbox_ = &toolbox;
    if (list_->parsed()) return list();
    if (pull_->parsed()) return pull(stop);
    if (import_->parsed() && catalog::holds_recogniser(path_)) {
      VAT_TRY(import_recogniser(toolbox, {path_, name_, force_}, *console_, stop));
      return 0;
    }
    if (import_->parsed()) {
      const bool speakers = path_.ends_with(".onnx");
      VAT_TRY(import_model(speakers ? toolbox.speaker_store() : toolbox.store(), {path_, name_, force_},
                           *console_, stop));
      return 0;
    }
    if (verify_->parsed()) return verify(stop);
    return remove();
  }

 private:
  /// The store that has the model of this name, if any has.
  [[nodiscard]] const catalog::ModelStore& store_of(const std::string& name) const {
    return is_speaker_model(name) ? toolbox_->speaker_store() : toolbox_->store();
  }
  /// The models of Whisper, those of sherpa-onnx, then those of speakers.
  [[nodiscard]] Result<std::vector<catalog::ModelInfo>> all_models() const {
    VAT_ASSIGN(std::vector<catalog::ModelInfo> models, toolbox_->store().list());
    VAT_ASSIGN(const std::vector<catalog::ModelInfo> speakers, toolbox_->speaker_store().list());
    const std::vector<catalog::ModelInfo> recognisers = toolbox_->recognisers().list();
    models.insert(models.end(), recognisers.begin(), recognisers.end());
    models.insert(models.end(), speakers.begin(), speakers.end());
    return models;
  }

  [[nodiscard]] Result<int> list() const {
    VAT_ASSIGN(const std::vector<catalog::ModelInfo> models, all_models());
    VAT_TRY(
        write_all(STDOUT_FILENO, json_ ? model_list_json(models) : model_table(models), "standard output"));
    if (!json_ && console_->is_terminal()) console_->note(sources_sentence(toolbox_->store().sources()));
    return 0;
  }

  [[nodiscard]] Result<int> pull(const std::stop_token& stop) const {
    ModelProgress progress(*console_);
    bool recognition = false;
    for (const std::string& name : names_) {
      if (name == kSpeakersName) {
        VAT_TRY(fetch_speakers(*toolbox_, *console_, stop));
        console_->note("What speaker labels need is installed.");
        continue;
      }
      if (toolbox_->recognisers().has(name)) {
        VAT_TRY(toolbox_->recognisers().find(name));
        console_->note(name + " is installed.");
        continue;
      }
      const catalog::ModelStore& store = store_of(name);
      VAT_ASSIGN(const catalog::ModelInfo model, store.find(name));
      VAT_TRY(pull_one(store, model.name, progress, stop));
      recognition = recognition || model.kind == catalog::ModelKind::kRecognition;
    }
    if (recognition) VAT_TRY(pull_detector(toolbox_->store(), progress, stop));
    return 0;
  }

  [[nodiscard]] Result<> pull_one(const catalog::ModelStore& store, const std::string& name,
                                  ModelProgress& progress, const std::stop_token& stop) const {
    const auto sink = [&](const catalog::PullProgress& now) { progress.show(name, now); };
    VAT_ASSIGN(const std::filesystem::path path, store.pull(name, sink, stop));
    console_->note(name + " is installed: " + path.string());
    return {};
  }

  /// Every recogniser is better with Silero's detector, so it comes along; but it is not what was asked for.
  [[nodiscard]] Result<> pull_detector(const catalog::ModelStore& store, ModelProgress& progress,
                                       const std::stop_token& stop) const {
    const auto detector = store.find(pipeline::kDetectorModel);
    if (!detector || detector->installed) return {};
    auto pulled = pull_one(store, detector->name, progress, stop);
    if (pulled) return {};
    if (pulled.error().code == ErrorCode::kCancelled) return pulled;
    console_->note("Silero's speech detector is missing, so WebRTC's will be used: " +
                   pulled.error().message);
    return {};
  }

  [[nodiscard]] Result<int> verify(const std::stop_token& stop) const {
    std::vector<std::string> names = names_;
    if (names.empty()) {
      VAT_ASSIGN(const std::vector<catalog::ModelInfo> models, all_models());
      for (const catalog::ModelInfo& model : models) {
        if (model.installed) names.push_back(model.name);
      }
      if (names.empty()) console_->note("No model is installed.");
    }
    int code = 0;
    for (const std::string& name : names) {
      const auto verification = toolbox_->recognisers().has(name) ? toolbox_->recognisers().verify(name, stop)
                                                                  : store_of(name).verify(name, stop);
      if (!verification) {
        if (verification.error().code == ErrorCode::kCancelled || names.size() == 1)
          return fail(verification.error());
        console_->error(verification.error());
        code = 1;
        continue;
      }
      const std::string how = !verification->compared ? "well-formed; it has no known checksum"
                              : is_published(name)    ? "as published"
                                                      : "as it was imported";
      VAT_TRY(write_all(STDOUT_FILENO, fmt::format("{}: {} ({})\n", name, how, verification->digest_hex),
                        "standard output"));
    }
    return code;
  }

  [[nodiscard]] Result<int> remove() const {
    for (const std::string& name : names_) {
      if (toolbox_->recognisers().has(name)) {
        VAT_ASSIGN(const std::uint64_t bytes, toolbox_->recognisers().remove(name));
        tell_removed(name, bytes);
        continue;
      }
      const catalog::ModelStore& store = store_of(name);
      if (const auto model = store.find(name)) pipeline::remove_converted(model->path);
      VAT_ASSIGN(const std::uint64_t freed, store.remove(name));
      tell_removed(name, freed);
    }
    return 0;
  }

  void tell_removed(const std::string& name, std::uint64_t freed) const {
    console_->note("Removed " + name + ", which frees " + format_bytes(freed) + ".");
  }

  CLI::App* list_ = nullptr;
  CLI::App* pull_ = nullptr;
  CLI::App* import_ = nullptr;
  CLI::App* verify_ = nullptr;
  CLI::App* remove_ = nullptr;
  std::vector<std::string> names_;
  std::string path_;
  std::string name_;
  bool force_ = false;
  bool json_ = false;
  CommonFlags common_;
  std::unique_ptr<Console> console_;
  Toolbox* toolbox_ = nullptr;  ///< While it runs.
};

}  // namespace

std::unique_ptr<Command> make_models_command(CLI::App& app) { return std::make_unique<ModelsCommand>(app); }

}  // namespace vat::app
