#include "asr/whisper_loader.h"

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "modelfile/tensor_types.h"

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

struct Source {
  std::unique_ptr<std::FILE, FileCloser> file;
  modelfile::TensorTypes types;
  std::stop_token stop;
  /// From then on the file seems to have ended, which whisper.cpp looks for before each matrix; it does not
  /// look whether it got the bytes that it asked for.
  bool stopped = false;
};

std::size_t read(void* source, void* output, std::size_t bytes) {
  constexpr std::size_t kMatrix = std::size_t{64} << 10U;  // smaller ones lie between matrices
  auto& from = *static_cast<Source*>(source);
  from.stopped = from.stopped || (bytes >= kMatrix && from.stop.stop_requested());
  if (from.stopped) {
    std::memset(output, 0, bytes);
    return bytes;
  }
  if (bytes >= kMatrix) prefer_huge_pages(output, bytes);
  return std::fread(output, 1, bytes, from.file.get());
}

#ifdef VAT_WHISPER_PATCHED
ggml_type tensor_type(void* source, const char* name) {
  const modelfile::TensorTypes& types = static_cast<Source*>(source)->types;
  const auto found = types.find(std::string_view(name));
  return found == types.end() ? GGML_TYPE_F32 : static_cast<ggml_type>(found->second);
}
#endif

}  // namespace

WhisperContext load_whisper_context(const std::filesystem::path& path, const whisper_context_params& params,
                                    std::stop_token stop) {
  auto types = modelfile::read_tensor_types(path);
  if (!types) return nullptr;
  Source source{std::unique_ptr<std::FILE, FileCloser>(std::fopen(path.c_str(), "rb")), std::move(*types),
                std::move(stop)};
  if (!source.file) return nullptr;
  whisper_model_loader loader{};
  loader.context = &source;
  loader.read = read;
  loader.eof = [](void* context) {
    const auto& from = *static_cast<Source*>(context);
    return from.stopped || std::feof(from.file.get()) != 0;
  };
  loader.close = [](void*) {};  // the owner above closes it
#ifdef VAT_WHISPER_PATCHED
  loader.tensor_type = tensor_type;
#endif
  return WhisperContext(whisper_init_with_params_no_state(&loader, params));
}

}  // namespace vat::asr
