#include "uploads/fingerprint.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/hash.h"

namespace vat::uploads {
namespace {

constexpr std::uint64_t kSampleBytes = 64U * 1024;
constexpr std::uint64_t kSamples = 16;
constexpr std::size_t kCompareBytes = 1U << 20U;

class InputFile {
 public:
  static Result<InputFile> open(const std::filesystem::path& path) {
    InputFile file;
    file.path_ = path;
    file.fd_ = UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (!file.fd_ || ::fstat(file.fd_.get(), &status) != 0)
      return fail(system_error(errno, "read", path.string()));
    file.size_ = static_cast<std::uint64_t>(status.st_size);
    return file;
  }
  [[nodiscard]] std::uint64_t size() const { return size_; }

  /// Fewer bytes than fit into the block only at the end of the file.
  Result<std::string_view> read(std::vector<char>& block, std::uint64_t offset) const {
    std::size_t filled = 0;
    while (filled < block.size()) {
      const ssize_t count = ::pread(fd_.get(), block.data() + filled, block.size() - filled,
                                    static_cast<off_t>(offset + filled));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return fail(system_error(errno, "read", path_.string()));
      if (count == 0) break;
      filled += static_cast<std::size_t>(count);
    }
    return std::string_view(block.data(), filled);
  }

 private:
  std::filesystem::path path_;
  UniqueFd fd_;
  std::uint64_t size_ = 0;
};

}  // namespace

Result<std::string> fingerprint_file(const std::filesystem::path& path) {
  VAT_ASSIGN(const InputFile file, InputFile::open(path));
  Hasher hasher(Digest::kSha256);
  hasher.update(std::to_string(file.size()) + ":");
  // The first and the last block, and as many between as there is room for: all of a short file.
  const std::uint64_t last = file.size() - std::min(file.size(), kSampleBytes);
  const std::uint64_t samples = std::min(kSamples, file.size() / kSampleBytes + 1);
  std::vector<char> block(kSampleBytes);
  for (std::uint64_t i = 0; i < samples; ++i) {
    const std::uint64_t offset = i + 1 == samples ? last : last / (samples - 1) * i;
    VAT_ASSIGN(const std::string_view bytes, file.read(block, offset));
    hasher.update(bytes);
  }
  return hasher.finish();
}

Result<bool> same_content(const std::filesystem::path& one, const std::filesystem::path& other) {
  VAT_ASSIGN(const InputFile first, InputFile::open(one));
  VAT_ASSIGN(const InputFile second, InputFile::open(other));
  if (first.size() != second.size()) return false;
  std::vector<char> first_block(kCompareBytes);
  std::vector<char> second_block(kCompareBytes);
  for (std::uint64_t offset = 0; offset < first.size(); offset += kCompareBytes) {
    VAT_ASSIGN(const std::string_view a, first.read(first_block, offset));
    VAT_ASSIGN(const std::string_view b, second.read(second_block, offset));
    if (a != b) return false;
  }
  return true;
}

}  // namespace vat::uploads
