// Finds where a file goes on as another recording of the same format, which libavformat would misread: files
// that were joined, and streams that change. Private to this module.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace vat::media {

/// The format is recognised by the first bytes. A part begins
/// - in Ogg where a page begins a stream after pages that did not (RFC 3533, section 4: chained streams),
/// - in FLAC at another stream marker (RFC 9639, section 6),
/// - in an MPEG transport stream where its map gives another codec to the packets (PID) of a sound track
///   (ISO/IEC 13818-1, 2.4.4.8).
class PartFinder {
 public:
  /// Takes the bytes of the file in order. The offset at which the second part begins, once it is met;
  /// nothing is searched behind it.
  [[nodiscard]] std::optional<std::int64_t> feed(std::string_view bytes);
  /// How many bytes were fed.
  [[nodiscard]] std::int64_t position() const {
    return window_begin_ + static_cast<std::int64_t>(window_.size());
  }
  /// The format has no parts.
  [[nodiscard]] bool is_idle() const { return format_ == Format::kOther; }
  /// What was fed from an offset on that feed() returned.
  [[nodiscard]] std::string_view since(std::int64_t offset) const;

 private:
  enum class Format { kUnknown, kOther, kOgg, kFlac, kTransport };

  void recognise();
  [[nodiscard]] std::optional<std::int64_t> search_ogg();
  [[nodiscard]] std::optional<std::int64_t> search_flac();
  [[nodiscard]] std::optional<std::int64_t> search_transport();
  [[nodiscard]] bool map_changes(std::string_view packet);
  void read_programs(std::string_view section);
  [[nodiscard]] bool read_map(std::string_view section);
  void forget();

  Format format_ = Format::kUnknown;
  std::string window_;             ///< The last bytes.
  std::int64_t window_begin_ = 0;  ///< Where they begin in the file.
  std::size_t next_ = 0;  ///< What is examined next, in the window; beyond it while a page is skipped.
  std::optional<std::int64_t> found_;

  bool marker_met_ = false;  ///< FLAC: the file's own. Ogg: a page that does not begin a stream.
  std::size_t packet_size_ = 0;
  std::size_t prefix_ = 0;             ///< Bytes before the packet (M2TS).
  std::int64_t programs_at_ = -1;      ///< Where the last table of programs is.
  std::set<int> map_pids_;             ///< Of the packets that have maps.
  std::map<int, std::string> codecs_;  ///< By PID: the type of the stream and its descriptors.
};

}  // namespace vat::media
