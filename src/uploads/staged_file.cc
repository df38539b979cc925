#include "uploads/staged_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

#include "base/number.h"
#include "base/uuid.h"

namespace vat::uploads {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kOnce = ".upload";
constexpr std::string_view kResumable = ".tus";
constexpr std::string_view kMark = ".mark";
constexpr std::string_view kNote = ".note";
constexpr std::size_t kMaxNoteBytes = 16'384;
/// Between creating a file and locking it, another process must not take it for an orphan.
constexpr std::chrono::seconds kYoung{60};

tl::unexpected<Error> refuse(int errno_value, std::string_view verb) {
  return fail(system_error(errno_value, verb, "the upload's file"));
}

Result<> lock(int fd, bool& taken) {
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return refuse(errno, "lock");
    taken = true;
    return {};
  }
  taken = false;
  return {};
}

/// False if the file was removed before it was locked.
bool has_name(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && status.st_nlink > 0;
}

fs::path mark_path(const fs::path& path) { return fs::path(path).concat(kMark); }
fs::path note_path(const fs::path& path) { return fs::path(path).concat(kNote); }

}  // namespace

StagedFile::StagedFile(UniqueFd fd, fs::path path, bool transient)
    : fd_(std::move(fd)), path_(std::move(path)), transient_(transient) {}

StagedFile::StagedFile(StagedFile&& other) noexcept
    : fd_(std::move(other.fd_)),
      path_(std::move(other.path_)),
      size_(other.size_),
      transient_(std::exchange(other.transient_, false)) {}

StagedFile::~StagedFile() {
  if (transient_ && fd_) remove();
}

Result<StagedFile> StagedFile::create(const fs::path& folder, const std::string& id) {
  fs::path path = folder / (id + std::string(kOnce));
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) return refuse(errno, "create");
  StagedFile file(std::move(fd), std::move(path), true);
  bool taken = false;
  VAT_TRY(lock(file.fd(), taken));
  return file;
}

Result<std::optional<StagedFile>> StagedFile::open_resumable(const fs::path& folder, const std::string& id) {
  const fs::path path = resumable_path(folder, id);
  while (true) {
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!fd) return refuse(errno, "create");
    bool taken = false;
    VAT_TRY(lock(fd.get(), taken));
    if (taken) return std::optional<StagedFile>();
    if (!has_name(fd.get())) continue;
    StagedFile file(std::move(fd), path, false);
    const off_t end = ::lseek(file.fd(), 0, SEEK_END);
    if (end < 0) return refuse(errno, "read");
    file.size_ = static_cast<std::uint64_t>(end);
    VAT_TRY(file.obey_mark());
    return std::optional<StagedFile>(std::move(file));
  }
}

Result<> StagedFile::append(std::string_view bytes) {
  VAT_TRY(write_all(fd_.get(), bytes, "the upload's file"));
  size_ += bytes.size();
  return {};
}

Result<> StagedFile::truncate(std::uint64_t size) {
  if (::ftruncate(fd_.get(), static_cast<off_t>(size)) != 0) return refuse(errno, "write");
  if (::lseek(fd_.get(), 0, SEEK_END) < 0) return refuse(errno, "write");
  size_ = size;
  return {};
}

Result<> StagedFile::mark(std::uint64_t size) {
  return write_file_atomically(mark_path(path_), std::to_string(size), Overwrite::kReplace);
}

void StagedFile::forget_mark() { ::unlink(mark_path(path_).c_str()); }

std::string StagedFile::note() const { return read_file(note_path(path_), kMaxNoteBytes).value_or(""); }

Result<> StagedFile::set_note(std::string_view text) {
  return write_file_atomically(note_path(path_), text, Overwrite::kReplace);
}

void StagedFile::forget_note() { ::unlink(note_path(path_).c_str()); }

Result<> StagedFile::obey_mark() {
  const Result<std::string> mark = read_file(mark_path(path_), 64);
  if (!mark) return {};  // The ordinary case: there is none.
  const std::uint64_t good = parse_number<std::uint64_t>(*mark).value_or(0);
  if (good < size_) VAT_TRY(truncate(good));
  forget_mark();
  return {};
}

void StagedFile::remove() {
  ::unlink(path_.c_str());
  if (path_.extension() == kResumable) {
    forget_mark();
    forget_note();
  }
  transient_ = false;
}

fs::path resumable_path(const fs::path& folder, const std::string& id) {
  return folder / (id + std::string(kResumable));
}

std::uint64_t resumable_size(const fs::path& folder, const std::string& id) {
  const fs::path path = resumable_path(folder, id);
  std::error_code none;
  std::uint64_t size = fs::file_size(path, none);
  if (none) return 0;
  if (const Result<std::string> mark = read_file(mark_path(path), 64))
    size = std::min(size, parse_number<std::uint64_t>(*mark).value_or(size));
  return size;
}

namespace {

/// Unless it is locked.
void remove_abandoned(const fs::path& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!fd) return;
  bool taken = true;
  if (!lock(fd.get(), taken) || taken) return;
  ::unlink(path.c_str());
  ::unlink(mark_path(path).c_str());
  ::unlink(note_path(path).c_str());
}

bool is_abandoned(const fs::directory_entry& entry, fs::file_time_type young, fs::file_time_type resumable) {
  // A note belongs to its file, but a crash may have left it alone.
  const fs::path path = entry.path().extension() == kNote ? entry.path().stem() : entry.path();
  if (!is_uuid(path.stem().string())) return false;
  std::error_code error;
  const fs::file_time_type written = entry.last_write_time(error);
  if (error) return false;
  if (path.extension() == kOnce) return written < young;
  return path.extension() == kResumable && written < resumable;
}

}  // namespace

Result<> sweep_staged(const fs::path& folder, fs::file_time_type resumable_before) {
  const fs::file_time_type young = fs::file_time_type::clock::now() - kYoung;
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    if (is_abandoned(*entries, young, resumable_before)) remove_abandoned(entries->path());
  }
  if (error) return fail(system_error(error.value(), "read", "the staging folder"));
  return {};
}

}  // namespace vat::uploads
