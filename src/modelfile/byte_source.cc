#include "modelfile/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace vat::modelfile {
namespace {

constexpr std::uint64_t kBufferBytes = 64 * 1024;

}  // namespace

Result<FileSource> FileSource::open(const std::filesystem::path& path) {
  // Without O_NONBLOCK the open of a named pipe would wait for its writer.
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return fail(system_error(errno, "read", path.string()));
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return fail(system_error(errno, "read", path.string()));
  if (!S_ISREG(status.st_mode)) return fail(ErrorCode::kBadData, path.string() + " is not a file.");
  return FileSource(std::move(fd), static_cast<std::uint64_t>(status.st_size), path.string());
}

Result<> FileSource::read_at(std::uint64_t offset, std::span<char> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t count =
        ::pread(fd_.get(), out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(system_error(errno, "read", name_));
    if (count == 0) return fail(ErrorCode::kBadData, name_ + " was truncated while it was being read.");
    done += static_cast<std::size_t>(count);
  }
  return {};
}

Result<> MemorySource::read_at(std::uint64_t offset, std::span<char> out) {
  if (!out.empty()) std::memcpy(out.data(), bytes_.data() + offset, out.size());
  return {};
}

Result<> Cursor::bytes(std::span<char> out) {
  if (out.size() > left()) return truncated();
  while (!out.empty()) {
    const bool buffered = position_ >= buffer_begin_ && position_ < buffer_begin_ + buffer_.size();
    if (!buffered) VAT_TRY(fill());
    const auto begin = static_cast<std::size_t>(position_ - buffer_begin_);
    const std::size_t count = std::min(out.size(), buffer_.size() - begin);
    std::memcpy(out.data(), buffer_.data() + begin, count);
    position_ += count;
    out = out.subspan(count);
  }
  return {};
}

Result<> Cursor::skip(std::uint64_t count) {
  if (count > left()) return truncated();
  position_ += count;
  return {};
}

Result<> Cursor::fill() {
  buffer_begin_ = position_;
  buffer_.resize(static_cast<std::size_t>(std::min(kBufferBytes, left())));
  return source_.read_at(position_, buffer_);
}

tl::unexpected<Error> Cursor::truncated() const {
  return fail(ErrorCode::kBadData, name_ + " is truncated: it ends after " + std::to_string(source_.size()) +
                                       " bytes, before its contents do; download it again.");
}

}  // namespace vat::modelfile
