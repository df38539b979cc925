// The documents that list the settings of the service, written from its options.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace CLI {
class App;
}

namespace vat::app {

/// The contents of .env.example ("env") and docs/configuration.md ("markdown"): every option of the command,
/// with its variable, default and meaning.
[[nodiscard]] Result<std::string> settings_document(const CLI::App& command, std::string_view kind);

}  // namespace vat::app
