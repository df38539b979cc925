// HTTP as handlers see it: a request with a body to read, and a response to return.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "domain/http_client.h"  // HttpHeaders
#include "http/task.h"

namespace vat::http {

enum class Method { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions };
[[nodiscard]] std::string_view method_name(Method method);

/// The body of a request, as it arrives. One coroutine at a time.
class BodyReader {
 public:
  virtual ~BodyReader() = default;
  /// Content-Length; empty for a chunked body.
  [[nodiscard]] virtual std::optional<std::uint64_t> length() const = 0;
  /// The next bytes, valid until the next call; empty at the end. The first call answers `Expect:
  /// 100-continue`. kLimit (413) beyond the route's limit, kNetwork when the client has disconnected or is
  /// too slow, kInvalidArgument for broken framing.
  [[nodiscard]] virtual Task<Result<std::string_view>> read() = 0;
  /// The whole body; kLimit when it is longer than `max_bytes`.
  [[nodiscard]] Task<Result<std::string>> read_all(std::size_t max_bytes);
  /// For a handler with a slow response, after it has read the body: waits for the signal, as
  /// BodyWriter::wait() does. False when `timeout` has passed, and at once when client_gone().
  [[nodiscard]] virtual Task<bool> wait(Signal& signal, std::chrono::milliseconds timeout) {
    return signal.wait(timeout);
  }
  /// Nobody will read the response: the client has disconnected, or the server shuts down.
  [[nodiscard]] virtual bool client_gone() const { return false; }
};

struct Request {
  Method method = Method::kGet;
  std::string target;                                          ///< As received: "/api/v1/jobs?limit=5".
  std::string path;                                            ///< Without query; percent-encoding kept.
  std::map<std::string, std::string, std::less<>> parameters;  ///< Of the path, decoded.
  std::vector<std::pair<std::string, std::string>> query;      ///< Decoded, in order.
  HttpHeaders headers;                                         ///< In order.
  BodyReader* body = nullptr;                                  ///< Never null in a handler.
  std::string id;                                              ///< Of this request; in logs and X-Request-Id.
  std::string remote_address;                                  ///< Of the client, without port.
  std::string host;             ///< The Host field, or the authority of the target.
  bool secure = false;          ///< The client uses TLS, to this server or to a trusted proxy.
  std::string route;            ///< The pattern that matched: "/api/v1/jobs/{id}".
  HttpHeaders response_fields;  ///< Added to its response, whatever that is.

  /// The first field of that name, ignoring case; empty when there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const { return find_header(headers, name); }
  /// The first parameter of that name in the query.
  [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const;
  /// A parameter of the path, which must be in the route's pattern.
  [[nodiscard]] const std::string& parameter(std::string_view name) const;
};

struct FileBody;

/// Writes a response's body piece by piece. Waits for the client: nothing is kept in memory.
class BodyWriter {
 public:
  virtual ~BodyWriter() = default;
  /// kNetwork when the client has disconnected or reads too slowly.
  [[nodiscard]] virtual Task<Result<>> write(std::string_view bytes) = 0;
  /// A range of a file, which the blocking pool reads. kInternal when it is shorter.
  [[nodiscard]] virtual Task<Result<>> write_file(const FileBody& file) = 0;
  /// True once the server shuts down; finish soon.
  [[nodiscard]] virtual bool stopping() const = 0;
  /// Waits for the signal; false when `timeout` has passed. Returns at once when the client has disconnected
  /// (write() then reports it) or the server shuts down. Holds no buffer while waiting.
  [[nodiscard]] virtual Task<bool> wait(Signal& signal, std::chrono::milliseconds timeout) = 0;
};

/// Bytes that outlive all requests, such as embedded files.
struct StaticBody {
  std::string_view bytes;
};
/// A range of an open file, sent without copying if the transport allows.
struct FileBody {
  std::shared_ptr<const UniqueFd> file;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};
/// Written as it is made: chunked, or with the length in Content-Length.
using StreamBody = std::function<Task<Result<>>(BodyWriter&)>;

struct Response {
  int status = 200;
  HttpHeaders headers;  ///< Without Content-Length, Date, Connection and X-Request-Id, which the server adds.
  std::variant<std::string, StaticBody, FileBody, StreamBody> body;
  /// Called when the last byte was handed over or the client has disconnected.
  std::shared_ptr<void> hold;

  Response& set(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
  }
};

/// A text body.
[[nodiscard]] Response text_response(int status, std::string content_type, std::string body);
/// 204, or another status without a body.
[[nodiscard]] Response empty_response(int status);
/// 303, 307, 308 to `location`.
[[nodiscard]] Response redirect_response(int status, std::string location);

/// "talk.srt", "Gespräch über München.mp3": `attachment; filename="Gespr_ch.mp3"; filename*=UTF-8''...` (RFC
/// 6266, RFC 8187). Control characters and path separators are replaced.
[[nodiscard]] std::string content_disposition(std::string_view type, std::string_view filename);

}  // namespace vat::http
