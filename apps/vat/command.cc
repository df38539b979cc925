#include "command.h"

#include <CLI/CLI.hpp>

namespace vat::app {

Command::Command(CLI::App& app, const std::string& name, const std::string& description)
    : command_(*app.add_subcommand(name, description)) {}

bool Command::chosen() const { return command_.parsed(); }

std::vector<std::unique_ptr<Command>> make_commands(CLI::App& app) {
  std::vector<std::unique_ptr<Command>> commands;
  for (const auto make :
       {make_serve_command, make_process_command, make_transcribe_command, make_speak_command,
        make_models_command, make_voices_command, make_doctor_command, make_db_command, make_user_command,
        make_demo_command, make_smoke_command, make_completion_command})
    commands.push_back(make(app));
  return commands;
}

}  // namespace vat::app
