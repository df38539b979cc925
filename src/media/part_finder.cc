#include "media/part_finder.h"

#include <algorithm>
#include <array>

extern "C" {
#include <libavutil/crc.h>
}

namespace vat::media {
namespace {

/// Behind what is examined so many bytes are kept: a part may begin a little before it is recognised.
constexpr std::size_t kKept = 8 * 1024;
constexpr std::string_view kFlacMarker = "fLaC";
constexpr std::string_view kOggMarker("OggS\0", 5);
constexpr std::size_t kOggHeader = 27;
constexpr std::size_t kPacket = 188;
constexpr char kSync = 0x47;
constexpr std::size_t kSyncs = 5;
/// Enough to see the syncs of the longest packets.
constexpr std::size_t kEnough = 204 * (kSyncs + 1);
/// The table of programs and the map that follows at once belong together.
constexpr std::size_t kTogether = 4;

std::size_t byte_at(std::string_view bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }
std::size_t number_at(std::string_view bytes, std::size_t at) {
  return byte_at(bytes, at) << 8U | byte_at(bytes, at + 1);
}
/// The lower bits of two bytes.
int pid_at(std::string_view bytes, std::size_t at) {
  return static_cast<int>(number_at(bytes, at) & 0x1FFFU);
}

struct Framing {
  std::size_t begin = 0;
  std::size_t size = 0;
};

std::optional<Framing> find_packets(std::string_view bytes) {
  for (const std::size_t size : {kPacket, std::size_t{192}, std::size_t{204}}) {
    for (std::size_t begin = 0; begin < size; ++begin) {
      std::size_t count = 0;
      while (count < kSyncs && begin + count * size < bytes.size() && bytes[begin + count * size] == kSync)
        ++count;
      if (count == kSyncs) return Framing{begin, size};
    }
  }
  return std::nullopt;
}

/// The section that begins in a transport packet; empty if none does, or it is damaged or longer than the
/// packet.
std::string_view section_in(std::string_view packet) {
  const bool begins = (byte_at(packet, 1) & 0x40U) != 0;
  const std::size_t fields = byte_at(packet, 3) >> 4U & 3U;
  if (!begins || (fields & 1U) == 0) return {};
  std::size_t at = 4;
  if ((fields & 2U) != 0) at += 1 + byte_at(packet, 4);
  if (at >= packet.size()) return {};
  at += 1 + byte_at(packet, at);
  if (at + 3 > packet.size()) return {};
  const std::size_t length = 3 + (number_at(packet, at + 1) & 0xFFFU);
  constexpr std::size_t kShortest = 12;
  if (length < kShortest || at + length > packet.size()) return {};
  const std::string_view section = packet.substr(at, length);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(section.data());
  // The checksum at its end makes that of the whole zero.
  if (av_crc(av_crc_get_table(AV_CRC_32_IEEE), 0xFFFFFFFFU, bytes, length) != 0) return {};
  return section;
}

/// What is private data is named by its descriptors; others name languages.
std::string codec_of(char type, std::string_view descriptors) {
  constexpr std::string_view kOfCodecs = "\x05\x6A\x7A\x7B\x7C\x7F";
  std::string codec(1, type);
  for (std::size_t i = 0; type == 6 && i + 2 <= descriptors.size(); i += 2 + byte_at(descriptors, i + 1))
    if (kOfCodecs.find(descriptors[i]) != std::string_view::npos) codec += descriptors[i];
  return codec;
}

/// Stream types of sound, and 6, which descriptors explain.
bool may_be_sound(std::string_view codec) {
  constexpr std::array<unsigned char, 13> kTypes = {0x03, 0x04, 0x06, 0x0F, 0x11, 0x1C, 0x80,
                                                    0x81, 0x82, 0x83, 0x84, 0x87, 0x8A};
  return std::find(kTypes.begin(), kTypes.end(), static_cast<unsigned char>(codec.front())) != kTypes.end();
}

}  // namespace

std::optional<std::int64_t> PartFinder::feed(std::string_view bytes) {
  if (is_idle()) window_begin_ += static_cast<std::int64_t>(bytes.size());
  if (!is_idle()) window_ += bytes;
  if (found_) return found_;
  if (format_ == Format::kUnknown) recognise();
  if (format_ == Format::kOgg) found_ = search_ogg();
  if (format_ == Format::kFlac) found_ = search_flac();
  if (format_ == Format::kTransport) found_ = search_transport();
  if (!found_) forget();
  return found_;
}

std::string_view PartFinder::since(std::int64_t offset) const {
  return std::string_view(window_).substr(static_cast<std::size_t>(offset - window_begin_));
}

void PartFinder::forget() {
  if (format_ == Format::kUnknown) return;
  const std::size_t done = is_idle() ? window_.size() : std::min(next_, window_.size());
  const std::size_t kept = is_idle() ? 0 : kKept;
  if (done <= kept) return;
  window_.erase(0, done - kept);
  window_begin_ += static_cast<std::int64_t>(done - kept);
  next_ -= std::min(next_, done - kept);
}

void PartFinder::recognise() {
  const std::string_view bytes = window_;
  if (bytes.size() < kFlacMarker.size()) return;
  if (bytes.starts_with("OggS")) {
    format_ = Format::kOgg;
  } else if (bytes.starts_with(kFlacMarker) || bytes.starts_with("ID3")) {
    format_ = Format::kFlac;
  } else if (bytes.size() >= kEnough) {
    const auto framing = find_packets(bytes);
    format_ = framing ? Format::kTransport : Format::kOther;
    if (!framing) return;
    prefix_ = framing->size == 192 ? 4 : 0;
    packet_size_ = framing->size;
    next_ = framing->begin;
  }
}

std::optional<std::int64_t> PartFinder::search_ogg() {
  const std::string_view bytes = window_;
  while (next_ + kOggHeader <= bytes.size()) {
    if (bytes.substr(next_, kOggMarker.size()) != kOggMarker) {
      const std::size_t marker = bytes.find(kOggMarker, next_);
      next_ = marker == std::string_view::npos ? bytes.size() - kOggMarker.size() + 1 : marker;
      if (marker == std::string_view::npos) break;
      continue;
    }
    const std::size_t segments = byte_at(bytes, next_ + kOggHeader - 1);
    if (next_ + kOggHeader + segments > bytes.size()) break;
    const bool begins_stream = (byte_at(bytes, next_ + kOggMarker.size()) & 2U) != 0;
    if (begins_stream && marker_met_) return window_begin_ + static_cast<std::int64_t>(next_);
    marker_met_ = marker_met_ || !begins_stream;
    std::size_t size = kOggHeader + segments;
    for (std::size_t i = 0; i < segments; ++i) size += byte_at(bytes, next_ + kOggHeader + i);
    next_ += size;
  }
  return std::nullopt;
}

std::optional<std::int64_t> PartFinder::search_flac() {
  // The first block of metadata follows, which has 34 bytes.
  constexpr std::string_view kLength("\0\0\x22", 3);
  constexpr std::size_t kNeeded = 8;
  const std::string_view bytes = window_;
  while (next_ + kNeeded <= bytes.size()) {
    const std::size_t marker = bytes.find(kFlacMarker, next_);
    if (marker == std::string_view::npos) {
      next_ = bytes.size() - kFlacMarker.size() + 1;
      break;
    }
    next_ = marker;
    if (marker + kNeeded > bytes.size()) break;
    const bool is_header =
        (byte_at(bytes, marker + 4) & 0x7FU) == 0 && bytes.substr(marker + 5, 3) == kLength;
    if (is_header && marker_met_) return window_begin_ + static_cast<std::int64_t>(marker);
    marker_met_ = marker_met_ || is_header;
    next_ = marker + kFlacMarker.size();
  }
  return std::nullopt;
}

std::optional<std::int64_t> PartFinder::search_transport() {
  const std::string_view bytes = window_;
  while (next_ + kPacket <= bytes.size()) {
    if (bytes[next_] != kSync) {
      const std::size_t sync = bytes.find(kSync, next_);
      next_ = sync == std::string_view::npos ? bytes.size() : sync;
      continue;
    }
    const std::int64_t at = window_begin_ + static_cast<std::int64_t>(next_ - std::min(next_, prefix_));
    const std::string_view packet = bytes.substr(next_, kPacket);
    if (pid_at(packet, 1) == 0) programs_at_ = at;
    if (map_changes(packet)) {
      const bool together =
          programs_at_ >= 0 && at - programs_at_ <= static_cast<std::int64_t>(kTogether * packet_size_);
      return together ? programs_at_ : at;
    }
    next_ += packet_size_;
  }
  return std::nullopt;
}

bool PartFinder::map_changes(std::string_view packet) {
  const int pid = pid_at(packet, 1);
  if (pid != 0 && !map_pids_.contains(pid)) return false;
  const std::string_view section = section_in(packet);
  if (section.empty()) return false;
  if (pid != 0) return read_map(section);
  read_programs(section);
  return false;
}

void PartFinder::read_programs(std::string_view section) {
  constexpr std::size_t kHeader = 8;
  constexpr std::size_t kChecksum = 4;
  if (byte_at(section, 0) != 0) return;
  for (std::size_t at = kHeader; at + kChecksum + 4 <= section.size(); at += 4)
    if (number_at(section, at) != 0) map_pids_.insert(pid_at(section, at + 2));
}

bool PartFinder::read_map(std::string_view section) {
  constexpr std::size_t kHeader = 12;
  constexpr std::size_t kChecksum = 4;
  constexpr std::size_t kEntry = 5;
  if (byte_at(section, 0) != 2 || section.size() < kHeader + kChecksum) return false;
  bool changed = false;
  const std::size_t end = section.size() - kChecksum;
  std::size_t at = kHeader + (number_at(section, kHeader - 2) & 0xFFFU);
  while (at + kEntry <= end) {
    const std::size_t length = number_at(section, at + 3) & 0xFFFU;
    if (at + kEntry + length > end) break;
    std::string codec = codec_of(section[at], section.substr(at + kEntry, length));
    std::string& known = codecs_[pid_at(section, at + 1)];
    changed = changed || (!known.empty() && known != codec && (may_be_sound(known) || may_be_sound(codec)));
    known = std::move(codec);
    at += kEntry + length;
  }
  return changed;
}

}  // namespace vat::media
