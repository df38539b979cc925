// Completion scripts for shells, generated from the program's options, so that they are never out of date.
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
