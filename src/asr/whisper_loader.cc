#include "asr/whisper_loader.h"

#include <cstdint>
#include <cstdio>
#include <memory>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace vat::asr {
namespace {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// A decoder reads all of its weights for every token, and with pages of 4 KiB it waits for address
/// translation as much as for the data. Called before the first write to the memory. It is advice: a system
/// without huge pages, or with none free, continues as before.
void prefer_huge_pages([[maybe_unused]] void* begin, [[maybe_unused]] std::size_t bytes) {
#ifdef __linux__
  constexpr std::uintptr_t kHugePage = std::uintptr_t{2} << 20U;
  // Widened to whole pages, shared with neighbours in the same buffer.
  const auto first = reinterpret_cast<std::uintptr_t>(begin) & ~(kHugePage - 1);
  const auto last = (reinterpret_cast<std::uintptr_t>(begin) + bytes + kHugePage - 1) & ~(kHugePage - 1);
  ::madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
#endif
}

std::size_t read(void* file, void* output, std::size_t bytes) {
  constexpr std::size_t kMatrix = std::size_t{64} << 10U;  // smaller ones lie between matrices
  if (bytes >= kMatrix) prefer_huge_pages(output, bytes);
  return std::fread(output, 1, bytes, static_cast<std::FILE*>(file));
}

}  // namespace

WhisperContext load_whisper_context(const std::filesystem::path& path, const whisper_context_params& params) {
  const std::unique_ptr<std::FILE, FileCloser> file(std::fopen(path.c_str(), "rb"));
  if (!file) return nullptr;
  whisper_model_loader loader{
      .context = file.get(),
      .read = read,
      .eof = [](void* from) { return std::feof(static_cast<std::FILE*>(from)) != 0; },
      .close = [](void*) {},  // the owner above closes it
  };
  return WhisperContext(whisper_init_with_params_no_state(&loader, params));
}

}  // namespace vat::asr
