// The commands of `vat`. Each has its own file; main creates them all and runs the chosen one.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace CLI {
class App;
}

namespace vat::app {

/// Owns the storage that its options are parsed into.
class Command {
 public:
  /// Adds the subcommand to `app`, which must outlive it.
  Command(CLI::App& app, const std::string& name, const std::string& description);
  virtual ~Command() = default;
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;
  /// True when the command line named it.
  [[nodiscard]] bool chosen() const;
  /// The exit code, or the error that ends the program.
  [[nodiscard]] virtual Result<int> run(std::stop_token stop) = 0;

 protected:
  [[nodiscard]] CLI::App& command() const { return command_; }

 private:
  CLI::App& command_;
};

// Each adds its subcommand and options to the app.
[[nodiscard]] std::unique_ptr<Command> make_serve_command(CLI::App& app);
[[nodiscard]] std::unique_ptr<Command> make_db_command(CLI::App& app);
[[nodiscard]] std::unique_ptr<Command> make_user_command(CLI::App& app);
[[nodiscard]] std::unique_ptr<Command> make_demo_command(CLI::App& app);
[[nodiscard]] std::unique_ptr<Command> make_smoke_command(CLI::App& app);
[[nodiscard]] std::unique_ptr<Command> make_process_command(CLI::App& app);
[[nodiscard]] std::unique_ptr<Command> make_transcribe_command(CLI::App& app);
[[nodiscard]] std::unique_ptr<Command> make_speak_command(CLI::App& app);
[[nodiscard]] std::unique_ptr<Command> make_models_command(CLI::App& app);
[[nodiscard]] std::unique_ptr<Command> make_voices_command(CLI::App& app);
[[nodiscard]] std::unique_ptr<Command> make_doctor_command(CLI::App& app);
[[nodiscard]] std::unique_ptr<Command> make_completion_command(CLI::App& app);

[[nodiscard]] std::vector<std::unique_ptr<Command>> make_commands(CLI::App& app);

}  // namespace vat::app
