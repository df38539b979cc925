// Neural voices on this machine: which are there, fetching, importing and removing them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/store.h"
#include "catalog/voices.h"

namespace vat::app {

/// Told which file is being fetched, and how far.
using VoiceProgress = std::function<void(const std::string& file, const catalog::PullProgress& progress)>;

/// Null for a name that no pack has.
[[nodiscard]] const catalog::VoicePack* find_pack(std::string_view name);

/// Whether all files of the pack are in the store.
[[nodiscard]] bool is_installed(const catalog::ModelStore& store, const catalog::VoicePack& pack);

/// Bytes of the files that are still to be fetched.
[[nodiscard]] std::uint64_t missing_bytes(const catalog::ModelStore& store, const catalog::VoicePack& pack);

/// Fetches what is missing of a pack, or one file of the store by its name. The errors are those of
/// ModelStore::pull(); kNotFound, with what there is, for an unknown name.
[[nodiscard]] Result<> pull_voice(const catalog::ModelStore& store, std::string_view name,
                                  const VoiceProgress& progress, const std::stop_token& stop);

struct VoiceImport {
  std::filesystem::path path;  ///< "NAME.onnx" of a Piper voice, or a file of a pack.
  std::string name;            ///< Another name for the voice; may be empty.
  bool replace = false;
};

/// Installs a voice from files; returns its name, or the file's. kBadData for what is no voice.
[[nodiscard]] Result<std::string> import_voice(const catalog::ModelStore& store, const VoiceImport& request,
                                               const std::stop_token& stop);

/// Removes a pack, an imported voice or a file, and what no other installed voice needs; returns the bytes
/// that are free now. kNotFound when there is nothing of that name.
[[nodiscard]] Result<std::uint64_t> remove_voice(const catalog::ModelStore& store, std::string_view name);

/// The packs that are not installed, as a table for people; empty if all are.
[[nodiscard]] std::string pack_table(const catalog::ModelStore& store);

}  // namespace vat::app
