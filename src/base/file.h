// Files: whole reads with a bound, atomic writes, directories, locks. Every function may be called from any
// thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace vat {

/// Owns a POSIX file descriptor and closes it.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  ~UniqueFd() { reset(); }

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void reset();

 private:
  int fd_ = -1;
};

struct Pipe {
  UniqueFd read_end, write_end;
};
/// Both ends are closed on exec.
[[nodiscard]] Result<Pipe> make_pipe();

/// The whole file as bytes; kLimit when it is larger than `max_bytes`.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path, std::size_t max_bytes);

enum class Overwrite { kRefuse, kReplace };

/// A file that appears under its name complete or not at all: bytes go to a temporary name in the same
/// directory, which commit() flushes to the disk and renames. Without commit() nothing is left behind. One
/// thread at a time.
class AtomicFile {
 public:
  /// Creates missing parent directories. kExists when the file exists and `overwrite` does not allow
  /// replacing it.
  [[nodiscard]] static Result<AtomicFile> create(const std::filesystem::path& path, Overwrite overwrite);
  AtomicFile(AtomicFile&&) = default;
  AtomicFile& operator=(AtomicFile&&) = default;
  ~AtomicFile();

  [[nodiscard]] Result<> write(std::string_view bytes);
  /// The temporary file, for a library that writes by name or descriptor. Valid until commit().
  [[nodiscard]] const std::filesystem::path& temporary_path() const { return temporary_; }
  [[nodiscard]] int fd() const { return fd_.get(); }
  /// Fsync, rename (or link, when overwriting is refused), fsync of the directory.
  [[nodiscard]] Result<> commit();

 private:
  AtomicFile() = default;
  UniqueFd fd_;
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  Overwrite overwrite_ = Overwrite::kRefuse;
};

/// create + write + commit.
[[nodiscard]] Result<> write_file_atomically(const std::filesystem::path& path, std::string_view bytes,
                                             Overwrite overwrite);

/// Writes all bytes to a descriptor, through partial writes and EINTR. `name` is for the error message.
[[nodiscard]] Result<> write_all(int fd, std::string_view bytes, std::string_view name);

[[nodiscard]] Result<> make_directories(const std::filesystem::path& path);

/// An exclusive advisory lock between processes (flock), held until destroyed.
class FileLock {
 public:
  /// Waits until the lock is free; creates the file. The kernel releases it when its holder dies.
  [[nodiscard]] static Result<FileLock> acquire(const std::filesystem::path& path);
  /// The same until `stop`, then kCancelled. Calls `waiting`, which may be empty, a few times a second while
  /// another holds the lock.
  [[nodiscard]] static Result<FileLock> acquire(const std::filesystem::path& path,
                                                const std::stop_token& stop,
                                                const std::function<void()>& waiting = {});
  /// The same without waiting; empty while another holds the lock.
  [[nodiscard]] static Result<std::optional<FileLock>> try_acquire(const std::filesystem::path& path);

 private:
  explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

/// A new directory under the system's temporary folder, removed with its contents when destroyed.
class TemporaryDirectory {
 public:
  [[nodiscard]] static Result<TemporaryDirectory> create(std::string_view prefix = "vat");
  TemporaryDirectory(TemporaryDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
  ~TemporaryDirectory();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryDirectory(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

/// $XDG_CACHE_HOME/vat or ~/.cache/vat (XDG Base Directory Specification 0.8); VAT_CACHE replaces it.
[[nodiscard]] std::filesystem::path cache_directory();

}  // namespace vat
