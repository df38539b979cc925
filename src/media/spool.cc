#include "media/spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace vat::media {

Result<UniqueFd> open_spool() {
  std::error_code error;
  std::string path = (std::filesystem::temp_directory_path(error) / "vat-spool-XXXXXX").string();
  if (error) return fail(system_error(error.value(), "use", "the temporary folder"));
  UniqueFd fd(::mkostemp(path.data(), O_CLOEXEC));
  if (!fd) return fail(system_error(errno, "write", path));
  ::unlink(path.c_str());
  return fd;
}

Result<> spool_input(DescriptorInput& input, int spool) {
  std::vector<unsigned char> block(256 * 1024);
  while (true) {
    const int count = avio_read(input.context(), block.data(), static_cast<int>(block.size()));
    if (input.stop_requested()) return fail(read_error(AVERROR_EXIT, {}));
    if (count <= 0) break;
    VAT_TRY(write_all(spool, {reinterpret_cast<const char*>(block.data()), static_cast<std::size_t>(count)},
                      "the temporary file"));
  }
  if (::lseek(spool, 0, SEEK_SET) != 0) return fail(system_error(errno, "read", "the temporary file"));
  return {};
}

}  // namespace vat::media
