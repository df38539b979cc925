#include "help.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <string_view>

#include "base/ascii.h"
#include "base/nearest.h"
#include "base/text.h"

namespace vat::app {
namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kMeaning = 27;  // where the column of descriptions begins

bool takes_value(const CLI::Option& option) { return option.get_expected_max() > 0; }

/// The placeholder of the value: "PATH", "N".
std::string placeholder(const CLI::Option& option) {
  // The type stands before the words of the check.
  const std::string name = option.get_type_name();
  const std::string type = name.substr(0, name.find(':'));
  if (type == "INT" || type == "UINT") return "N";
  if (type == "FLOAT") return "X";
  return type == "TEXT" ? "NAME" : type;
}

std::string option_row(const CLI::Option& option) {
  std::string name = option.get_snames().empty() ? "    " : "-" + option.get_snames().front() + ", ";
  name += "--" + option.get_lnames().front();
  if (takes_value(option)) name += " " + placeholder(option);
  std::string meaning = option.get_description();
  if (takes_value(option) && !option.get_default_str().empty())
    meaning += " (default: " + option.get_default_str() + ")";
  return two_columns(name, meaning);
}

std::string positional_name(const CLI::Option& option) { return to_upper(option.get_name()); }

std::string full_name(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name() : full_name(*app.get_parent()) + " " + app.get_name();
}

class HelpFormatter : public CLI::FormatterBase {
 public:
  std::string make_help(const CLI::App* app, std::string /*name*/,
                        CLI::AppFormatMode /*mode*/) const override {
    std::string text = app->get_description() + "\n\nUsage: " + full_name(*app);
    if (!commands_of(*app).empty()) text += " COMMAND";
    text += " [OPTIONS]";
    std::string positionals;
    for (const CLI::Option* option : app->get_options()) {
      if (!option->get_positional()) continue;
      const bool many = option->get_expected_max() > 1;
      const std::string name = positional_name(*option);
      const std::string shown = name + (many ? "..." : "");
      text += option->get_required() ? " " + shown : " [" + shown + "]";
      positionals += two_columns(name, option->get_description());
    }
    text += "\n";
    if (!positionals.empty()) text += "\n" + positionals;
    if (const auto commands = commands_of(*app); !commands.empty()) {
      text += "\nCommands:\n";
      for (const CLI::App* command : commands)
        text += two_columns(command->get_name(), command->get_description());
    }
    return text + groups(*app) + (app->get_footer().empty() ? "" : "\n" + app->get_footer() + "\n");
  }

 private:
  /// The options by group, in the order in which the groups were added, ungrouped ones last.
  static std::string groups(const CLI::App& app) {
    std::vector<std::string> names = app.get_groups();
    std::stable_partition(names.begin(), names.end(),
                          [](const std::string& name) { return name != "Options"; });
    std::string text;
    for (const std::string& name : names) {
      std::string rows;
      for (const CLI::Option* option : app.get_options()) {
        if (option->get_group() == name && !option->get_lnames().empty()) rows += option_row(*option);
      }
      if (!rows.empty()) text += "\n" + name + ":\n" + rows;
    }
    return text;
  }
};

const CLI::App& chosen_command(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : chosen_command(*chosen.front());
}

/// "; did you mean --force?", or nothing.
std::string suggestion(std::string_view word, const std::vector<std::string>& names) {
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string_view near = nearest(word, views);
  return near.empty() ? "" : "; did you mean " + std::string(near) + "?";
}

std::string unexpected(const CLI::App& command, const std::string& word) {
  std::vector<std::string> names;
  std::string text;
  if (word.starts_with('-')) {
    for (const CLI::Option* option : command.get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    const std::string name = word.substr(0, word.find('='));
    text = full_name(command) + " has no option " + name + suggestion(name, names);
  } else if (const auto inner = commands_of(command); !inner.empty()) {
    if (word == "bench" && command.get_parent() == nullptr)
      return "Benchmarks are a program of their own, vat-bench (bench/compare builds it).";
    for (const CLI::App* sub : inner) names.push_back(sub->get_name());
    text = full_name(command) + " has no command " + word + suggestion(word, names);
  } else {
    text = "Unexpected argument: " + word;
  }
  return text + (text.ends_with('?') ? "" : ".");
}

/// The first of the arguments that CLI11's message lists at its end.
std::string first_of(const std::vector<std::string>& arguments, std::string text) {
  text += ' ';
  for (const std::string& argument : arguments) {
    if (text.find(' ' + argument + ' ') != std::string::npos) return argument;
  }
  return text.substr(text.find(':') + 1);
}

/// The environment variable with the option's invalid value, if it is not on the command line.
std::string origin(const CLI::App& command, const std::string& name,
                   const std::vector<std::string>& arguments) {
  const CLI::Option* const option = command.get_option_no_throw(name);
  if (option == nullptr || option->get_envname().empty()) return "";
  const char* const value = std::getenv(option->get_envname().c_str());  // NOLINT(concurrency-mt-unsafe)
  if (value == nullptr) return "";
  const auto names_it = [&](const std::string& argument) {
    return argument.starts_with(name) ||
           (!option->get_snames().empty() && argument.starts_with('-') && !argument.starts_with("--") &&
            argument.find(option->get_snames().front()) != std::string::npos);
  };
  if (std::any_of(arguments.begin(), arguments.end(), names_it)) return "";
  return "The environment variable " + option->get_envname() + " is not valid: ";
}

}  // namespace

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* command) { return !command->get_name().empty(); });
}

