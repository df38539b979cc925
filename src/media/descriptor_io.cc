#include "media/descriptor_io.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>
#include <utility>

namespace vat::media {
namespace {

constexpr int kBufferBytes = 64 * 1024;

/// fstat() by the call that has no path, which a sandbox allows; the C library may use another.
int file_status(int fd, struct stat& status) {
#ifdef SYS_fstat
  return static_cast<int>(::syscall(SYS_fstat, fd, &status));
#else
  return ::fstat(fd, &status);
#endif
}

}  // namespace

Result<UniqueFd> open_recording(const std::filesystem::path& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd) return fd;
  if (errno == ENOENT) return fail(ErrorCode::kNotFound, "There is no file " + path.string() + ".");
  return fail(system_error(errno, "read", path.string()));
}

/// Makes a stop request readable, so that poll() sees it while it waits for a pipe.
struct DescriptorInput::Waker {
  Waker(UniqueFd read_end, UniqueFd write_end, const std::stop_token& stop)
      : reader(std::move(read_end)), writer(std::move(write_end)), callback(stop, [this] {
          const char byte = 0;
          [[maybe_unused]] const ssize_t written = ::write(writer.get(), &byte, 1);
        }) {}

  UniqueFd reader;
  UniqueFd writer;
  std::stop_callback<std::function<void()>> callback;
};

DescriptorInput::DescriptorInput(int fd, std::stop_token stop) : fd_(fd), stop_(std::move(stop)) {}
DescriptorInput::~DescriptorInput() = default;

Result<std::unique_ptr<DescriptorInput>> DescriptorInput::create(int fd, std::stop_token stop, Begin begin) {
  std::unique_ptr<DescriptorInput> input(new DescriptorInput(fd, std::move(stop)));
  struct stat status {};
  if (file_status(fd, status) != 0) return fail(system_error(errno, "read", "the input"));
  if (S_ISREG(status.st_mode)) {
    if (begin == Begin::kOffset) input->origin_ = std::max<std::int64_t>(::lseek(fd, 0, SEEK_CUR), 0);
    input->size_ = std::max<std::int64_t>(status.st_size - input->origin_, 0);
  } else {
    VAT_ASSIGN(auto ends, make_pipe());
    input->waker_ =
        std::make_unique<Waker>(std::move(ends.read_end), std::move(ends.write_end), input->stop_);
  }
  VAT_TRY(input->make_context());
  return input;
}

Result<> DescriptorInput::make_context() {
  auto* buffer = static_cast<std::uint8_t*>(av_malloc(kBufferBytes));
  if (buffer == nullptr) return fail(ErrorCode::kLimit, "There is not enough memory to read the input.");
  io_.reset(avio_alloc_context(buffer, kBufferBytes, 0, this, &read_callback, nullptr,
                               size_ ? &seek_callback : nullptr));
  if (!io_) {
    av_free(buffer);
    return fail(ErrorCode::kLimit, "There is not enough memory to read the input.");
  }
  io_->seekable = size_ ? AVIO_SEEKABLE_NORMAL : 0;
  return {};
}

Result<std::unique_ptr<DescriptorInput>> DescriptorInput::next_part() {
  std::unique_ptr<DescriptorInput> next(new DescriptorInput(fd_, stop_));
  next->origin_ = origin_ + *part_end_;
  if (size_) {
    next->size_ = *size_ - *part_end_;
  } else {
    next->carried_ = finder_->since(*part_end_);
    next->waker_ = std::move(waker_);
  }
  next->end_at_parts();
  VAT_TRY(next->make_context());
  return next;
}

std::string DescriptorInput::first_bytes(std::size_t max) const {
  std::string bytes(max, '\0');
  const ssize_t count = size_ ? ::pread(fd_, bytes.data(), bytes.size(), origin_) : 0;
  bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  return bytes;
}

int DescriptorInput::read_callback(void* self, std::uint8_t* buffer, int size) {
  return static_cast<DescriptorInput*>(self)->read(buffer, size);
}

std::int64_t DescriptorInput::seek_callback(void* self, std::int64_t offset, int whence) {
  auto* input = static_cast<DescriptorInput*>(self);
  switch (whence & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE:
      return *input->size_;
    case SEEK_SET:
      break;
    case SEEK_CUR:
      offset += input->position_;
      break;
    case SEEK_END:
      offset += *input->size_;
      break;
    default:
      return AVERROR(EINVAL);
  }
  if (offset < 0) return AVERROR(EINVAL);
  input->position_ = offset;
  return offset;
}

int DescriptorInput::wait_for_input() {
  std::array<pollfd, 2> descriptors{pollfd{fd_, POLLIN, 0}, pollfd{waker_->reader.get(), POLLIN, 0}};
  while (true) {
    const int ready = ::poll(descriptors.data(), descriptors.size(), -1);
    if (stop_.stop_requested()) return AVERROR_EXIT;
    if (ready > 0) return 0;
    if (errno != EINTR) return AVERROR(errno);
  }
}

