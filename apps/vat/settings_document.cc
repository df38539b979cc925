#include "settings_document.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <vector>

namespace vat::app {
namespace {

/// The options of a group that are settings: not --help and not what only a person at a terminal wants.
std::vector<const CLI::Option*> documented(const CLI::App& command, const std::string& group) {
  std::vector<const CLI::Option*> options;
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_group() == group && !option->get_envname().empty()) options.push_back(option);
  }
  return options;
}

bool is_switch(const CLI::Option& option) { return option.get_expected_max() == 0; }

std::string default_of(const CLI::Option& option) {
  return is_switch(option) ? "false" : option.get_default_str();
}

/// " SECONDS" where the value's kind is not plain from its default.
std::string unit_of(const CLI::Option& option) {
  const std::string name = option.get_type_name();
  const std::string type = name.substr(0, name.find(':'));
  const bool plain = is_switch(option) || type.empty() || type == "TEXT" || type == "INT" || type == "UINT" ||
                     type == "FLOAT" || type == "N" || type == "BOOLEAN";
  return plain ? "" : " " + type;
}

std::string cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, 1, '\\');
  return text;
}

std::string environment_document(const CLI::App& command) {
  std::string text =
      "# Settings of `vat serve` as environment variables, with their defaults. Copy to .env and give it to\n"
      "# systemd (EnvironmentFile=) or a container. Made by `vat serve --print-settings env`.\n";
  for (const std::string& group : command.get_groups()) {
    const auto options = documented(command, group);
    if (options.empty()) continue;
    text += "\n# --- " + group + "\n";
    for (const CLI::Option* option : options)
      text +=
          "# " + option->get_description() + "\n#" + option->get_envname() + "=" + default_of(*option) + "\n";
  }
  return text;
}

std::string markdown_document(const CLI::App& command) {
  std::string text =
      "# Configuration of the service\n\n"
      "Nothing has to be configured. Each setting is a flag of `vat serve`, an environment variable, and a "
      "key\n"
      "of `vat.toml` (the flag's name, at the top or below `[serve]`). A flag wins over the environment, "
      "the\n"
      "environment over the file. A wrong value stops the start with a sentence that names it, and exit code "
      "2.\n"
      "Sizes are bytes, or take K, M, G or T (powers of 1024). The job defaults hold for jobs that do not "
      "say\n"
      "otherwise. [service.md](service.md) tells how to run the service.\n\n"
      "Made by `vat serve --print-settings markdown`; a test compares them.\n";
  for (const std::string& group : command.get_groups()) {
    const auto options = documented(command, group);
    if (options.empty()) continue;
    text += "\n## " + group + "\n\n| Flag | Variable | Default | Meaning |\n|---|---|---|---|\n";
    for (const CLI::Option* option : options) {
      const std::string value = default_of(*option);
      text += fmt::format("| `--{}{}` | `{}` | {} | {} |\n", option->get_lnames().front(), unit_of(*option),
                          option->get_envname(), value.empty() ? "" : "`" + value + "`",
                          cell(option->get_description()));
    }
  }
  return text;
}

}  // namespace

Result<std::string> settings_document(const CLI::App& command, std::string_view kind) {
  if (kind == "env") return environment_document(command);
  if (kind == "markdown") return markdown_document(command);
  return fail(ErrorCode::kInvalidArgument, "--print-settings takes env or markdown.");
}

}  // namespace vat::app
