#include "catalog/files.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/bytes.h"
#include "catalog/published.h"

namespace vat::catalog {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlock = 1'048'576;
constexpr const char* kWorkshops = ".making";

/// Calls `take` with each block of the file.
Result<> read_blocks(const fs::path& path, const std::stop_token& stop,
                     const std::function<Result<>(std::string_view)>& take) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return fail(system_error(errno, "read", path.string()));
  std::string block(kBlock, '\0');
  while (true) {
    if (stop.stop_requested())
      return fail(ErrorCode::kCancelled, "Stopped while reading " + path.string() + ".");
    const ssize_t count = ::read(fd.get(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(system_error(errno, "read", path.string()));
    if (count == 0) return {};
    VAT_TRY(take(std::string_view(block).substr(0, static_cast<std::size_t>(count))));
  }
}

}  // namespace

ModelFiles::ModelFiles(const fs::path& directory, std::string_view name)
    : model(directory / model_file_name(name)),
      partial(model.string() + ".partial"),
      etag(model.string() + ".partial.etag"),
      digest(model.string() + ".sha256"),
      source(model.string() + ".source"),
      workshop(fs::absolute(directory) / kWorkshops / std::string(name)),
      lock(directory / ".locks" / std::string(name)) {}

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

std::string installed_name(const fs::path& path) {
  const std::string file = path.filename().string();
  std::string name = canonical_model_name(file);
  return model_file_name(name) == file && check_model_name(name) ? name : std::string();
}

ModelKind kind_of(std::string_view name) {
  if (is_voice_file(name)) return ModelKind::kVoice;
  return name.starts_with("silero") ? ModelKind::kSpeechDetection : ModelKind::kRecognition;
}

Result<IncomingFolder> IncomingFolder::open(const fs::path& directory, const std::stop_token& stop) {
  VAT_ASSIGN(FileLock lock, FileLock::acquire(directory / ".locks" / ".incoming", stop));
  const fs::path path = directory / ".incoming";
  std::error_code error;
  fs::remove_all(path, error);
  if (error) return fail(system_error(error.value(), "empty the folder", path.string()));
  VAT_TRY(make_directories(path));
  return IncomingFolder(path, std::move(lock));
}

IncomingFolder::~IncomingFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

Workshop::~Workshop() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

Result<> Workshop::open() const {
  std::error_code error;
  fs::remove_all(path_, error);
  if (error) return fail(system_error(error.value(), "empty the folder", path_.string()));
  return make_directories(path_);
}

void remove_abandoned_workshops(const fs::path& directory) {
  std::error_code error;
  for (fs::directory_iterator entry(directory / kWorkshops, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!check_model_name(name)) continue;
    const auto lock = FileLock::try_acquire(ModelFiles(directory, name).lock);
    std::error_code ignored;
    if (lock && *lock) fs::remove_all(entry->path(), ignored);
  }
}

std::uint64_t file_bytes(const fs::path& path) {
  std::error_code error;
  const auto bytes = fs::file_size(path, error);
  return error ? 0 : bytes;
}

Result<std::string> hash_model(Digest digest, const fs::path& path, const std::stop_token& stop,
                               const ByteSink& progress) {
  Hasher hasher(digest);
  std::uint64_t done = 0;
  VAT_TRY(read_blocks(path, stop, [&](std::string_view block) -> Result<> {
    hasher.update(block);
    done += block.size();
    if (progress) progress(done);
    return {};
  }));
  return hasher.finish();
}

Result<Digests> hash_model(const fs::path& path, const std::stop_token& stop) {
  Hasher sha1(Digest::kSha1);
  Hasher sha256(Digest::kSha256);
  VAT_TRY(read_blocks(path, stop, [&](std::string_view block) -> Result<> {
    sha1.update(block);
    sha256.update(block);
    return {};
  }));
  return Digests{sha1.finish(), sha256.finish()};
}

Result<> copy_model(const fs::path& source, const fs::path& target, const std::stop_token& stop) {
  return join_files({source}, target, stop);
}

Result<> join_files(const std::vector<fs::path>& parts, const fs::path& target, const std::stop_token& stop) {
  VAT_ASSIGN(AtomicFile file, AtomicFile::create(target, Overwrite::kReplace));
  for (const fs::path& part : parts)
    VAT_TRY(read_blocks(part, stop, [&](std::string_view block) { return file.write(block); }));
  return file.commit();
}

Result<> check_free_space(const StoreOptions& options, std::uint64_t bytes, std::string_view model) {
  const fs::path& directory = options.directory;
  struct statvfs info {};
  // If the file system cannot tell, writing is attempted and fails when it is full.
  if (::statvfs(directory.c_str(), &info) != 0) return {};
  const std::uint64_t available = static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
  if (available >= bytes) return {};
  const std::string& setting = options.controls.directory;
  return fail(ErrorCode::kDiskFull,
              "The model " + std::string(model) + " needs " + format_bytes(bytes) + ", but " +
                  directory.string() + " has only " + format_bytes(available) + " left; make room" +
                  (setting.empty() ? "" : ", or choose another folder with " + setting) + ".");
}

Result<> publish(const fs::path& partial, const fs::path& model) {
  const UniqueFd fd(::open(partial.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0 || ::rename(partial.c_str(), model.c_str()) != 0)
    return fail(system_error(errno, "write", model.string()));
  const UniqueFd directory(::open(model.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory) ::fsync(directory.get());
  return {};
}

Result<FileLock> lock_model(const ModelFiles& files, const std::stop_token& stop,
                            const std::function<void()>& waiting) {
  auto lock = FileLock::acquire(files.lock, stop, waiting);
  if (!lock && lock.error().code == ErrorCode::kCancelled)
    return fail(ErrorCode::kCancelled, "Stopped while another process was working on the same model.");
  return lock;
}

}  // namespace vat::catalog
