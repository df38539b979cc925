#include "media/stated_size.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace vat::media {
namespace {

/// RIFF: "RIFF", its size, content; AVI is continued in further RIFF chunks beyond a gigabyte. Writers to
/// pipes leave the largest sizes, or zero.
std::optional<double> riff_size(AVIOContext* io, std::int64_t actual) {
  constexpr std::uint32_t kUnknown = 0x7FFF'0000;
  std::int64_t end = 0;
  do {
    if (avio_seek(io, end, SEEK_SET) != end) return std::nullopt;
    const std::uint32_t tag = avio_rl32(io);
    const std::uint32_t size = avio_rl32(io);
    if (tag != MKTAG('R', 'I', 'F', 'F')) break;
    if (size == 0 || size >= kUnknown) return std::nullopt;
    end += 8 + static_cast<std::int64_t>(size) + (size & 1);
  } while (end < actual);
  // A padding byte may be missing at the end.
  return end == 0 ? std::nullopt : std::optional(static_cast<double>(end - 1));
}

/// A number of EBML (RFC 8794, section 4); empty if it is reserved for "unknown".
std::optional<std::uint64_t> ebml_number(AVIOContext* io) {
  const auto first = static_cast<std::uint32_t>(avio_r8(io));
  int more = 0;
  while (more < 8 && (first & (0x80U >> more)) == 0) ++more;
  if (more == 8) return std::nullopt;
  std::uint64_t value = first & (0x7FU >> more);
  std::uint64_t unknown = 0x7FU >> more;
  for (int i = 0; i < more; ++i) {
    value = value << 8 | static_cast<std::uint64_t>(avio_r8(io));
    unknown = unknown << 8 | 0xFF;
  }
  return value == unknown ? std::nullopt : std::optional(value);
}

/// The EBML header, then one Segment (RFC 9559, section 5).
std::optional<double> matroska_size(AVIOContext* io) {
  constexpr std::uint32_t kHeader = 0x1A45'DFA3;
  constexpr std::uint32_t kSegment = 0x1853'8067;
  if (avio_seek(io, 0, SEEK_SET) != 0 || avio_rb32(io) != kHeader) return std::nullopt;
  const auto header = ebml_number(io);
  if (!header || *header > 4096 || avio_skip(io, static_cast<std::int64_t>(*header)) < 0) return std::nullopt;
  if (avio_rb32(io) != kSegment) return std::nullopt;
  const auto segment = ebml_number(io);
  if (!segment || *segment == 0) return std::nullopt;
  return static_cast<double>(avio_tell(io)) + static_cast<double>(*segment);
}

/// The file size in the File Properties Object (Advanced Systems Format Specification, 3.2).
std::optional<double> asf_size(AVIOContext* io) {
  constexpr std::array<unsigned char, 16> kProperties = {0xA1, 0xDC, 0xAB, 0x8C, 0x47, 0xA9, 0xCF, 0x11,
                                                         0x8E, 0xE4, 0x00, 0xC0, 0x0C, 0x20, 0x53, 0x65};
  constexpr std::size_t kSizeAt = 40;
  std::array<unsigned char, 16'384> head{};
  if (avio_seek(io, 0, SEEK_SET) != 0) return std::nullopt;
  const int count = avio_read(io, head.data(), static_cast<int>(head.size()));
  const std::string_view bytes(reinterpret_cast<char*>(head.data()),
                               static_cast<std::size_t>(count < 0 ? 0 : count));
  const std::size_t at =
      bytes.find(std::string_view(reinterpret_cast<const char*>(kProperties.data()), kProperties.size()));
  if (at == std::string_view::npos || at + kSizeAt + 8 > bytes.size()) return std::nullopt;
  std::uint64_t size = 0;
  for (std::size_t i = 8; i-- > 0;) size = size << 8 | head.at(at + kSizeAt + i);
  return size == 0 ? std::nullopt : std::optional(static_cast<double>(size));
}

}  // namespace

std::optional<StatedSize> stated_size(const Input& input) {
  if (!input.io().seekable() || !input.io().size()) return std::nullopt;
  const std::string_view format = input.context()->iformat->name;
  const auto actual = static_cast<std::int64_t>(*input.io().size());
  AVIOContext* io = input.io().context();
  std::optional<double> bytes;
  if (format == "wav" || format == "avi") bytes = riff_size(io, actual);
  if (format.starts_with("matroska")) bytes = matroska_size(io);
  if (format == "asf") bytes = asf_size(io);
  if (!bytes) return std::nullopt;
  return StatedSize{*bytes, static_cast<double>(actual) >= *bytes};
}

}  // namespace vat::media