std::string two_columns(const std::string& name, std::string_view meaning) {
  std::string text = "  " + name;
  std::size_t column = text.size();
  if (column + 2 > kMeaning) {
    text += '\n';
    column = 0;
  }
  text.append(kMeaning - column, ' ');
  column = kMeaning;
  while (!meaning.empty()) {
    const std::size_t end = std::min(meaning.find(' '), meaning.size());
    const std::string_view word = meaning.substr(0, end);
    const std::size_t width = display_width(word);
    if (column > kMeaning && column + 1 + width > kColumns) {
      text += '\n' + std::string(kMeaning, ' ');
      column = kMeaning;
    } else if (column > kMeaning) {
      text += ' ';
      ++column;
    }
    text += word;
    column += width;
    meaning.remove_prefix(std::min(end + 1, meaning.size()));
  }
  return text + '\n';
}

std::shared_ptr<CLI::FormatterBase> make_help_formatter() { return std::make_shared<HelpFormatter>(); }

std::string usage_sentence(const CLI::App& app, const CLI::ParseError& error,
                           const std::vector<std::string>& arguments) {
  const CLI::App& command = chosen_command(app);
  const std::string more = " `" + full_name(command) + " --help` says more.";
  std::string text = error.what();
  while (!text.empty() && (text.back() == '\n' || text.back() == '.')) text.pop_back();
  const auto kind = static_cast<CLI::ExitCodes>(error.get_exit_code());
  if (kind == CLI::ExitCodes::ExtrasError) return unexpected(command, first_of(arguments, text)) + more;
  if (kind == CLI::ExitCodes::RequiredError) {
    for (const CLI::Option* option : command.get_options()) {
      if (option->get_positional() && option->get_required() && option->count() == 0)
        return full_name(command) + " needs " + positional_name(*option) + "." + more;
    }
    if (!arguments.empty() && arguments.back() != command.get_name())
      return unexpected(command, arguments.back()) + more;
    return full_name(command) + " needs a command." + more;
  }
  if (kind == CLI::ExitCodes::ArgumentMismatch && text.starts_with("--"))
    return text.substr(0, text.find(':')) + " needs a value." + more;
  if (kind == CLI::ExitCodes::ConversionError) {
    // CLI11 says "Could not convert: --beam-size = x".
    const std::size_t name = text.find("--");
    const std::size_t equals = text.find(" = ");
    if (name != std::string::npos && equals != std::string::npos && name < equals) {
      const std::string option = text.substr(name, equals - name);
      return origin(command, option, arguments) + option + " does not take the value \"" +
             text.substr(equals + 3) + "\"." + more;
    }
  }
  return origin(command, text.substr(0, text.find(':')), arguments) + text + "." + more;
}

}  // namespace vat::app
