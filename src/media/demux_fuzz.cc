// Any bytes as a recording: the reader terminates within its bounds.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "media/audio_reader.h"

namespace {

/// A minute of audio is enough to reach every state.
constexpr std::size_t kMaxSamples = 60U * 16'000U;

void read_some(int fd) {
  const auto reader = vat::media::AudioReader::open_stream(fd, "fuzz", {});
  if (!reader) {
    if (reader.error().message.empty()) std::abort();
    return;
  }
  std::vector<float> block(16'000);
  for (std::size_t total = 0; total < kMaxSamples;) {
    const auto count = (*reader)->read(block);
    if (!count || *count == 0) break;
    for (std::size_t i = 0; i < *count; ++i) {
      if (!(block[i] >= -1.0F && block[i] <= 1.0F)) std::abort();
    }
    total += *count;
  }
  static_cast<void>((*reader)->warnings());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const vat::UniqueFd file(::memfd_create("fuzz", MFD_CLOEXEC));
  if (!file || !vat::write_all(file.get(), {reinterpret_cast<const char*>(data), size}, "fuzz")) return 0;
  ::lseek(file.get(), 0, SEEK_SET);
  read_some(file.get());
  return 0;
}
