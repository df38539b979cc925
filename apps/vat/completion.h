// Completion scripts for shells, made from the program's own options, so that they cannot fall behind them.
#pragma once

#include <string>

#include "base/result.h"

namespace CLI {
class App;
}

namespace vat::app {

/// The script for "bash", "zsh" or "fish". kInvalidArgument for another shell.
[[nodiscard]] Result<std::string> completion_script(const CLI::App& app, const std::string& shell);

}  // namespace vat::app
