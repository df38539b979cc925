// vat models list | pull | import | verify | remove.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/file.h"
#include "catalog/published.h"
#include "command.h"
#include "flags.h"
#include "model_import.h"
#include "pipeline/weights.h"
#include "toolbox.h"

namespace vat::app {
namespace {

bool is_published(const std::string& name) {
  const auto models = catalog::published_models();
  return std::any_of(models.begin(), models.end(),
                     [&](const auto& model) { return model.name == catalog::canonical_model_name(name); });
}

class ModelsCommand : public Command {
 public:
  explicit ModelsCommand(CLI::App& app) : Command(app, "models", "Whisper's models: list, download, verify") {
    command().require_subcommand(1);
    list_ = command().add_subcommand("list", "List the published models, and which are installed");
    pull_ = command().add_subcommand("pull", "Download models by name; resumes an interrupted download");
    pull_->add_option("name", names_, "A name of `vat models list`")->required()->configurable(false);
    import_ = command().add_subcommand("import", "Install a model from a file or folder");
    import_->add_option("path", path_, "Of whisper.cpp, Hugging Face (safetensors) or faster-whisper")
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
        "  vat models import ggml-base.bin     install a file from another machine\n"
        "  vat models import whisper-small-de  convert a folder of Hugging Face's");
    for (CLI::App* sub : {list_, pull_, import_, verify_, remove_}) sub->footer("");
    for (CLI::App* sub : {list_, pull_, import_, verify_, remove_}) add_common_flags(*sub, common_);
  }

  [[nodiscard]] Result<int> run(std::stop_token stop) override {
    console_ = make_console(common_);
    Toolbox toolbox(common_);
    catalog::ModelStore& store = toolbox.store();
    if (list_->parsed()) return list(store);
    if (pull_->parsed()) return pull(store, stop);
    if (import_->parsed()) {
      VAT_TRY(import_model(store, {path_, name_, force_}, *console_, stop));
      return 0;
    }
    if (verify_->parsed()) return verify(store, stop);
    return remove(store);
  }

 private:
  [[nodiscard]] Result<int> list(const catalog::ModelStore& store) const {
    VAT_ASSIGN(const std::vector<catalog::ModelInfo> models, store.list());
    std::string text = fmt::format("{:<24} {:>10}  {}\n", "NAME", "SIZE", "HERE");
    for (const catalog::ModelInfo& model : models) {
      const std::string state = model.installed           ? model.path.string()
                                : model.partial_bytes > 0 ? format_bytes(model.partial_bytes) +
                                                                " downloaded; pull it again to resume"
                                                          : "";
      text += fmt::format("{:<24} {:>10}  {}\n", model.name, format_bytes(model.bytes), state);
    }
    VAT_TRY(write_all(STDOUT_FILENO, text, "standard output"));
    return 0;
  }

  [[nodiscard]] Result<int> pull(const catalog::ModelStore& store, const std::stop_token& stop) const {
    for (const std::string& name : names_) {
      bool waiting = false;
      const auto sink = [&](const catalog::PullProgress& progress) {
        if (progress.phase == catalog::PullPhase::kWaiting && !std::exchange(waiting, true))
          console_->note("Another process is downloading " + name + "; waiting for it.");
        if (progress.phase == catalog::PullPhase::kDownloading)
          console_->download(name, progress.done, progress.total);
        if (progress.phase == catalog::PullPhase::kVerifying)
          console_->download(name + " (checking)", progress.done, progress.total);
      };
      VAT_ASSIGN(const std::filesystem::path path, store.pull(name, sink, stop));
      console_->note(name + " is installed: " + path.string());
    }
    return 0;
  }

  [[nodiscard]] Result<int> verify(const catalog::ModelStore& store, const std::stop_token& stop) const {
    std::vector<std::string> names = names_;
    if (names.empty()) {
      VAT_ASSIGN(const std::vector<catalog::ModelInfo> models, store.list());
      for (const catalog::ModelInfo& model : models) {
        if (model.installed) names.push_back(model.name);
      }
      if (names.empty()) console_->note("No model is installed.");
    }
    int code = 0;
    for (const std::string& name : names) {
      const auto verification = store.verify(name, stop);
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

  [[nodiscard]] Result<int> remove(const catalog::ModelStore& store) const {
    for (const std::string& name : names_) {
      if (const auto model = store.find(name)) pipeline::remove_converted(model->path);
      VAT_ASSIGN(const std::uint64_t freed, store.remove(name));
      console_->note("Removed " + name + ", which frees " + format_bytes(freed) + ".");
    }
    return 0;
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
  CommonFlags common_;
  std::unique_ptr<Console> console_;
};

}  // namespace

std::unique_ptr<Command> make_models_command(CLI::App& app) { return std::make_unique<ModelsCommand>(app); }

}  // namespace vat::app
