#include "uploads/work_folder.h"

#include <chrono>
#include <system_error>
#include <vector>

#include "base/file.h"
#include "base/uuid.h"

namespace vat::uploads {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWorkEnds = ".work";
constexpr std::chrono::hours kLongAgo{7 * 24};

/// Unless something cannot be told.
bool is_deserted(const fs::path& folder, fs::file_time_type since) {
  std::error_code error;
  bool deserted = fs::last_write_time(folder, error) < since && !error;
  fs::recursive_directory_iterator entries(folder, error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error))
    deserted = deserted && entries->last_write_time(error) < since && !error;
  return deserted && !error;
}

}  // namespace

Result<WorkFolder> WorkFolder::create(const ObjectStore& objects) {
  std::filesystem::path path = objects.staging() / (make_uuid() + kWorkEnds);
  VAT_TRY(make_directories(path));
  return WorkFolder(std::move(path));
}

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

void sweep_work_folders(const fs::path& staging) {
  const fs::file_time_type since = fs::file_time_type::clock::now() - kLongAgo;
  std::error_code error;
  std::vector<fs::path> deserted;
  for (fs::directory_iterator entries(staging, error); !error && entries != fs::directory_iterator();
       entries.increment(error)) {
    const fs::path& path = entries->path();
    if (path.extension() == kWorkEnds && is_uuid(path.stem().string()) && is_deserted(path, since))
      deserted.push_back(path);
  }
  for (const fs::path& path : deserted) fs::remove_all(path, error);
}

}  // namespace vat::uploads
