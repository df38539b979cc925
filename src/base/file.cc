#include "base/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>

#include "base/bytes.h"
#include "base/file_name.h"
#include "base/pause.h"

namespace vat {
namespace {

namespace fs = std::filesystem;

std::string temporary_suffix() {
  static std::atomic<unsigned> counter{0};
  return ".part-" + std::to_string(::getpid()) + "-" + std::to_string(counter.fetch_add(1));
}

void sync_directory(const fs::path& directory) {
  UniqueFd fd(::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd) ::fsync(fd.get());
}

Result<UniqueFd> open_lock(const fs::path& path) {
  if (path.has_parent_path()) VAT_TRY(make_directories(path.parent_path()));
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!fd) return fail(system_error(errno, "lock", path.string()));
  return fd;
}

tl::unexpected<Error> exists_already(const fs::path& path) {
  return fail(ErrorCode::kExists, path.string() + " already exists.");
}

}  // namespace

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.release();
  }
  return *this;
}

void UniqueFd::reset() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
#ifdef __linux__
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(system_error(errno, "open", "a pipe"));
#else
  if (::pipe(ends.data()) != 0) return fail(system_error(errno, "open", "a pipe"));
  for (const int end : ends) (void)::fcntl(end, F_SETFD, FD_CLOEXEC);
#endif
  return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

Result<std::string> read_file(const fs::path& path, std::size_t max_bytes) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return fail(system_error(errno, "read", path.string()));
  std::string bytes;
  constexpr std::size_t kBlock = 64 * 1024;
  while (true) {
    const std::size_t old_size = bytes.size();
    bytes.resize(old_size + kBlock);
    const ssize_t count = ::read(fd.get(), bytes.data() + old_size, kBlock);
    if (count < 0 && errno == EINTR) {
      bytes.resize(old_size);
      continue;
    }
    if (count < 0) return fail(system_error(errno, "read", path.string()));
    bytes.resize(old_size + static_cast<std::size_t>(count));
    if (bytes.size() > max_bytes)
      return fail(ErrorCode::kLimit, path.string() + " is larger than " + format_bytes(max_bytes) + ".");
    if (count == 0) return bytes;
  }
}

Result<AtomicFile> AtomicFile::create(const fs::path& path, Overwrite overwrite) {
  std::error_code ignored;
  if (overwrite == Overwrite::kRefuse && fs::exists(path, ignored)) return exists_already(path);
  if (path.has_parent_path()) VAT_TRY(make_directories(path.parent_path()));
  AtomicFile file;
  file.path_ = path;
  file.temporary_ = path.parent_path() / fitted_file_name("." + path.filename().string(), temporary_suffix());
  file.overwrite_ = overwrite;
  file.fd_ = UniqueFd(::open(file.temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!file.fd_) {
    const int saved = errno;
    file.temporary_.clear();
    return fail(system_error(saved, "write", path.string()));
  }
  return file;
}

AtomicFile::~AtomicFile() {
  if (fd_) ::unlink(temporary_.c_str());
}

Result<> AtomicFile::write(std::string_view bytes) { return write_all(fd_.get(), bytes, path_.string()); }

Result<> AtomicFile::commit() {
  if (::fsync(fd_.get()) != 0) return fail(system_error(errno, "write", path_.string()));
  if (overwrite_ == Overwrite::kReplace) {
    if (::rename(temporary_.c_str(), path_.c_str()) != 0)
      return fail(system_error(errno, "write", path_.string()));
  } else {
    // link() refuses an existing name atomically, which rename() does not.
    if (::link(temporary_.c_str(), path_.c_str()) != 0) {
      if (errno == EEXIST) return exists_already(path_);
      // Some file systems have no hard links; there the check made by create() has to do.
      if (::rename(temporary_.c_str(), path_.c_str()) != 0)
        return fail(system_error(errno, "write", path_.string()));
    }
    ::unlink(temporary_.c_str());
  }
  fd_.reset();
  sync_directory(path_.parent_path());
  return {};
}

Result<> write_file_atomically(const fs::path& path, std::string_view bytes, Overwrite overwrite) {
  VAT_ASSIGN(AtomicFile file, AtomicFile::create(path, overwrite));
  VAT_TRY(file.write(bytes));
  return file.commit();
}

Result<> write_all(int fd, std::string_view bytes, std::string_view name) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0) {
      if (errno == EINTR) continue;
      return fail(system_error(errno, "write", name));
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<> make_directories(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return fail(system_error(error.value(), "create the folder", path.string()));
  return {};
}

Result<FileLock> FileLock::acquire(const fs::path& path) {
  VAT_ASSIGN(UniqueFd fd, open_lock(path));
  while (::flock(fd.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return fail(system_error(errno, "lock", path.string()));
  }
  return FileLock(std::move(fd));
}

Result<FileLock> FileLock::acquire(const fs::path& path, const std::stop_token& stop,
                                   const std::function<void()>& waiting) {
  // flock() cannot wait for a lock and for a stop at once.
  constexpr std::chrono::milliseconds kLook{100};
  while (true) {
    VAT_ASSIGN(auto lock, try_acquire(path));
    if (lock) return std::move(*lock);
    if (waiting) waiting();
    if (!pause(kLook, stop))
      return fail(ErrorCode::kCancelled, "Stopped while another had the lock of " + path.string() + ".");
  }
}

Result<std::optional<FileLock>> FileLock::try_acquire(const fs::path& path) {
  VAT_ASSIGN(UniqueFd fd, open_lock(path));
  while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return std::optional<FileLock>();
    if (errno != EINTR) return fail(system_error(errno, "lock", path.string()));
  }
  return std::optional<FileLock>(FileLock(std::move(fd)));
}

Result<TemporaryDirectory> TemporaryDirectory::create(std::string_view prefix) {
  std::error_code error;
  std::string pattern = (fs::temp_directory_path(error) / (std::string(prefix) + "-XXXXXX")).string();
  if (error) return fail(system_error(error.value(), "use", "the temporary folder"));
  if (::mkdtemp(pattern.data()) == nullptr) return fail(system_error(errno, "create", pattern));
  return TemporaryDirectory(fs::path(pattern));
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

fs::path cache_directory() {
  const auto variable = [](const char* name) -> fs::path {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing here calls setenv
    return value == nullptr ? fs::path() : fs::path(value);
  };
  if (fs::path own = variable("VAT_CACHE"); !own.empty()) return own;
  // The specification says that a relative path is to be ignored.
  if (const fs::path xdg = variable("XDG_CACHE_HOME"); xdg.is_absolute()) return xdg / "vat";
  if (const fs::path home = variable("HOME"); !home.empty()) return home / ".cache" / "vat";
  return fs::path("/var/cache/vat");
}

}  // namespace vat
