// An AVIOContext over a file descriptor: regular files are seekable, waiting for pipes can be stopped.
// Private to this module.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/file.h"
#include "media/av.h"
#include "media/part_finder.h"

namespace vat::media {

/// Opens a file for reading. kNotFound, kPermission.
[[nodiscard]] Result<UniqueFd> open_recording(const std::filesystem::path& path);

/// Reads a descriptor for libavformat. Created on the heap, because libav keeps its address.
class DescriptorInput {
 public:
  enum class Begin { kOffset, kFile };
  /// The caller owns `fd`, which must outlive this. A regular file is read from its current offset, or else
  /// from its beginning.
  [[nodiscard]] static Result<std::unique_ptr<DescriptorInput>> create(int fd, std::stop_token stop,
                                                                       Begin begin = Begin::kOffset);
  ~DescriptorInput();
  DescriptorInput(const DescriptorInput&) = delete;
  DescriptorInput& operator=(const DescriptorInput&) = delete;

  [[nodiscard]] AVIOContext* context() const { return io_.get(); }
  [[nodiscard]] bool seekable() const { return size_.has_value(); }
  /// Total bytes; empty for a pipe.
  [[nodiscard]] std::optional<std::int64_t> size() const { return size_; }
  [[nodiscard]] bool stop_requested() const { return stop_.stop_requested(); }
  /// The first bytes of a regular file, `max` at most; nothing of a pipe.
  [[nodiscard]] std::string first_bytes(std::size_t max) const;
  /// From now on reading ends where another part of the file begins (PartFinder). Call it before anything is
  /// read.
  void end_at_parts() { finder_.emplace(); }
  /// True once another part of the file is met.
  [[nodiscard]] bool has_next_part() const { return part_end_.has_value(); }
  /// The same file from there on, as if it began there; this one has ended then.
  [[nodiscard]] Result<std::unique_ptr<DescriptorInput>> next_part();
  /// The errno of a failed read; 0 if none failed.
  [[nodiscard]] int failure() const { return failure_; }

 private:
  struct Waker;
  DescriptorInput(int fd, std::stop_token stop);
  static int read_callback(void* self, std::uint8_t* buffer, int size);
  static std::int64_t seek_callback(void* self, std::int64_t offset, int whence);
  int read(std::uint8_t* buffer, int size);
  [[nodiscard]] std::int64_t read_once(std::uint8_t* buffer, std::size_t size);
  int deliver(const std::uint8_t* buffer, std::int64_t count);
  void look_for_part(const std::uint8_t* buffer, std::int64_t count);
  int wait_for_input();
  Result<> make_context();

  int fd_;
  std::stop_token stop_;
  std::int64_t origin_ = 0;
  std::int64_t position_ = 0;
  std::optional<std::int64_t> size_;
  int failure_ = 0;
  std::unique_ptr<Waker> waker_;  ///< Only for pipes.
  std::optional<PartFinder> finder_;
  std::optional<std::int64_t> part_end_;
  std::string carried_;  ///< What was read of a pipe before this part was met.
  AvPtr<AVIOContext> io_;
};

/// Writes a descriptor for libavformat; a regular file can be seeked. Created on the heap, as above.
class DescriptorOutput {
 public:
  /// The caller owns `fd`, which must outlive this.
  [[nodiscard]] static Result<std::unique_ptr<DescriptorOutput>> create(int fd);
  DescriptorOutput(const DescriptorOutput&) = delete;
  DescriptorOutput& operator=(const DescriptorOutput&) = delete;

  [[nodiscard]] AVIOContext* context() const { return io_.get(); }
  [[nodiscard]] bool seekable() const { return seekable_; }

 private:
  explicit DescriptorOutput(int fd) : fd_(fd) {}
  static int write_callback(void* self, std::uint8_t* buffer, int size);
  static std::int64_t seek_callback(void* self, std::int64_t offset, int whence);

  int fd_;
  bool seekable_ = false;
  AvPtr<AVIOContext> io_;
};

}  // namespace vat::media
