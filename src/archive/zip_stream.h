// Writes a ZIP archive piece by piece, of any length, without a file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/utc_time.h"

namespace vat::archive {

/// One thread at a time. The pieces of take(), one after the other, are the archive (ZIP64 where needed;
/// names in UTF-8). Errors are kInternal.
class ZipStream {
 public:
  ZipStream();
  ~ZipStream();
  ZipStream(ZipStream&&) noexcept;
  ZipStream& operator=(ZipStream&&) noexcept;

  /// Begins a file of exactly `size` bytes. `compress`: for text; recordings do not become shorter. `name`: a
  /// path with slashes; what leads out of the folder, and control characters, are replaced.
  [[nodiscard]] Result<> begin(std::string_view name, std::uint64_t size, bool compress, UtcTime time);
  /// The next bytes of the file.
  [[nodiscard]] Result<> write(std::string_view bytes);
  /// A whole file.
  [[nodiscard]] Result<> add(std::string_view name, std::string_view bytes, UtcTime time);
  /// Nothing may follow.
  [[nodiscard]] Result<> finish();

  /// What has been made since the last call.
  [[nodiscard]] std::string take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// "../a/b\n" -> "a/b_": relative, without "." and ".." parts and control characters. "file" if nothing is
/// left.
[[nodiscard]] std::string safe_entry_name(std::string_view name);

}  // namespace vat::archive
