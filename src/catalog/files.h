// The store's files: their names, cancellable digests, free space, and installing a model.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "base/result.h"
#include "catalog/published.h"
#include "catalog/store.h"

namespace vat::catalog {

/// The files of one model.
struct ModelFiles {
  ModelFiles(const std::filesystem::path& directory, std::string_view name);

  std::filesystem::path model;
  std::filesystem::path partial;   ///< The unfinished download.
  std::filesystem::path etag;      ///< The entity tag of the started download.
  std::filesystem::path digest;    ///< SHA-256 of an imported file.
  std::filesystem::path source;    ///< Name of the source of the installed model.
  std::filesystem::path workshop;  ///< Folder in which the model is made from packages.
  std::filesystem::path lock;      ///< Held while any of the others changes.
};

[[nodiscard]] bool is_file(const std::filesystem::path& path);
/// "base.en" of "ggml-base.en.bin"; empty for any other file.
[[nodiscard]] std::string installed_name(const std::filesystem::path& path);
/// The kind of a model that is not published, from its name.
[[nodiscard]] ModelKind kind_of(std::string_view name);

/// Room in the store's folder for one file that is not a model yet. Whoever has it is the only one; it is
/// emptied at the start, of what a killed process left, and at the end.
class IncomingFolder {
 public:
  /// Waits while another process or thread has it; kCancelled soon after `stop`.
  [[nodiscard]] static Result<IncomingFolder> open(const std::filesystem::path& directory,
                                                   const std::stop_token& stop);
  ~IncomingFolder();
  IncomingFolder(IncomingFolder&&) = default;
  IncomingFolder& operator=(IncomingFolder&&) = delete;
  [[nodiscard]] std::filesystem::path file() const { return path_ / "model"; }

 private:
  IncomingFolder(std::filesystem::path path, FileLock lock)
      : lock_(std::move(lock)), path_(std::move(path)) {}
  FileLock lock_;
  std::filesystem::path path_;
};

/// A model's folder for what is only needed until it is installed. The caller holds the model's lock.
class Workshop {
 public:
  explicit Workshop(std::filesystem::path path) : path_(std::move(path)) {}
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;
  ~Workshop();
  /// Makes the folder, without anything that a killed process left.
  [[nodiscard]] Result<> open() const;

 private:
  const std::filesystem::path path_;
};

/// Removes the workshops that killed processes left, except those of models whose lock is held.
void remove_abandoned_workshops(const std::filesystem::path& directory);

/// Zero when there is no such file.
[[nodiscard]] std::uint64_t file_bytes(const std::filesystem::path& path);

/// Reports how many bytes are done.
using ByteSink = std::function<void(std::uint64_t done)>;

/// Lower-case hexadecimal. kCancelled soon after `stop`.
[[nodiscard]] Result<std::string> hash_model(Digest digest, const std::filesystem::path& path,
                                             const std::stop_token& stop, const ByteSink& progress);

struct Digests {
  std::string sha1;
  std::string sha256;
};
/// Both digests of the file. kCancelled soon after `stop`.
[[nodiscard]] Result<Digests> hash_model(const std::filesystem::path& path, const std::stop_token& stop);

/// Copies the file. kCancelled soon after `stop`.
[[nodiscard]] Result<> copy_model(const std::filesystem::path& source, const std::filesystem::path& target,
                                  const std::stop_token& stop);

/// Writes the parts into one file, in this order. kCancelled soon after `stop`.
[[nodiscard]] Result<> join_files(const std::vector<std::filesystem::path>& parts,
                                  const std::filesystem::path& target, const std::stop_token& stop);

/// kDiskFull when the store's directory has less room than the `bytes` of the model.
[[nodiscard]] Result<> check_free_space(const StoreOptions& options, std::uint64_t bytes,
                                        std::string_view model);

/// Flushes `partial` to the disk and renames it to `model`.
[[nodiscard]] Result<> publish(const std::filesystem::path& partial, const std::filesystem::path& model);

/// Takes the lock; while another process holds it, calls `waiting` a few times a second. kCancelled after
/// `stop`.
[[nodiscard]] Result<FileLock> lock_model(const ModelFiles& files, const std::stop_token& stop,
                                          const std::function<void()>& waiting);

}  // namespace vat::catalog
