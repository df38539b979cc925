#include "api/speech/wav_head.h"

namespace vat::api {
namespace {

constexpr std::size_t kMaxChunkBytes = 4096;  // of one that comes before the samples

}  // namespace

Result<std::size_t> wav_head_bytes(std::string_view begin) {
  constexpr std::size_t kRiff = 12;
  constexpr std::size_t kChunkHead = 8;
  const auto no_wav = [] { return fail(ErrorCode::kBadData, "The audio is not a WAV file."); };
  if (begin.size() < kRiff) return std::string_view::npos;
  if (!begin.starts_with("RIFF") || begin.substr(8, 4) != "WAVE") return no_wav();
  std::size_t at = kRiff;
  while (begin.size() - at >= kChunkHead) {
    if (begin.substr(at, 4) == "data") return at + kChunkHead;
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4; ++i)
      size |= static_cast<std::size_t>(static_cast<unsigned char>(begin[at + 4 + i])) << (8 * i);
    if (size > kMaxChunkBytes) return no_wav();
    at += kChunkHead + size + size % 2;
    if (at > begin.size()) return std::string_view::npos;
  }
  return std::string_view::npos;
}

}  // namespace vat::api
