#include "base/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#ifndef __linux__
#include "base/random.h"
#endif

namespace vat {
namespace {

Error no_memory(const char* call) {
  return {ErrorCode::kLimit, "There is not enough memory to share with a helper process.",
          std::string(call) + ": errno " + std::to_string(errno)};
}

#ifdef __linux__

/// Without a name, and with a size that is final.
Result<UniqueFd> make_memory(std::size_t bytes) {
  constexpr unsigned kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  constexpr unsigned kNoExecSeal = 8;  // MFD_NOEXEC_SEAL: not to be executed; Linux 6.3
  UniqueFd fd(::memfd_create("vat", kFlags | kNoExecSeal));
  if (!fd && errno == EINVAL) fd = UniqueFd(::memfd_create("vat", kFlags));
  if (!fd) return fail(no_memory("memfd_create"));
  if (::ftruncate(fd.get(), static_cast<off_t>(bytes)) != 0) return fail(no_memory("ftruncate"));
  if (::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    return fail(no_memory("F_ADD_SEALS"));
  return fd;
}

#else

/// The size of such memory can be set once.
Result<UniqueFd> make_memory(std::size_t bytes) {
  const std::string name = "/vat-" + random_token(8);
  UniqueFd fd(::shm_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600));
  if (!fd) return fail(no_memory("shm_open"));
  ::shm_unlink(name.c_str());
  (void)::fcntl(fd.get(), F_SETFD, FD_CLOEXEC);
  if (::ftruncate(fd.get(), static_cast<off_t>(bytes)) != 0) return fail(no_memory("ftruncate"));
  return fd;
}

#endif

}  // namespace

SharedMemory::SharedMemory(UniqueFd fd, std::byte* data, std::size_t size)
    : fd_(std::move(fd)), data_(data), size_(size) {}

SharedMemory::SharedMemory(SharedMemory&& other) noexcept
    : fd_(std::move(other.fd_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

SharedMemory& SharedMemory::operator=(SharedMemory&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

SharedMemory::~SharedMemory() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

Result<SharedMemory> SharedMemory::map(UniqueFd owned, int fd, std::size_t bytes, int access) {
  void* const data = ::mmap(nullptr, bytes, access, MAP_SHARED, fd, 0);
  if (data == MAP_FAILED) return fail(no_memory("mmap"));
  return SharedMemory(std::move(owned), static_cast<std::byte*>(data), bytes);
}

bool SharedMemory::available() {
  static const bool is_available = make_memory(1).has_value();
  return is_available;
}

Result<SharedMemory> SharedMemory::create(std::size_t bytes) {
  VAT_ASSIGN(UniqueFd fd, make_memory(bytes));
  const int number = fd.get();
  return map(std::move(fd), number, bytes, PROT_READ);
}

Result<SharedMemory> SharedMemory::map_to_write(int fd, std::size_t bytes) {
  return map(UniqueFd(), fd, bytes, PROT_READ | PROT_WRITE);
}

}  // namespace vat
