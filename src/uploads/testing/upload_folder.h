// Uploads in a folder of their own, at whatever point of their life a test wants. Test-only.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "base/utc_time.h"
#include "uploads/completion.h"
#include "uploads/intake.h"
#include "uploads/testing/store_folder.h"

namespace vat::uploads::testing {

class UploadFolder : public StoreFolder {
 public:
  [[nodiscard]] Intake& intake() { return intake_; }
  [[nodiscard]] std::filesystem::path staging() { return objects().staging(); }

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

 private:
  Intake intake_{database().uploads(), objects(), IntakeOptions{.reserved_disk_bytes = 0}};
};

}  // namespace vat::uploads::testing
