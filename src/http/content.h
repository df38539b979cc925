// Responses with content that stays the same for a while: conditional requests (RFC 9110, section 13), ranges
// (section 14), compression (section 8.4).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace vat::http {

struct FileContent {
  std::filesystem::path path;
  std::string content_type;
  std::string etag;         ///< Including its quotes: "\"5d41...\"".
  std::string disposition;  ///< A Content-Disposition field; empty for none.
  std::string cache_control = "private, no-cache";
  std::shared_ptr<void> hold;  ///< Kept until the last byte is sent.
};

/// 200, 206 (one range, or multipart/byteranges for up to 16), 304, 412 or 416. Opens the file (blocks
/// briefly: call it on the blocking pool). kNotFound when the file does not exist.
[[nodiscard]] Result<Response> file_response(const Request& request, const FileContent& content);

/// A file that was embedded at build time, with its compressed forms (empty if they would not be smaller).
struct EmbeddedFile {
  std::string_view path;  ///< "swagger-ui/swagger-ui.css".
  std::string_view content_type;
  std::string_view etag;  ///< Including its quotes.
  std::string_view identity, gzip, brotli;
};
/// 200 in the best encoding that the client accepts, or 304.
[[nodiscard]] Response embedded_response(const Request& request, const EmbeddedFile& file,
                                         std::string_view cache_control = "public, max-age=3600");

/// Whether the field's list of entity tags contains this one, by weak comparison, or is "*".
[[nodiscard]] bool etag_matches(std::string_view field, std::string_view etag);

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;  ///< Inclusive.
};
/// The ranges of a Range field for a content of `size` bytes. Empty optional: the field must be ignored
/// (missing or unknown unit, bad syntax, more than 16 ranges). Empty vector: no range can be satisfied (416).
[[nodiscard]] std::optional<std::vector<ByteRange>> parse_ranges(std::string_view field, std::uint64_t size);

enum class Encoding { kIdentity, kGzip, kBrotli };
/// The encoding that the client prefers: brotli before gzip at equal weight.
[[nodiscard]] Encoding choose_encoding(std::string_view accept_encoding, bool gzip, bool brotli);
/// The media type of `offered` that the Accept field prefers; empty if it accepts none of them. Without the
/// field, the first.
[[nodiscard]] std::string_view choose_media_type(std::string_view accept,
                                                 const std::vector<std::string_view>& offered);

}  // namespace vat::http
