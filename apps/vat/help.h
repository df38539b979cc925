// The layout of --help: options by group, a column of names and one of descriptions, as wide as a terminal.
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

/// The subcommands of `app`, without option groups, which have no name.
[[nodiscard]] std::vector<const CLI::App*> commands_of(const CLI::App& app);

/// The formatter for the app and all its subcommands; set it before they are added, because they inherit it.
[[nodiscard]] std::shared_ptr<CLI::FormatterBase> make_help_formatter();

/// A name and its meaning, in two columns, wrapped at words to the width of a terminal. Ends with a newline.
[[nodiscard]] std::string two_columns(const std::string& name, std::string_view meaning);

/// One sentence that says what is wrong with the command line, with the closest existing name, and where to
/// find help.
[[nodiscard]] std::string usage_sentence(const CLI::App& app, const CLI::ParseError& error,
                                         const std::vector<std::string>& arguments);

}  // namespace vat::app
