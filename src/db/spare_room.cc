#include "db/spare_room.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <system_error>

#include "base/file.h"

namespace vat::db {

void SpareRoom::keep() {
  const std::lock_guard lock(mutex_);
  std::error_code error;
  if (path_.empty() || std::filesystem::exists(path_, error)) return;
  const auto space = std::filesystem::space(path_.parent_path(), error);
  if (error || space.available < 3 * kBytes) return;
#ifdef __linux__
  const UniqueFd fd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (fd && ::posix_fallocate(fd.get(), 0, static_cast<off_t>(kBytes)) != 0) ::unlink(path_.c_str());
#endif
}

bool SpareRoom::give_up() {
  const std::lock_guard lock(mutex_);
  return !path_.empty() && ::unlink(path_.c_str()) == 0;
}

}  // namespace vat::db
