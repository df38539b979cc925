#include "completion.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "base/text.h"
#include "catalog/published.h"
#include "help.h"

namespace vat::app {
namespace {

std::string model_names() {
  return join(catalog::published_models(), " ",
              [](const catalog::PublishedModel& model) { return model.name; });
}

/// Values of options that are a fixed set, by the option's long name.
const std::map<std::string, std::string>& known_values() {
  static const std::map<std::string, std::string> values = {
      {"--engine", "auto whisper sherpa pocketsphinx"},
      {"--weights", "auto original bf16 f16+q8_0 bf16+q8_0 q8_0"},
      {"--detector", "auto silero webrtc"},
      {"--device", "auto cpu gpu"},
      {"--model-sources", "mirror publisher packages"},
      {"--progress", "auto json none"},
      {"--speakers", "off auto channels"},
      {"--format", "txt srt vtt json tsv csv lrc md docx rttm"},
      {"--preset", "netflix netflix-other shorts bbc dialogue plain"},
      {"--speech-engine", "auto google openai flite espeak-ng"},
      {"--audio-format", "mp3 opus m4a aac flac wav"},
      {"--model", model_names()}};
  return values;
}

/// The words that may follow a command that takes names, such as a model's; empty for one that takes files.
std::string arguments_of(const CLI::App& command) {
  const std::string& name = command.get_name();
  if (name == "completion") return "bash zsh fish";
  if (name == "pull" || name == "verify" || name == "remove") return model_names();
  return "";
}

struct CompletionWord {
  std::string name;
  std::string description;
  bool takes_value = false;
  std::string values;  ///< Its possible values; empty when any.
};

std::vector<CompletionWord> options_of(const CLI::App& command) {
  std::vector<CompletionWord> words;
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_lnames().empty()) continue;
    const std::string long_name = "--" + option->get_lnames().front();
    const auto known = known_values().find(long_name);
    CompletionWord word{long_name, option->get_description(), option->get_expected_max() > 0,
                        known == known_values().end() ? "" : known->second};
    words.push_back(word);
    if (option->get_snames().empty()) continue;
    word.name = "-" + option->get_snames().front();
    words.push_back(std::move(word));
  }
  return words;
}

/// For fish and zsh: in single quotes, where only a single quote is special.
std::string quoted(std::string text) {
  for (std::size_t i = text.find('\''); i != std::string::npos; i = text.find('\'', i + 4))
    text.replace(i, 1, "'\\''");
  return "'" + text + "'";
}

std::string names_of(const std::vector<CompletionWord>& words) {
  return join(words, " ", [](const CompletionWord& word) { return word.name; });
}

/// "|-f" for --format: the short spelling as a further pattern of the shell's case.
std::string short_name(const CLI::App& app, const std::string& option) {
  for (const CLI::App* command : commands_of(app)) {
    const CLI::Option* const found = command->get_option_no_throw(option);
    if (found != nullptr && !found->get_snames().empty()) return "|-" + found->get_snames().front();
  }
  return "";
}

std::string bash_script(const CLI::App& app) {
  std::string names;
  std::string cases;
  const auto add_case = [&](const std::string& pattern, const CLI::App& command) {
    std::string words = arguments_of(command);
    for (const CLI::App* inner : commands_of(command)) words += " " + inner->get_name();
    cases += "    " + pattern + ") options=\"" + names_of(options_of(command)) + "\"; words=\"" + words +
             "\" ;;\n";
  };
  for (const CLI::App* command : commands_of(app)) {
    append_item(names, command->get_name(), " ");
    // Bash takes the first pattern that matches, so subcommands come before their command.
    for (const CLI::App* inner : commands_of(*command))
      add_case("'" + command->get_name() + " " + inner->get_name() + "'*", *inner);
    add_case("'" + command->get_name() + " '*", *command);
  }
  std::string values;
  for (const auto& [option, list] : known_values())
    values += "    " + option + short_name(app, option) + ") COMPREPLY=($(compgen -W \"" + list +
              "\" -- \"$current\")); return ;;\n";
  return "# vat completion for bash: source <(vat completion bash)\n"
         "_vat() {\n"
         "  local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
         "  local options=\"\" words=\"\"\n"
         "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
         "    COMPREPLY=($(compgen -W \"" +
         names +
         " --help --version\" -- \"$current\"))\n"
         "    return\n"
         "  fi\n"
         "  case \"$previous\" in\n" +
         values +
         "  esac\n"
         "  case \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n" +
         cases +
         "  esac\n"
         "  if [[ \"$current\" == -* ]]; then\n"
         "    COMPREPLY=($(compgen -W \"$options\" -- \"$current\"))\n"
         "  else\n"
         "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
         "  fi\n"
         "}\n"
         "complete -o default -F _vat vat\n";
}

