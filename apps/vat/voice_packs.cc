#include "voice_packs.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/text.h"
#include "tts/neural_engine.h"

namespace vat::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kModelEnd = ".onnx";
constexpr std::string_view kDescriptionEnd = ".onnx.json";

bool has_file(const catalog::ModelStore& store, std::string_view file) {
  const auto info = store.find(file);
  return info && info->installed;
}

bool is_published_file(std::string_view name) {
  const auto files = catalog::voice_files();
  return std::any_of(files.begin(), files.end(), [name](const auto& file) { return file.name == name; });
}

Error unknown_pack(std::string_view name) {
  const std::string names =
      join(catalog::voice_packs(), ", ", [](const auto& pack) { return std::string(pack.name); });
  return Error(ErrorCode::kNotFound, "There is no voice named " + to_utf8(name.substr(0, 64)) +
                                         " to fetch; there are: " + names + ".");
}

/// Whether another voice that is installed, or a Piper voice of the user, runs with the file.
bool is_needed(const catalog::ModelStore& store, std::string_view file, std::string_view removed) {
  for (const catalog::VoicePack& pack : catalog::voice_packs()) {
    const bool uses = std::find(pack.files.begin(), pack.files.end(), file) != pack.files.end();
    if (pack.name != removed && uses && is_installed(store, pack)) return true;
  }
  if (file != catalog::kVoiceLibrary) return false;
  const auto list = store.list();
  return list && std::any_of(list->begin(), list->end(), [](const catalog::ModelInfo& info) {
           return !info.published && info.installed && info.name.ends_with(kModelEnd);
         });
}

Result<std::uint64_t> remove_files(const catalog::ModelStore& store, const std::vector<std::string>& files) {
  std::uint64_t freed = 0;
  for (const std::string& file : files) {
    VAT_ASSIGN(const std::uint64_t bytes, store.remove(file));
    freed += bytes;
  }
  return freed;
}

}  // namespace

const catalog::VoicePack* find_pack(std::string_view name) {
  const auto packs = catalog::voice_packs();
  const auto found =
      std::find_if(packs.begin(), packs.end(), [name](const auto& pack) { return pack.name == name; });
  return found == packs.end() ? nullptr : &*found;
}

bool is_installed(const catalog::ModelStore& store, const catalog::VoicePack& pack) {
  return std::all_of(pack.files.begin(), pack.files.end(),
                     [&](std::string_view file) { return has_file(store, file); });
}

std::uint64_t missing_bytes(const catalog::ModelStore& store, const catalog::VoicePack& pack) {
  std::uint64_t bytes = 0;
  for (const std::string_view file : pack.files) {
    const auto info = store.find(file);
    if (info && !info->installed) bytes += info->bytes;
  }
  return bytes;
}

Result<> pull_voice(const catalog::ModelStore& store, std::string_view name, const VoiceProgress& progress,
                    const std::stop_token& stop) {
  const catalog::VoicePack* const pack = find_pack(name);
  if (pack == nullptr && !is_published_file(name)) return fail(unknown_pack(name));
  const std::vector<std::string_view> files =
      pack == nullptr ? std::vector{name} : std::vector(pack->files.begin(), pack->files.end());
  for (const std::string_view file : files) {
    const auto sink = [&](const catalog::PullProgress& now) {
      if (progress) progress(std::string(file), now);
    };
    VAT_TRY(store.pull(file, sink, stop));
  }
  return {};
}

Result<std::string> import_voice(const catalog::ModelStore& store, const VoiceImport& request,
                                 const std::stop_token& stop) {
  const std::string file = request.path.filename().string();
  if (request.name.empty() && is_published_file(file) && !file.starts_with("en_")) {
    VAT_TRY(store.import_file(request.path, file, request.replace, stop));
    return file;
  }
  if (!file.ends_with(kModelEnd))
    return fail(ErrorCode::kInvalidArgument,
                request.path.string() +
                    " is not a voice: name the .onnx file of a Piper voice, which has its "
                    ".onnx.json beside it, or a file of `vat voices pull`.");
  std::error_code ignored;
  if (!fs::exists(request.path, ignored))
    return fail(ErrorCode::kNotFound, "There is no file " + request.path.string() + ".");
  VAT_ASSIGN(const tts::PiperVoice voice, tts::check_piper_voice(request.path));
  const std::string name = request.name.empty() ? voice.name : request.name;
  const std::string description = name + std::string(kDescriptionEnd);
  if (!request.replace && has_file(store, name + std::string(kModelEnd)))
    return fail(ErrorCode::kExists, "The voice " + name + " is already installed.");
  VAT_TRY(store.import_file(request.path.string() + ".json", description, true, stop));
  VAT_TRY(store.import_file(request.path, name + std::string(kModelEnd), request.replace, stop));
  return name;
}

Result<std::uint64_t> remove_voice(const catalog::ModelStore& store, std::string_view name) {
  std::vector<std::string> files;
  if (const catalog::VoicePack* const pack = find_pack(name)) {
    for (const std::string_view file : pack->files)
      if (has_file(store, file) && !is_needed(store, file, name)) files.emplace_back(file);
  } else if (has_file(store, std::string(name) + std::string(kModelEnd))) {
    files = {std::string(name) + std::string(kModelEnd), std::string(name) + std::string(kDescriptionEnd)};
    std::erase_if(files, [&](const std::string& file) { return !has_file(store, file); });
  } else if (has_file(store, name)) {
    files = {std::string(name)};
  }
  if (files.empty())
    return fail(ErrorCode::kNotFound, "No voice named " + to_utf8(name.substr(0, 64)) + " is installed.");
  return remove_files(store, files);
}

std::string pack_table(const catalog::ModelStore& store) {
  std::string rows;
  for (const catalog::VoicePack& pack : catalog::voice_packs()) {
    if (is_installed(store, pack)) continue;
    rows += fmt::format("{:<18}  {:>9}  {:<22}  {:<22}  {}\n", pack.name,
                        format_bytes(missing_bytes(store, pack)), pack.languages, pack.quality, pack.licence);
  }
  if (rows.empty()) return "";
  return fmt::format("{:<18}  {:>9}  {:<22}  {:<22}  {}\n", "TO FETCH", "SIZE", "LANGUAGES", "QUALITY",
                     "LICENCE") +
         rows;
}

}  // namespace vat::app
