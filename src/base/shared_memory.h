// Memory that two processes have in common.
#pragma once

#include <cstddef>

#include "base/file.h"
#include "base/result.h"

namespace vat {

/// One process creates it and reads; it sends fd() to the other one, which maps and writes it. Whatever that
/// one does, reading stays within bounds, because nobody can change the size; but what is read may change at
/// any moment, so that it is copied before it is looked at.
class SharedMemory {
 public:
  /// Whether this system lets processes share memory; some containers do not. Any thread.
  [[nodiscard]] static bool available();

  /// Zeroed memory that this process can read. Errors: kLimit when there is none left or the
  /// system does not let processes share any.
  [[nodiscard]] static Result<SharedMemory> create(std::size_t bytes);
  /// Maps what another process has created, of that many bytes or more, to write it. `fd` stays the caller's
  /// and may be closed. Errors: kLimit.
  [[nodiscard]] static Result<SharedMemory> map_to_write(int fd, std::size_t bytes);
  ~SharedMemory();
  SharedMemory(SharedMemory&& other) noexcept;
  SharedMemory& operator=(SharedMemory&& other) noexcept;

  /// To be sent to the other process; -1 in that one.
  [[nodiscard]] int fd() const { return fd_.get(); }
  /// Aligned to a page. To be written only where it was mapped for that.
  [[nodiscard]] std::byte* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  SharedMemory(UniqueFd fd, std::byte* data, std::size_t size);
  [[nodiscard]] static Result<SharedMemory> map(UniqueFd owned, int fd, std::size_t bytes, int access);

  UniqueFd fd_;
  std::byte* data_;
  std::size_t size_;
};

}  // namespace vat
