#include <toml++/toml.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <sstream>

#include "base/file.h"
#include "base/text.h"
#include "flags.h"

namespace vat::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxConfigBytes = 1 << 20;

constexpr const char* kFolderFile = "vat.toml";
/// A vat.toml found in the working folder, perhaps with recordings from elsewhere, cannot decide where texts,
/// keys and errors are sent, nor what program is run. (Models from a mirror are verified.)
constexpr std::array<std::string_view, 5> kNotFromFolder = {"openai-url", "google-tts-url", "database-url",
                                                            "sentry-dsn", "yt-dlp"};

std::optional<fs::path> find_config(const fs::path& explicit_path) {
  if (!explicit_path.empty()) return explicit_path;
  std::error_code ignored;
  if (fs::exists(kFolderFile, ignored)) return kFolderFile;
  const char* const xdg =
      std::getenv("XDG_CONFIG_HOME");            // NOLINT(concurrency-mt-unsafe): nothing calls setenv
  const char* const home = std::getenv("HOME");  // NOLINT(concurrency-mt-unsafe)
  fs::path folder;
  if (xdg != nullptr && *xdg != '\0') {
    folder = xdg;
  } else if (home != nullptr) {
    folder = fs::path(home) / ".config";
  }
  if (!folder.empty() && fs::exists(folder / "vat" / "vat.toml", ignored)) return folder / "vat" / "vat.toml";
  return std::nullopt;
}

/// A value as the command line would spell it; empty for a type that no option takes.
std::optional<std::string> as_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  std::ostringstream out;
  if (node.is_boolean() || node.is_integer() || node.is_floating_point()) {
    node.visit([&](const auto& value) {
      if constexpr (toml::is_value<decltype(value)>) out << value;
    });
    return out.str();
  }
  if (const auto* list = node.as_array()) {
    std::string joined;
    for (const toml::node& item : *list) {
      const auto text = as_text(item);
      if (!text) return std::nullopt;
      append_item(joined, *text, ",");
    }
    return joined;
  }
  return std::nullopt;
}

class Applier {
 public:
  Applier(std::string file, bool from_folder) : file_(std::move(file)), from_folder_(from_folder) {}

  /// Sets the option in a command and in its inner ones. False when none has an option of that name.
  [[nodiscard]] Result<bool> set(CLI::App& app, const std::string& key, const std::string& value) const {
    bool known = false;
    for (CLI::App* inner : app.get_subcommands({})) {
      VAT_ASSIGN(const bool here, set(*inner, key, value));
      known = known || here;
    }
    CLI::Option* const option = app.get_option_no_throw("--" + key);
    if (option == nullptr) return known;
    try {
      option->default_val(value);
    } catch (const CLI::Error& error) {
      return fail(ErrorCode::kInvalidArgument, file_ + ": " + error.what() + ".");
    }
    return true;
  }

  [[nodiscard]] Result<> table(CLI::App& root, CLI::App* only, const toml::table& values) const {
    for (const auto& [key, node] : values) {
      const std::string name(key.str());
      if (only == nullptr && node.is_table()) {
        const auto named = [&](const CLI::App* command) { return command->get_name() == name; };
        const std::vector<CLI::App*> commands = root.get_subcommands({});
        const auto command = std::find_if(commands.begin(), commands.end(), named);
        if (command == commands.end()) return unknown(name);
        VAT_TRY(table(root, *command, *node.as_table()));
        continue;
      }
      if (from_folder_ &&
          std::find(kNotFromFolder.begin(), kNotFromFolder.end(), name) != kNotFromFolder.end()) {
        return fail(ErrorCode::kInvalidArgument, file_ + " may not set " + name +
                                                     ", because it was found in this folder; use --config " +
                                                     file_ + ", or your own vat.toml in ~/.config/vat.");
      }
      const auto value = as_text(node);
      if (!value)
        return fail(ErrorCode::kInvalidArgument,
                    file_ + ": " + name + " does not take a value of that type.");
      bool known = false;
      if (only != nullptr) {
        VAT_ASSIGN(known, set(*only, name, *value));
      } else {
        for (CLI::App* command : root.get_subcommands({})) {
          VAT_ASSIGN(const bool here, set(*command, name, *value));
          known = known || here;
        }
      }
      if (!known) return unknown(name);
    }
    return {};
  }

 private:
  [[nodiscard]] tl::unexpected<Error> unknown(const std::string& name) const {
    return fail(ErrorCode::kInvalidArgument,
                file_ + " has " + name + ", which is not an option; `vat COMMAND --help` lists them.");
  }
  std::string file_;
  bool from_folder_;
};

}  // namespace

Result<> apply_config_file(CLI::App& app, const fs::path& explicit_path) {
  const std::optional<fs::path> path = find_config(explicit_path);
  if (!path) return {};
  VAT_ASSIGN(const std::string text, read_file(*path, kMaxConfigBytes));
  try {
    const toml::table values = toml::parse(text, path->string());
    const bool from_folder = explicit_path.empty() && *path == kFolderFile;
    return Applier(path->string(), from_folder).table(app, nullptr, values);
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::kInvalidArgument, path->string() + ", line " +
                                                 std::to_string(error.source().begin.line) + ": " +
                                                 std::string(error.description()) + ".");
  }
}

}  // namespace vat::app
