#include "worker/work_folder.h"

#include <system_error>

#include "base/file.h"
#include "base/uuid.h"

namespace vat::worker {

Result<WorkFolder> WorkFolder::create(const ObjectStore& objects) {
  std::filesystem::path path = objects.staging() / ("job-" + make_uuid());
  VAT_TRY(make_directories(path));
  return WorkFolder(std::move(path));
}

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace vat::worker
