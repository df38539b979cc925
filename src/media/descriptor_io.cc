#include "media/descriptor_io.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

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
  auto* buffer = static_cast<std::uint8_t*>(av_malloc(kBufferBytes));
  if (buffer == nullptr) return fail(ErrorCode::kLimit, "There is not enough memory to read the input.");
  input->io_.reset(avio_alloc_context(buffer, kBufferBytes, 0, input.get(), &read_callback, nullptr,
                                      input->size_ ? &seek_callback : nullptr));
  if (!input->io_) {
    av_free(buffer);
    return fail(ErrorCode::kLimit, "There is not enough memory to read the input.");
  }
  input->io_->seekable = input->size_ ? AVIO_SEEKABLE_NORMAL : 0;
  return input;
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
  while (true) {
    if (stop_.stop_requested()) return AVERROR_EXIT;
    if (waker_) {
      if (const int error = wait_for_input(); error < 0) return error;
    }
    const auto wanted = static_cast<std::size_t>(size);
    // A position beyond what the descriptor can address is past the end of the file.
    const ssize_t count = waker_
                              ? ::read(fd_, buffer, wanted)
                              : (position_ >= *size_ ? 0 : ::pread(fd_, buffer, wanted, origin_ + position_));
    if (count > 0) {
      position_ += count;
      return static_cast<int>(count);
    }
    if (count == 0) return AVERROR_EOF;
    if (errno == EINTR || errno == EAGAIN) continue;
    failure_ = errno;
    return AVERROR(errno);
  }
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