int DescriptorInput::read(std::uint8_t* buffer, int size) {
  if (part_end_ && position_ >= *part_end_) return AVERROR_EOF;
  while (true) {
    if (stop_.stop_requested()) return AVERROR_EXIT;
    if (waker_ && carried_.empty()) {
      if (const int error = wait_for_input(); error < 0) return error;
    }
    const std::int64_t count = read_once(buffer, static_cast<std::size_t>(size));
    if (count > 0) return deliver(buffer, count);
    if (count == 0) return AVERROR_EOF;
    if (errno == EINTR || errno == EAGAIN) continue;
    failure_ = errno;
    return AVERROR(errno);
  }
}

std::int64_t DescriptorInput::read_once(std::uint8_t* buffer, std::size_t size) {
  if (!carried_.empty()) {
    const std::size_t count = carried_.copy(reinterpret_cast<char*>(buffer), size);
    carried_.erase(0, count);
    return static_cast<std::int64_t>(count);
  }
  if (waker_) return ::read(fd_, buffer, size);
  // A position beyond what the descriptor can address is past the end of the file.
  return position_ >= *size_ ? 0 : ::pread(fd_, buffer, size, origin_ + position_);
}

int DescriptorInput::deliver(const std::uint8_t* buffer, std::int64_t count) {
  look_for_part(buffer, count);
  if (part_end_) count = std::min(count, *part_end_ - position_);
  if (count <= 0) return AVERROR_EOF;
  position_ += count;
  return static_cast<int>(count);
}

/// The finder takes the bytes in order: it is fed what was skipped, and waits while the end is looked at.
void DescriptorInput::look_for_part(const std::uint8_t* buffer, std::int64_t count) {
  constexpr std::int64_t kMaxSkipped = 16'000'000;
  if (!finder_ || finder_->is_idle() || part_end_) return;
  std::string skipped(kBufferBytes, '\0');
  while (finder_->position() < position_ && position_ - finder_->position() <= kMaxSkipped && !part_end_) {
    const auto wanted =
        static_cast<std::size_t>(std::min<std::int64_t>(kBufferBytes, position_ - finder_->position()));
    const ssize_t got = ::pread(fd_, skipped.data(), wanted, origin_ + finder_->position());
    if (got <= 0) return;
    part_end_ = finder_->feed(std::string_view(skipped).substr(0, static_cast<std::size_t>(got)));
  }
  const std::int64_t known = finder_->position() - position_;
  if (part_end_ || known < 0 || known >= count) return;
  part_end_ =
      finder_->feed({reinterpret_cast<const char*>(buffer) + known, static_cast<std::size_t>(count - known)});
}

Result<std::unique_ptr<DescriptorOutput>> DescriptorOutput::create(int fd) {
  std::unique_ptr<DescriptorOutput> output(new DescriptorOutput(fd));
  struct stat status {};
  output->seekable_ = file_status(fd, status) == 0 && S_ISREG(status.st_mode);
  auto* buffer = static_cast<std::uint8_t*>(av_malloc(kBufferBytes));
  if (buffer == nullptr) return fail(ErrorCode::kLimit, "There is not enough memory to write the output.");
  output->io_.reset(avio_alloc_context(buffer, kBufferBytes, 1, output.get(), nullptr, &write_callback,
                                       output->seekable_ ? &seek_callback : nullptr));
  if (!output->io_) {
    av_free(buffer);
    return fail(ErrorCode::kLimit, "There is not enough memory to write the output.");
  }
  output->io_->seekable = output->seekable_ ? AVIO_SEEKABLE_NORMAL : 0;
  return output;
}

int DescriptorOutput::write_callback(void* self, std::uint8_t* buffer, int size) {
  const int fd = static_cast<DescriptorOutput*>(self)->fd_;
  int done = 0;
  while (done < size) {
    const ssize_t count = ::write(fd, buffer + done, static_cast<std::size_t>(size - done));
    if (count < 0 && errno != EINTR) return AVERROR(errno);
    if (count > 0) done += static_cast<int>(count);
  }
  return size;
}

std::int64_t DescriptorOutput::seek_callback(void* self, std::int64_t offset, int whence) {
  const int fd = static_cast<DescriptorOutput*>(self)->fd_;
  if ((whence & AVSEEK_SIZE) != 0) {
    struct stat status {};
    return file_status(fd, status) == 0 ? status.st_size : AVERROR(errno);
  }
  const off_t position = ::lseek(fd, offset, whence & ~AVSEEK_FORCE);
  return position < 0 ? AVERROR(errno) : position;
}

}  // namespace vat::media
