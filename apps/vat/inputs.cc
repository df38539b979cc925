#include "inputs.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "base/file_name.h"
#include "base/text.h"
#include "fetched_recording.h"

namespace vat::app {
namespace {

namespace fs = std::filesystem;

bool has_media_extension(const fs::path& path) {
  static constexpr std::array<std::string_view, 37> kExtensions = {
      ".3gp",  ".aac",  ".ac3", ".aif",  ".aiff", ".amr", ".asf", ".avi", ".caf", ".dts",
      ".eac3", ".flac", ".flv", ".m2ts", ".m4a",  ".m4b", ".m4v", ".mka", ".mkv", ".mov",
      ".mp2",  ".mp3",  ".mp4", ".mpeg", ".mpg",  ".mts", ".mxf", ".oga", ".ogg", ".ogv",
      ".opus", ".ts",   ".vob", ".wav",  ".webm", ".wma", ".wmv"};
  const std::string extension = fold_case(path.extension().string());
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

/// "talk" for talk.speech.mp3 and talk.dub.mp4; empty for other names.
std::string maker_of(const fs::path& path) {
  const fs::path stem = path.stem();
  return stem.extension() == ".speech" || stem.extension() == ".dub" ? stem.stem().string() : "";
}

/// Removes the results that an earlier run made from another file of the list.
void remove_results(std::vector<fs::path>& files) {
  std::set<fs::path> makers;
  for (const fs::path& file : files) {
    if (!maker_of(file).empty()) continue;
    // The name of a result may be a shortened one, by the length of its ending.
    for (const std::string& stem : {file.filename().string(), file.stem().string()})
      for (const std::string_view ending : {".speech.mp3", ".speech.opus", ".dub.mp4", ".dub.webm"})
        makers.insert(file.parent_path() / maker_of(fitted_file_name(stem, ending)));
  }
  std::erase_if(files, [&](const fs::path& file) {
    const std::string maker = maker_of(file);
    return !maker.empty() && makers.count(file.parent_path() / maker) != 0;
  });
}

bool is_same_folder(const fs::path& a, const fs::path& b) {
  std::error_code ignored;
  return fs::equivalent(a, b, ignored);
}

/// The media files below `root`, but not those below `output`. Skips hidden folders and those that cannot be
/// opened.
Result<std::vector<fs::path>> media_below(const fs::path& root, const fs::path& output) {
  std::vector<fs::path> files;
  std::error_code error;
  const bool output_is_root = !output.empty() && is_same_folder(root, output);
  fs::recursive_directory_iterator entry(root, fs::directory_options::skip_permission_denied, error);
  if (error) return fail(system_error(error.value(), "read the folder", root.string()));
  for (; entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (error) return fail(system_error(error.value(), "read the folder", root.string()));
    const bool hidden = entry->path().filename().string().starts_with('.');
    std::error_code ignored;
    if (entry->is_directory(ignored)) {
      const bool results = !output.empty() && !output_is_root && is_same_folder(entry->path(), output);
      if (hidden || results) entry.disable_recursion_pending();
    } else if (!hidden && entry->is_regular_file(ignored) && has_media_extension(entry->path())) {
      files.push_back(entry->path());
    }
  }
  remove_results(files);
  std::sort(files.begin(), files.end());
  if (files.empty())
    return fail(ErrorCode::kNotFound, "There is no media file in the folder " + root.string() + ".");
  return files;
}

void make_names_unique(std::vector<Input>& inputs) {
  using Name = std::pair<fs::path, std::string>;
  std::map<Name, int> uses;
  for (const Input& input : inputs) ++uses[{input.folder, input.stem}];
  std::set<Name> taken;
  for (Input& input : inputs) {
    if (uses[{input.folder, input.stem}] > 1)
      input.stem = input.url.empty() ? input.path.filename().string() : file_name_of_link(input.url);
    const std::string wanted = input.stem;
    for (int number = 2; !taken.insert({input.folder, input.stem}).second; ++number)
      input.stem = wanted + "-" + std::to_string(number);
  }
}

/// Adds the inputs that one name on the command line stands for.
Result<> expand(const std::string& name, const fs::path& output, bool alone, std::vector<Input>& inputs) {
  if (name.empty()) return fail(ErrorCode::kInvalidArgument, "The name of an input is empty.");
  if (name == "-") {
    inputs.push_back({.path = "-", .stem = "stdin", .folder = output});
    return {};
  }
  if (is_link(name)) {
    inputs.push_back({.path = {},
                      .stem = fs::path(file_name_of_link(name)).stem().string(),
                      .folder = output,
                      .url = name});
    return {};
  }
  const fs::path path = name;
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  // A missing input among several fails when it is its turn.
  if (status.type() == fs::file_type::not_found && alone)
    return fail(ErrorCode::kNotFound, "There is no file or folder " + name + ".");
  if (error && alone) return fail(system_error(error.value(), "read", name));
  if (status.type() != fs::file_type::directory) {
    inputs.push_back(
        {.path = path, .stem = path.stem().string(), .folder = output.empty() ? path.parent_path() : output});
    return {};
  }
  VAT_ASSIGN(const std::vector<fs::path> files, media_below(path, output));
  for (const fs::path& file : files) {
    const fs::path parent = file.parent_path();
    const fs::path below = (output / parent.lexically_relative(path)).lexically_normal();
    inputs.push_back({.path = file, .stem = file.stem().string(), .folder = output.empty() ? parent : below});
  }
  return {};
}

}  // namespace

Result<std::vector<Input>> expand_inputs(const std::vector<std::string>& names, const fs::path& output) {
  std::vector<Input> inputs;
  for (const std::string& name : names) VAT_TRY(expand(name, output, names.size() == 1, inputs));
  std::set<fs::path> seen;
  std::erase_if(inputs, [&](const Input& input) {
    std::error_code ignored;
    if (!input.url.empty()) return !seen.insert(input.url).second;
    return !seen.insert(input.is_stdin() ? input.path : fs::weakly_canonical(input.path, ignored)).second;
  });
  make_names_unique(inputs);
  return inputs;
}

Result<> check_writable(const fs::path& folder) {
  fs::path existing = folder.empty() ? fs::path(".") : folder;
  std::error_code ignored;
  while (!fs::exists(existing, ignored) && existing.has_parent_path() && existing != existing.parent_path())
    existing = existing.parent_path();
  if (!fs::exists(existing, ignored)) existing = ".";
  if (!fs::is_directory(existing, ignored)) {
    return fail(ErrorCode::kExists,
                existing.string() + " is a file, not a folder for results; name a folder with --output.");
  }
  if (::access(existing.c_str(), W_OK | X_OK) == 0) return {};
  return fail(ErrorCode::kPermission,
              "Results cannot be written to " + existing.string() + "; name another folder with --output.");
}

}  // namespace vat::app
