// A place for files while they are made.
#pragma once

#include <filesystem>
#include <utility>

#include "base/result.h"
#include "domain/object_store.h"

namespace vat::uploads {

/// A folder in the staging folder, removed with its contents. What a process that died left of it goes with
/// sweep_work_folders().
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

/// Removes the folders in which nothing was written for a week: nobody is at work there any more. Blocks.
void sweep_work_folders(const std::filesystem::path& staging);

}  // namespace vat::uploads
