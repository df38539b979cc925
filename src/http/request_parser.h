// Parses the bytes of a connection into requests: headers and chunked bodies, without a socket (RFC 9112).
// The only file that uses Boost.Beast, whose parser does the work.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace vat::http {

struct RequestHead {
  Method method = Method::kGet;
  std::string target;
  HttpHeaders headers;
  bool is_1_1 = true;
  bool keep_alive = true;
  bool chunked = false;
  bool expects_continue = false;
  std::uint64_t content_length = 0;  ///< 0 if chunked or without a body.
  std::string host;                  ///< The Host field, validated.
};

class RequestParser {
 public:
  enum class State { kMore, kDone, kBad };
  struct Step {
    std::size_t consumed = 0;
    State state = State::kMore;
  };
  /// A step through a chunked body. kMore with an empty `content`: more bytes are needed.
  struct Piece {
    std::size_t consumed = 0;
    State state = State::kMore;
    std::string_view content;  ///< A view of the given bytes.
  };

  explicit RequestParser(std::size_t max_header_bytes);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  /// Continues with the header. Bytes that were not consumed must be passed again, followed by more.
  [[nodiscard]] Step put_head(std::string_view bytes);
  /// After kDone, for a chunked body.
  [[nodiscard]] Piece put_chunked(std::string_view bytes);

  /// Complete after kDone; otherwise what was read so far.
  [[nodiscard]] RequestHead& head();
  /// After kBad: why the request is rejected before a handler sees it. The connection closes after the
  /// response.
  [[nodiscard]] const Error& refusal() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

inline constexpr std::size_t kMaxTargetBytes = 8U * 1024;
inline constexpr std::size_t kMaxFields = 128;
/// Longest line of a chunk, and all trailers together.
inline constexpr std::size_t kMaxChunkLineBytes = 8U * 1024;

}  // namespace vat::http
