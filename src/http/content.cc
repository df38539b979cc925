#include "http/content.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "base/random.h"
#include "base/utc_time.h"
#include "http/fields.h"

namespace vat::http {
namespace {

bool is_weak(std::string_view etag) { return etag.starts_with("W/"); }

/// By strong comparison (RFC 9110, section 8.8.3.2).
bool strongly_matches(std::string_view field, std::string_view etag) {
  for (const std::string_view tag : split_list(field))
    if (tag == "*" || (!etag.empty() && !is_weak(etag) && tag == etag)) return true;
  return false;
}

struct OpenFile {
  std::shared_ptr<const UniqueFd> file;
  std::uint64_t size = 0;
  UtcTime modified;  ///< A whole second.
};

Result<OpenFile> open_file(const std::filesystem::path& path) {
  UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) {
    Error error = system_error(errno, "read", path.string());
    const int status = error.code == ErrorCode::kNotFound ? 404 : 0;
    return fail(std::move(error).with_status(status));
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return fail(system_error(errno, "read", path.string()));
  if (!S_ISREG(status.st_mode)) return fail(ErrorCode::kNotFound, "There is no file " + path.string() + ".");
  return OpenFile{std::make_shared<const UniqueFd>(std::move(file)),
                  static_cast<std::uint64_t>(status.st_size), from_unix_seconds(status.st_mtime)};
}

/// 0: go on; else 304 or 412 (RFC 9110, section 13.2.2).
int precondition_status(const Request& request, std::string_view etag, UtcTime modified) {
  if (const auto field = request.header("If-Match"); !field.empty()) {
    if (!strongly_matches(field, etag)) return 412;
  } else if (const auto date = parse_http_date(request.header("If-Unmodified-Since"))) {
    if (modified > *date) return 412;
  }
  const bool reads = request.method == Method::kGet || request.method == Method::kHead;
  if (const auto field = request.header("If-None-Match"); !field.empty()) {
    if (etag_matches(field, etag)) return reads ? 304 : 412;
  } else if (const auto date = parse_http_date(request.header("If-Modified-Since"))) {
    if (reads && modified <= *date) return 304;
  }
  return 0;
}

/// Whether a Range field applies: the client's copy must be of this content (RFC 9110, section 13.1.5).
bool range_applies(const Request& request, std::string_view etag, UtcTime modified) {
  if (request.method != Method::kGet || request.header("Range").empty()) return false;
  const std::string_view condition = request.header("If-Range");
  if (condition.empty()) return true;
  if (condition.front() == '"') return !is_weak(etag) && condition == etag;
  const auto date = parse_http_date(condition);
  return date && *date == modified;
}

std::string content_range(const ByteRange& range, std::uint64_t size) {
  return "bytes " + std::to_string(range.first) + "-" + std::to_string(range.last) + "/" +
         std::to_string(size);
}

std::uint64_t length_of(const ByteRange& range) { return range.last - range.first + 1; }

struct RangePart {
  std::string head;
  FileBody body;
};

/// multipart/byteranges (RFC 9110, section 14.6).
void set_many_ranges(Response& response, const OpenFile& file, const std::vector<ByteRange>& ranges,
                     std::string_view content_type) {
  const std::string boundary = random_token(18);
  auto parts = std::make_shared<std::vector<RangePart>>();
  const std::string end = "\r\n--" + boundary + "--\r\n";
  std::uint64_t length = end.size();
  for (const ByteRange& range : ranges) {
    std::string head = "\r\n--" + boundary + "\r\nContent-Type: ";
    head += content_type;
    head += "\r\nContent-Range: " + content_range(range, file.size) + "\r\n\r\n";
    length += head.size() + length_of(range);
    parts->push_back({std::move(head), {file.file, range.first, length_of(range)}});
  }
  response.set("Content-Type", "multipart/byteranges; boundary=" + boundary);
  response.set("Content-Length", std::to_string(length));
  response.body = StreamBody([parts, end](BodyWriter& writer) -> Task<Result<>> {
    // Copied, because the function object need not outlive the coroutine's first wait.
    const auto own_parts = parts;
    const std::string own_end = end;
    for (const RangePart& part : *own_parts) {
      Result<> result = co_await writer.write(part.head);
      if (result) result = co_await writer.write_file(part.body);
      if (!result) co_return result;
    }
    co_return co_await writer.write(own_end);
  });
}

void set_body(Response& response, const Request& request, const OpenFile& file, const FileContent& content) {
  response.set("Accept-Ranges", "bytes");
  std::optional<std::vector<ByteRange>> ranges;
  if (range_applies(request, content.etag, file.modified))
    ranges = parse_ranges(request.header("Range"), file.size);
  if (!ranges) {
    response.set("Content-Type", content.content_type);
    response.body = FileBody{file.file, 0, file.size};
  } else if (ranges->empty()) {
    response.status = 416;
    response.set("Content-Range", "bytes */" + std::to_string(file.size));
  } else if (ranges->size() == 1) {
    response.status = 206;
    response.set("Content-Type", content.content_type);
    response.set("Content-Range", content_range(ranges->front(), file.size));
    response.body = FileBody{file.file, ranges->front().first, length_of(ranges->front())};
  } else {
    response.status = 206;
    set_many_ranges(response, file, *ranges, content.content_type);
  }
}

}  // namespace

Result<Response> file_response(const Request& request, const FileContent& content) {
  VAT_ASSIGN(const OpenFile file, open_file(content.path));
  Response response;
  response.hold = content.hold;
  if (!content.etag.empty()) response.set("ETag", content.etag);
  response.set("Last-Modified", to_http_date(file.modified));
  if (!content.cache_control.empty()) response.set("Cache-Control", content.cache_control);
  if (const int status = precondition_status(request, content.etag, file.modified); status != 0) {
    response.status = status;
    return response;
  }
  if (!content.disposition.empty()) response.set("Content-Disposition", content.disposition);
  set_body(response, request, file, content);
  return response;
}

Response embedded_response(const Request& request, const EmbeddedFile& file, std::string_view cache_control) {
  const Encoding encoding =
      choose_encoding(request.header("Accept-Encoding"), !file.gzip.empty(), !file.brotli.empty());
  Response response;
  response.set("Cache-Control", std::string(cache_control));
  if (!file.gzip.empty() || !file.brotli.empty()) response.set("Vary", "Accept-Encoding");
  std::string etag(file.etag);
  std::string_view bytes = file.identity;
  // Each form has its own tag (RFC 9110, section 8.8.3.3).
  if (encoding == Encoding::kGzip) bytes = file.gzip;
  if (encoding == Encoding::kBrotli) bytes = file.brotli;
  if (encoding != Encoding::kIdentity && etag.size() > 1)
    etag.insert(etag.size() - 1, encoding == Encoding::kGzip ? "-gzip" : "-br");
  response.set("ETag", etag);
  if (etag_matches(request.header("If-None-Match"), etag)) {
    response.status = 304;
    return response;
  }
  response.set("Content-Type", std::string(file.content_type));
  if (encoding != Encoding::kIdentity)
    response.set("Content-Encoding", encoding == Encoding::kGzip ? "gzip" : "br");
  response.body = StaticBody{bytes};
  return response;
}

}  // namespace vat::http
