// Bounded random-access reading of untrusted bytes. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/file.h"
#include "base/result.h"

namespace vat::modelfile {

/// Bytes with a known length: a file, or memory that a fuzzer fills.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  /// Fills `out`, which must lie within size().
  [[nodiscard]] virtual Result<> read_at(std::uint64_t offset, std::span<char> out) = 0;
};

class FileSource final : public ByteSource {
 public:
  /// A regular file.
  [[nodiscard]] static Result<FileSource> open(const std::filesystem::path& path);
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] Result<> read_at(std::uint64_t offset, std::span<char> out) override;

 private:
  FileSource(UniqueFd fd, std::uint64_t size, std::string name)
      : fd_(std::move(fd)), size_(size), name_(std::move(name)) {}
  UniqueFd fd_;
  std::uint64_t size_;
  std::string name_;
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  [[nodiscard]] Result<> read_at(std::uint64_t offset, std::span<char> out) override;

 private:
  std::string_view bytes_;
};

/// Reads a source from its beginning through a small buffer. Every step past the end is the error "NAME is
/// truncated".
class Cursor {
 public:
  /// `name` is for error messages. The source must outlive the cursor.
  Cursor(ByteSource& source, std::string name) : source_(source), name_(std::move(name)) {}

  template <class T>
  [[nodiscard]] Result<T> number() {
    static_assert(std::is_trivially_copyable_v<T>);
    T value;
    VAT_TRY(bytes({reinterpret_cast<char*>(&value), sizeof value}));
    return value;
  }
  [[nodiscard]] Result<> bytes(std::span<char> out);
  [[nodiscard]] Result<> skip(std::uint64_t count);
  [[nodiscard]] std::uint64_t position() const { return position_; }
  [[nodiscard]] std::uint64_t left() const { return source_.size() - position_; }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  [[nodiscard]] tl::unexpected<Error> truncated() const;
  [[nodiscard]] Result<> fill();

  ByteSource& source_;
  std::string name_;
  std::uint64_t position_ = 0;
  std::string buffer_;
  std::uint64_t buffer_begin_ = 0;  // place of the buffer's first byte in the source
};

}  // namespace vat::modelfile
