#include "media/descriptor_io.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <functional>
#include <utility>

namespace vat::media {
namespace {

constexpr int kBufferBytes = 64 * 1024;

}  // namespace

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

Result<std::unique_ptr<DescriptorInput>> DescriptorInput::create(int fd, std::stop_token stop) {
  std::unique_ptr<DescriptorInput> input(new DescriptorInput(fd, std::move(stop)));
  struct stat status {};
  if (::fstat(fd, &status) != 0) return fail(system_error(errno, "read", "the input"));
  if (S_ISREG(status.st_mode)) {
    input->origin_ = std::max<std::int64_t>(::lseek(fd, 0, SEEK_CUR), 0);
    input->size_ = std::max<std::int64_t>(status.st_size - input->origin_, 0);
  } else {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return fail(system_error(errno, "read", "the input"));
    UniqueFd reader(ends[0]);
    UniqueFd writer(ends[1]);
    for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
    input->waker_ = std::make_unique<Waker>(std::move(reader), std::move(writer), input->stop_);
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
  output->seekable_ = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
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
    return ::fstat(fd, &status) == 0 ? status.st_size : AVERROR(errno);
  }
  const off_t position = ::lseek(fd, offset, whence & ~AVSEEK_FORCE);
  return position < 0 ? AVERROR(errno) : position;
}

}  // namespace vat::media