/// One command's options and arguments, in the form of zsh's _arguments.
std::string zsh_arguments(const CLI::App& command, const std::string& indent) {
  std::string text = indent + "_arguments -s";
  for (const CompletionWord& word : options_of(command)) {
    std::string description = word.description;
    for (char& c : description) c = c == '[' || c == ']' || c == ':' ? ' ' : c;
    std::string spec = word.name + "[" + description + "]";
    if (word.takes_value) spec += word.values.empty() ? ":value:_files" : ":value:(" + word.values + ")";
    text += " \\\n" + indent + "  " + quoted(spec);
  }
  const std::string names = arguments_of(command);
  return text + " \\\n" + indent + "  " + quoted(names.empty() ? "*:file:_files" : "*:name:(" + names + ")");
}

/// Completes the words after a command that has subcommands.
std::string zsh_inner(const CLI::App& command) {
  std::string names;
  std::string cases;
  for (const CLI::App* inner : commands_of(command)) {
    names += " " + inner->get_name();
    cases += "        " + inner->get_name() + ")\n" + zsh_arguments(*inner, "          ") + " ;;\n";
  }
  return "      if (( CURRENT == 2 )); then\n"
         "        compadd --" +
         names +
         "\n"
         "        return\n"
         "      fi\n"
         "      shift words\n"
         "      (( CURRENT-- ))\n"
         "      case \"$words[1]\" in\n" +
         cases + "      esac";
}

std::string zsh_script(const CLI::App& app) {
  std::string commands;
  std::string cases;
  for (const CLI::App* command : commands_of(app)) {
    commands += "    " + quoted(command->get_name() + ":" + command->get_description()) + "\n";
    cases += "    " + command->get_name() + ")\n" +
             (commands_of(*command).empty() ? zsh_arguments(*command, "      ") : zsh_inner(*command)) +
             " ;;\n";
  }
  return "#compdef vat\n"
         "# vat completion for zsh: vat completion zsh > \"${fpath[1]}/_vat\"\n"
         "_vat() {\n"
         "  local -a commands=(\n" +
         commands +
         "  )\n"
         "  if (( CURRENT == 2 )); then\n"
         "    _describe 'command' commands\n"
         "    return\n"
         "  fi\n"
         "  shift words\n"
         "  (( CURRENT-- ))\n"
         "  case \"$words[1]\" in\n" +
         cases +
         "  esac\n"
         "}\n"
         "if [ \"$funcstack[1]\" = _vat ]; then _vat \"$@\"; else compdef _vat vat; fi\n";
}

/// The options and arguments of one command, for fish, where `condition` holds.
std::string fish_lines(const CLI::App& command, const std::string& condition) {
  std::string text;
  for (const CompletionWord& word : options_of(command)) {
    const bool is_long = word.name.starts_with("--");
    text += "complete -c vat " + condition +
            (is_long ? " -l " + word.name.substr(2) : " -s " + word.name.substr(1));
    if (word.takes_value) text += " -r";
    if (!word.values.empty()) text += " -f -a " + quoted(word.values);
    text += " -d " + quoted(word.description) + "\n";
  }
  if (const std::string names = arguments_of(command); !names.empty())
    text += "complete -c vat " + condition + " -f -a " + quoted(names) + "\n";
  return text;
}

std::string fish_script(const CLI::App& app) {
  std::string script =
      "# vat completion for fish: vat completion fish > ~/.config/fish/completions/vat.fish\n";
  for (const CLI::App* command : commands_of(app)) {
    script += "complete -c vat -n __fish_use_subcommand -f -a " + command->get_name() + " -d " +
              quoted(command->get_description()) + "\n";
    const std::string seen = "__fish_seen_subcommand_from " + command->get_name();
    std::string inner_names;
    std::string inner_lines;
    for (const CLI::App* inner : commands_of(*command)) {
      inner_names += " " + inner->get_name();
      inner_lines +=
          fish_lines(*inner, "-n " + quoted(seen + "; and __fish_seen_subcommand_from " + inner->get_name()));
    }
    if (inner_names.empty()) {
      script += fish_lines(*command, "-n " + quoted(seen));
      continue;
    }
    const std::string none_yet = "-n " + quoted(seen + "; and not __fish_seen_subcommand_from" + inner_names);
    for (const CLI::App* inner : commands_of(*command))
      script += "complete -c vat " + none_yet + " -f -a " + inner->get_name() + " -d " +
                quoted(inner->get_description()) + "\n";
    script += inner_lines;
  }
  return script;
}

}  // namespace

Result<std::string> completion_script(const CLI::App& app, const std::string& shell) {
  if (shell == "bash") return bash_script(app);
  if (shell == "zsh") return zsh_script(app);
  if (shell == "fish") return fish_script(app);
  return fail(ErrorCode::kInvalidArgument,
              "Completion scripts exist for bash, zsh and fish, not for \"" + shell + "\".");
}

}  // namespace vat::app
