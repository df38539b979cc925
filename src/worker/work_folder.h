// A place for the files of one attempt. Internal to worker.
#pragma once

#include <filesystem>
#include <utility>

#include "base/result.h"
#include "domain/object_store.h"

namespace vat::worker {

/// A folder in the staging folder, removed with its contents.
class WorkFolder {
 public:
  [[nodiscard]] static Result<WorkFolder> create(const ObjectStore& objects);
  WorkFolder(WorkFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  WorkFolder& operator=(WorkFolder&&) = delete;
  ~WorkFolder();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  explicit WorkFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace vat::worker
