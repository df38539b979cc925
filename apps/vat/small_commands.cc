// vat completion.
#include <unistd.h>
#include <CLI/CLI.hpp>
#include <string>

#include "base/file.h"
#include "command.h"
#include "completion.h"

namespace vat::app {
namespace {

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

std::unique_ptr<Command> make_completion_command(CLI::App& app) {
  return std::make_unique<CompletionCommand>(app);
}

}  // namespace vat::app
