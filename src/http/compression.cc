#include "http/compression.h"

#include <brotli/encode.h>
#include <zlib.h>

#include <algorithm>

#include "http/fields.h"

namespace vat::http {
namespace {

constexpr std::size_t kMinBytes = 1024;
constexpr std::size_t kMaxBytesInPlace = 64U * 1024;
constexpr int kGzipLevel = 4;
constexpr int kBrotliQuality = 4;

bool is_text(std::string_view content_type) {
  const std::string type = to_lower(trim_blanks(content_type.substr(0, content_type.find(';'))));
  // Events must be sent as they are written.
  if (type == "text/event-stream") return false;
  if (type.starts_with("text/") || type.ends_with("+json") || type.ends_with("+xml")) return true;
  return type == "application/json" || type == "application/javascript" || type == "application/xml" ||
         type == "application/x-subrip" || type == "application/ttml+xml" || type == "application/x-ndjson";
}

bool is_compressible(const Response& response) {
  const auto* body = std::get_if<std::string>(&response.body);
  if (body == nullptr || body->size() < kMinBytes || response.status == 206) return false;
  const auto field = [&](std::string_view name) { return find_header(response.headers, name); };
  return is_text(field("Content-Type")) && field("Content-Encoding").empty() &&
         field("Content-Range").empty() &&
         to_lower(field("Cache-Control")).find("no-transform") == std::string::npos;
}

/// zlib's state is a quarter of a megabyte, so each thread keeps one.
class GzipStream {
 public:
  GzipStream() {
    ready_ = deflateInit2(&stream_, kGzipLevel, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~GzipStream() {
    if (ready_) deflateEnd(&stream_);
  }
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

  std::string compress(std::string_view bytes) {
    if (!ready_ || deflateReset(&stream_) != Z_OK) return {};
    std::string out(bytes.size(), '\0');
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    if (deflate(&stream_, Z_FINISH) != Z_STREAM_END) return {};
    out.resize(out.size() - stream_.avail_out);
    return out;
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

std::string compress_brotli(std::string_view bytes) {
  std::string out(bytes.size(), '\0');
  std::size_t size = out.size();
  int window = BROTLI_MIN_WINDOW_BITS;
  while (window < 18 && (std::size_t{1} << static_cast<unsigned>(window)) < bytes.size() + 16) ++window;
  const auto done = BrotliEncoderCompress(kBrotliQuality, window, BROTLI_MODE_TEXT, bytes.size(),
                                          reinterpret_cast<const std::uint8_t*>(bytes.data()), &size,
                                          reinterpret_cast<std::uint8_t*>(out.data()));
  if (done == BROTLI_FALSE) return {};
  out.resize(size);
  return out;
}

void add_vary(HttpHeaders& headers) {
  for (auto& [name, value] : headers) {
    if (!equals_ignoring_case(name, "Vary")) continue;
    if (to_lower(value).find("accept-encoding") == std::string::npos && value != "*")
      value += ", Accept-Encoding";
    return;
  }
  headers.emplace_back("Vary", "Accept-Encoding");
}

/// The same content in other bytes: its tag must be weak (RFC 9110, section 8.8.1).
void weaken_etag(HttpHeaders& headers) {
  for (auto& [name, value] : headers)
    if (equals_ignoring_case(name, "ETag") && value.starts_with('"')) value = "W/" + value;
}

}  // namespace

std::string compress(std::string_view bytes, Encoding encoding) {
  // zlib counts in 32 bits.
  if (bytes.size() > (std::size_t{1} << 30U)) return {};
  thread_local GzipStream gzip;
  std::string out;
  if (encoding == Encoding::kGzip) out = gzip.compress(bytes);
  if (encoding == Encoding::kBrotli) out = compress_brotli(bytes);
  return out.size() < bytes.size() ? out : std::string();
}

Task<> compress_response(BlockingPool& pool, const Request& request, Response& response) {
  if (!is_compressible(response)) co_return;
  add_vary(response.headers);
  const Encoding encoding = choose_encoding(request.header("Accept-Encoding"), true, true);
  if (encoding == Encoding::kIdentity) co_return;
  std::string& body = std::get<std::string>(response.body);
  std::string compressed;
  if (body.size() <= kMaxBytesInPlace) {
    compressed = compress(body, encoding);
  } else {
    Result<std::string> made =
        co_await pool.run([&body, encoding]() -> Result<std::string> { return compress(body, encoding); });
    if (made) compressed = std::move(*made);
  }
  if (compressed.empty()) co_return;
  body = std::move(compressed);
  response.set("Content-Encoding", encoding == Encoding::kGzip ? "gzip" : "br");
  weaken_etag(response.headers);
}

}  // namespace vat::http
