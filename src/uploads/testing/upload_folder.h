// Uploads over a real database and object store in a folder of their own. Test-only.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

#include "base/file.h"
#include "base/utc_time.h"
#include "db/database.h"
#include "domain/event_bus.h"
#include "uploads/completion.h"
#include "uploads/intake.h"

namespace vat::uploads::testing {

class UploadFolder {
 public:
  UploadFolder();

  [[nodiscard]] Intake& intake() { return *intake_; }
  [[nodiscard]] std::filesystem::path staging() const { return objects_->staging(); }

  /// A short WAV file with a tone; another `frequency` is other content.
  [[nodiscard]] std::string recording(double frequency = 440);
  /// A new upload of the local user's, of which nothing is stored.
  [[nodiscard]] static Upload described(const std::string& filename = "talk.wav");
  /// These bytes, as they lie there when a request has sent all of them.
  [[nodiscard]] ReceivedFile received(const std::string& bytes, const std::string& filename = "talk.wav");
  /// A resumable upload of so many bytes, of which none is there; or a part of a whole.
  [[nodiscard]] Upload begun(std::size_t size, bool partial = false);
  /// What one request appends to it.
  void append(const Upload& upload, const std::string& bytes);

  [[nodiscard]] Upload row(const Upload& upload);
  [[nodiscard]] bool exists(const Upload& upload);
  /// The row with another time to expire at.
  void expire(const Upload& upload, UtcTime at);
  /// The bytes of a complete upload.
  [[nodiscard]] std::string content(const Upload& upload);
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
  std::unique_ptr<Intake> intake_;
};

}  // namespace vat::uploads::testing
