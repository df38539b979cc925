#include "objects/local_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <utility>

#include "base/file.h"
#include "base/private_tree.h"

namespace vat::objects {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::hours kStaleAfter{48};

Result<> sync(const fs::path& path, int flags) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags));
  if (!fd || ::fsync(fd.get()) != 0) return fail(system_error(errno, "write", path.string()));
  return {};
}

/// What users sent and what was made of it is nobody else's on the machine.
Result<> make_private(const fs::path& path, bool folder) {
  if (::chmod(path.c_str(), folder ? S_IRWXU : S_IRUSR | S_IWUSR) == 0) return {};
  return fail(system_error(errno, "protect", path.string()));
}

/// Creates the folder so that its name also survives a power cut.
Result<> make_durable_directory(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return {};
  VAT_TRY(make_durable_directory(path.parent_path()));
  VAT_TRY(make_directories(path));
  VAT_TRY(make_private(path, true));
  return sync(path.parent_path(), O_DIRECTORY);
}

tl::unexpected<Error> no_key(const std::string& key) {
  return fail(ErrorCode::kInternal, "The key of a file is not valid.", "key \"" + key.substr(0, 100) + "\"");
}

class LocalStore : public ObjectStore {
 public:
  explicit LocalStore(fs::path directory)
      : objects_(directory / "objects"), staging_(std::move(directory) / "staging") {}

  [[nodiscard]] Result<> put(const std::string& key, const fs::path& file) override {
    if (!is_object_key(key)) return no_key(key);
    const fs::path path = path_of(key);
    VAT_TRY(make_private(file, false));
    VAT_TRY(sync(file, 0));
    VAT_TRY(make_durable_directory(path.parent_path()));
    if (::rename(file.c_str(), path.c_str()) != 0) return fail(system_error(errno, "write", path.string()));
    return sync(path.parent_path(), O_DIRECTORY);
  }

  [[nodiscard]] Result<LocalObject> get(const std::string& key) override {
    if (!is_object_key(key)) return no_key(key);
    fs::path path = path_of(key);
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
      if (errno != ENOENT && errno != ENOTDIR) return fail(system_error(errno, "read", path.string()));
      return fail(ErrorCode::kNotFound, "The file is no longer in the store.", path.string());
    }
    return LocalObject{.path = std::move(path), .size = static_cast<std::uint64_t>(status.st_size)};
  }

  [[nodiscard]] Result<> remove(const std::string& key) override {
    if (!is_object_key(key)) return no_key(key);
    const fs::path path = path_of(key);
    if (::unlink(path.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR)
      return fail(system_error(errno, "remove", path.string()));
    return {};
  }

  [[nodiscard]] Result<> each_older(UtcTime time, const TakeKeys& take) override {
    constexpr std::size_t kBatch = 500;
    const auto before = std::chrono::file_clock::from_sys(time);
    std::vector<std::string> keys;
    std::error_code error;
    for (fs::recursive_directory_iterator entry(objects_, error), end; !error && entry != end;
         entry.increment(error)) {
      std::error_code gone;
      if (!entry->is_regular_file(gone) || gone) continue;
      const auto written = entry->last_write_time(gone);
      if (gone || written >= before) continue;
      // objects/KIND/7e/11/UUID
      const fs::path& path = entry->path();
      std::string key =
          path.parent_path().parent_path().parent_path().filename().string() + "/" + path.filename().string();
      if (!is_object_key(key) || path != path_of(key)) continue;
      keys.push_back(std::move(key));
      if (keys.size() == kBatch) VAT_TRY(take(std::exchange(keys, {})));
    }
    if (error) return fail(system_error(error.value(), "read", objects_.string()));
    return keys.empty() ? Result<>() : take(keys);
  }

  [[nodiscard]] fs::path staging() const override { return staging_; }

  [[nodiscard]] Result<StorageSpace> space() const override {
    struct statvfs status {};
    if (::statvfs(objects_.c_str(), &status) != 0)
      return fail(system_error(errno, "read the free space of", objects_.string()));
    const auto block = static_cast<std::uint64_t>(status.f_frsize);
    return StorageSpace{.free_bytes = block * status.f_bavail, .total_bytes = block * status.f_blocks};
  }

  [[nodiscard]] Result<> prepare() const {
    VAT_TRY(make_durable_directory(objects_));
    VAT_TRY(make_durable_directory(staging_));
    for (const fs::path& folder : {objects_, staging_}) {
      VAT_TRY(make_private_tree(folder));  // An earlier version left them readable.
      if (::access(folder.c_str(), R_OK | W_OK | X_OK) != 0)
        return fail(system_error(errno, "write in", folder.string()));
    }
    return {};
  }

 private:
  /// The last digits of a UUID are random, so the files spread evenly over the folders.
  [[nodiscard]] fs::path path_of(const std::string& key) const {
    const std::size_t slash = key.find('/');
    const std::string name = key.substr(slash + 1);
    return objects_ / key.substr(0, slash) / name.substr(name.size() - 4, 2) / name.substr(name.size() - 2) /
           name;
  }

  const fs::path objects_;
  const fs::path staging_;
};

/// When the file, or anything in the folder, was last written; empty if it no longer exists.
std::optional<fs::file_time_type> last_written(const fs::path& path) {
  std::error_code error;
  fs::file_time_type latest = fs::last_write_time(path, error);
  if (error) return std::nullopt;
  if (!fs::is_directory(fs::symlink_status(path, error)) || error) return latest;
  for (fs::recursive_directory_iterator entry(path, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code gone;
    const auto written = entry->last_write_time(gone);
    if (!gone) latest = std::max(latest, written);
  }
  return latest;
}

}  // namespace

Result<std::unique_ptr<ObjectStore>> open_local_store(const fs::path& directory) {
  std::error_code error;
  fs::path absolute = fs::absolute(directory, error);
  if (error) return fail(system_error(error.value(), "use the folder", directory.string()));
  auto store = std::make_unique<LocalStore>(std::move(absolute));
  VAT_TRY(store->prepare());
  return store;
}

std::size_t remove_stale(const ObjectStore& store, UtcTime now) {
  const auto oldest = std::chrono::file_clock::from_sys(now) - kStaleAfter;
  std::size_t removed = 0;
  std::error_code error;
  for (fs::directory_iterator entry(store.staging(), error), end; !error && entry != end;
       entry.increment(error)) {
    const auto written = last_written(entry->path());
    std::error_code failure;
    if (written && *written < oldest && fs::remove_all(entry->path(), failure) > 0 && !failure) ++removed;
  }
  return removed;
}

}  // namespace vat::objects
