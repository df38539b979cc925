// The look of --help: options by groups, one column of names and one of meanings, no wider than a terminal.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class FormatterBase;
class ParseError;
}  // namespace CLI

namespace vat::app {

/// The commands below `app`, without groups of options, which have no name.
[[nodiscard]] std::vector<const CLI::App*> commands_of(const CLI::App& app);

/// The formatter for the app and all its subcommands; set it before they are added, for they inherit it.
[[nodiscard]] std::shared_ptr<CLI::FormatterBase> make_help_formatter();

/// A name and what it means, in two columns, wrapped at words to the width of a terminal. Ends with a line
/// end.
[[nodiscard]] std::string two_columns(const std::string& name, std::string_view meaning);

/// One sentence that says what is wrong with the command line, with the nearest name that there is, and the
/// way to more.
[[nodiscard]] std::string usage_sentence(const CLI::App& app, const CLI::ParseError& error,
                                         const std::vector<std::string>& arguments);

}  // namespace vat::app
