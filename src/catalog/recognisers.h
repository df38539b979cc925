// The recognition models that are folders: those of sherpa-onnx. They are imported, complete or not at all;
// none is downloaded, because their publisher gives no digests to check a download against.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/store.h"
#include "modelfile/recogniser_folder.h"

namespace vat::catalog {

class IncomingFolder;

/// A model that is known by name, and the archive that it is imported from.
struct KnownRecogniser {
  std::string_view name;
  std::string_view archive;    ///< Of sherpa-onnx's releases of models ("asr-models").
  std::string_view languages;  ///< For people.
  std::string_view licence;    ///< For people; of the weights.
};

/// The view is valid for ever.
[[nodiscard]] std::span<const KnownRecogniser> known_recognisers();

/// Safe to use from any thread, and by several processes on one directory.
class RecogniserStore {
 public:
  /// `directory` is created when needed; it holds a folder for each model, with its files and SHA256SUMS.
  RecogniserStore(std::filesystem::path directory, ControlNames controls);

  /// Whether the name is that of a model here or of a known one.
  [[nodiscard]] bool has(std::string_view name) const;
  /// The known ones in their order, then the others by name. `path` is the folder.
  [[nodiscard]] std::vector<ModelInfo> list() const;
  /// An installed model. kUnavailable, with the archive to import, for a known one; kNotFound for others.
  [[nodiscard]] Result<ModelInfo> find(std::string_view name) const;

  /// Installs the model of a folder, or of an archive (tar with bzip2, gzip or xz; ZIP), of which only the
  /// model's files are kept. `name` empty: the known name, or that of the folder or archive. Errors:
  /// kNotFound where there is no such model; kBadData; kExists when it is installed and `replace` is false;
  /// kDiskFull; kCancelled soon after `stop`.
  [[nodiscard]] Result<ModelInfo> import(const std::filesystem::path& source, std::string_view name,
                                         bool replace, const std::stop_token& stop) const;

  /// Compares the files with what was imported; the digest is that of their list. kBadData when one has
  /// changed.
  [[nodiscard]] Result<Verification> verify(std::string_view name, const std::stop_token& stop) const;

  /// Returns the number of bytes freed. kNotFound when it is not installed.
  [[nodiscard]] Result<std::uint64_t> remove(std::string_view name) const;

 private:
  [[nodiscard]] std::filesystem::path folder_of(std::string_view name) const;
  [[nodiscard]] bool is_installed(std::string_view name) const;
  [[nodiscard]] ModelInfo info(std::string_view name) const;
  [[nodiscard]] Result<> install(const std::filesystem::path& folder, const std::string& name, bool replace,
                                 const IncomingFolder& incoming, const std::stop_token& stop) const;

  StoreOptions options_;
};

/// Whether RecogniserStore::import() is for this path: a folder with such a model, or an archive.
[[nodiscard]] bool holds_recogniser(const std::filesystem::path& path);

}  // namespace vat::catalog
