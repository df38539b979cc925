#include "base/private_tree.h"

#include <sys/stat.h>

#include <cerrno>
#include <system_error>

#include "base/file.h"

namespace vat {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kFolderMode = S_IRWXU;
constexpr mode_t kFileMode = S_IRUSR | S_IWUSR;
constexpr mode_t kPermissionBits = 07777;

/// errno, or 0. Only what is readable by others is changed.
int make_private(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return errno == ENOENT ? 0 : errno;
  const bool folder = S_ISDIR(status.st_mode);
  if (!folder && !S_ISREG(status.st_mode)) return 0;
  const mode_t wanted = folder ? kFolderMode : kFileMode;
  if ((status.st_mode & kPermissionBits) == wanted) return 0;
  if (::chmod(path.c_str(), wanted) == 0 || errno == ENOENT || errno == EPERM) return 0;
  return errno;
}

}  // namespace

Result<> make_private_tree(const fs::path& folder) {
  VAT_TRY(make_directories(folder));
  struct stat status {};
  if (::stat(folder.c_str(), &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) == 0) return {};
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (const int failed = make_private(entry->path()); failed != 0)
      return fail(system_error(failed, "protect", entry->path().string()));
  }
  // Files come and go meanwhile.
  if (error && error != std::errc::no_such_file_or_directory)
    return fail(system_error(error.value(), "protect", folder.string()));
  // Last, so that an interrupted run is repeated.
  if (const int failed = make_private(folder); failed != 0)
    return fail(system_error(failed, "protect", folder.string()));
  return {};
}

}  // namespace vat
