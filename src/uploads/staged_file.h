// A file while its bytes arrive: locked, and removed unless it is kept.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"

namespace vat::uploads {

/// In the staging folder (ObjectStore::staging()). The lock is the kernel's (flock), so that it ends with the
/// process, and the sweep of dead processes' leftovers can tell what is still being written. Every function
/// except the constructors blocks briefly. One thread at a time.
class StagedFile {
 public:
  /// Bytes of one request: "ID.upload". They are removed with the object.
  [[nodiscard]] static Result<StagedFile> create(const std::filesystem::path& folder, const std::string& id);
  /// Bytes of a resumable upload: "ID.tus", created if missing. They stay. Empty while another writes it.
  [[nodiscard]] static Result<std::optional<StagedFile>> open_resumable(const std::filesystem::path& folder,
                                                                        const std::string& id);
  StagedFile(StagedFile&& other) noexcept;
  StagedFile& operator=(StagedFile&&) = delete;
  ~StagedFile();

  [[nodiscard]] Result<> append(std::string_view bytes);
  /// Truncates the file to `size` bytes.
  [[nodiscard]] Result<> truncate(std::uint64_t size);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] int fd() const { return fd_.get(); }

  /// Bytes after `size` are not valid until forget_mark(): the next open truncates them.
  [[nodiscard]] Result<> mark(std::uint64_t size);
  void forget_mark();

  /// A short text about a resumable file, which goes with it; empty if there is none. Written as a whole.
  [[nodiscard]] std::string note() const;
  [[nodiscard]] Result<> set_note(std::string_view text);
  void forget_note();

  /// Deletes the file and what belongs to it.
  void remove();
  /// The file was moved elsewhere, or its bytes must stay.
  void keep() { transient_ = false; }

 private:
  StagedFile(UniqueFd fd, std::filesystem::path path, bool transient);
  [[nodiscard]] Result<> obey_mark();

  UniqueFd fd_;
  std::filesystem::path path_;
  std::uint64_t size_ = 0;
  bool transient_ = true;
};

/// Bytes received of a resumable upload, without locking it; 0 if there is no file.
[[nodiscard]] std::uint64_t resumable_size(const std::filesystem::path& folder, const std::string& id);
[[nodiscard]] std::filesystem::path resumable_path(const std::filesystem::path& folder,
                                                   const std::string& id);

/// Removes what requests left behind whose process died: files of create() that nobody has locked, and files
/// of open_resumable() that nobody has locked and that were last written before `resumable_before`.
[[nodiscard]] Result<> sweep_staged(const std::filesystem::path& folder,
                                    std::filesystem::file_time_type resumable_before);

}  // namespace vat::uploads
