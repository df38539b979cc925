// A real database, object store and bus in a folder of their own. Test-only.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

#include "base/file.h"
#include "db/database.h"
#include "domain/event_bus.h"
#include "domain/object_store.h"

namespace vat::uploads::testing {

class StoreFolder {
 public:
  StoreFolder();

  [[nodiscard]] db::Database& database() { return *database_; }
  [[nodiscard]] ObjectStore& objects() { return *objects_; }
  [[nodiscard]] EventBus& bus() { return *bus_; }
  /// A file of the folder.
  [[nodiscard]] std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }

  /// A short WAV file with a tone; another `frequency` is other content.
  [[nodiscard]] std::string recording(double frequency = 440);
  /// The bytes of a complete upload of the local user.
  [[nodiscard]] std::string content(const std::string& upload_id);
  /// Files in the object store and in its staging folder.
  [[nodiscard]] std::size_t stored_files() const;
  [[nodiscard]] std::size_t staged_files() const;

  /// Time passes for the database.
  std::chrono::milliseconds ahead{0};

 private:
  TemporaryDirectory folder_ = TemporaryDirectory::create().value();
  std::unique_ptr<EventBus> bus_;
  std::unique_ptr<ObjectStore> objects_;
  std::unique_ptr<db::Database> database_;
};

}  // namespace vat::uploads::testing
