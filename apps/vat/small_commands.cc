// vat voices and vat completion.
#include <fmt/format.h>
#include <unistd.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>
#include <vector>

#include "base/file.h"
#include "command.h"
#include "completion.h"
#include "flags.h"
#include "toolbox.h"

namespace vat::app {
namespace {

class VoicesCommand : public Command {
 public:
  explicit VoicesCommand(CLI::App& app) : Command(app, "voices", "List the available voices") {
    command()
        .add_option("-l,--language", language_, "Only voices of this language, such as en or de-AT")
        ->type_name("CODE");
    command().add_option("--speech-engine", engine_,
                         "Only voices of this engine, such as flite or espeak-ng");
    add_service_flags(command(), services_);
    add_common_flags(command(), common_);
  }

  [[nodiscard]] Result<int> run(std::stop_token stop) override {
    const std::unique_ptr<Console> console = make_console(common_);
    const Toolbox toolbox(common_);
    VAT_ASSIGN(const tts::Engines engines, toolbox.speech_engines(services_));
    std::vector<Row> rows;
    for (const auto& engine : engines) {
      if (!engine_.empty() && engine_ != "auto" && engine->name() != engine_) continue;
      auto voices = engine->voices(stop);
      // If one service does not answer, the others' voices are still listed.
      if (!voices) {
        console->error(voices.error());
        continue;
      }
      for (Voice& voice : *voices) {
        if (speaks(voice)) rows.push_back({engine->name() + ":" + voice.name, std::move(voice)});
      }
    }
    if (rows.empty()) return fail(ErrorCode::kNotFound, "No voice matches; `vat voices` lists all.");
    const std::string text = table(rows);
    VAT_TRY(write_all(STDOUT_FILENO, text, "standard output"));
    return 0;
  }

 private:
  static constexpr std::size_t kWidestLanguage = 10;  // the few longer ones may stick out

  struct Row {
    std::string name;  ///< Including its engine, as in --voice.
    Voice voice;
  };

  /// Columns as wide as their contents.
  [[nodiscard]] static std::string table(const std::vector<Row>& rows) {
    std::size_t name = 5;
    std::size_t language = 8;
    for (const Row& row : rows) {
      name = std::max(name, row.name.size());
      language = std::max(language, std::min(row.voice.language.size(), kWidestLanguage));
    }
    std::string text;
    const auto add = [&](std::string_view a, std::string_view b, std::string_view c, std::string_view d) {
      text += fmt::format("{:<{}}  {:<{}}  {:<6}  {}\n", a, name, b, language, c, d);
    };
    add("VOICE", "LANGUAGE", "GENDER", "DESCRIPTION");
    for (const Row& row : rows) add(row.name, row.voice.language, row.voice.gender, row.voice.description);
    return text;
  }

  [[nodiscard]] bool speaks(const Voice& voice) const {
    return language_.empty() || voice.language == language_ || voice.language.starts_with(language_ + "-");
  }

  std::string language_;
  std::string engine_;
  CommonFlags common_;
  ServiceFlags services_;
};

class CompletionCommand : public Command {
 public:
  explicit CompletionCommand(CLI::App& app)
      : Command(app, "completion", "Print a shell's completion script"), app_(app) {
    command().add_option("shell", shell_, "bash, zsh or fish")->required()->configurable(false);
    command().footer(
        "Examples:\n"
        "  source <(vat completion bash)\n"
        "  vat completion bash > ~/.local/share/bash-completion/completions/vat\n"
        "  vat completion zsh > \"${fpath[1]}/_vat\"\n"
        "  vat completion fish > ~/.config/fish/completions/vat.fish");
  }

  [[nodiscard]] Result<int> run(std::stop_token /*stop*/) override {
    VAT_ASSIGN(const std::string script, completion_script(app_, shell_));
    VAT_TRY(write_all(STDOUT_FILENO, script, "standard output"));
    return 0;
  }

 private:
  CLI::App& app_;
  std::string shell_;
};

}  // namespace

std::unique_ptr<Command> make_voices_command(CLI::App& app) { return std::make_unique<VoicesCommand>(app); }
std::unique_ptr<Command> make_completion_command(CLI::App& app) {
  return std::make_unique<CompletionCommand>(app);
}

}  // namespace vat::app
