#include "http/request_parser.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "base/number.h"
#include "http/fields.h"
#include "http/target.h"

namespace vat::http {
namespace {

namespace beast = boost::beast;
using beast::error_code;
using Text = beast::string_view;
using BeastError = beast::http::error;

std::string_view view(Text text) { return {text.data(), text.size()}; }

std::optional<Method> method_of(std::string_view name) {
  for (const Method method : {Method::kGet, Method::kHead, Method::kPost, Method::kPut, Method::kPatch,
                              Method::kDelete, Method::kOptions})
    if (name == method_name(method)) return method;
  return std::nullopt;
}

/// Whether the first line ends like one of another HTTP version, unlike noise.
bool names_another_version(std::string_view bytes) {
  const std::string_view line = bytes.substr(0, bytes.find("\r\n"));
  const std::size_t at = line.rfind(" HTTP/");
  if (at == std::string_view::npos) return false;
  const std::string_view version = line.substr(at + 6);
  return !version.empty() && version.size() <= 3 && is_digit(version[0]) && version != "1.0" &&
         version != "1.1";
}

}  // namespace

class RequestParser::Implementation : public beast::http::basic_parser<true> {
 public:
  explicit Implementation(std::size_t max) : max_header_bytes(max) {
    header_limit(static_cast<std::uint32_t>(max));
    body_limit(boost::none);  // The body reader enforces the limit.
  }

  const std::size_t max_header_bytes;
  RequestHead head;
  Error refusal;  ///< Without a status as long as there is none.
  std::string_view content;
  bool line_begins = false;    ///< The last consumed byte ended a line of the header.
  bool started = false;        ///< The request line was read.
  std::size_t head_bytes = 0;  ///< Consumed so far; Beast bounds what waits in the buffer alone.
  std::uint64_t rest_of_chunk = 0;

  /// Beast joins folded lines, which RFC 9112, section 5.2, lets a server reject: others may read two fields.
  void look_for_folding(std::string_view consumed) {
    for (const char c : consumed) {
      if (line_begins && (c == ' ' || c == '\t'))
        refuse(400, "A header field of the request is continued on another line; send it in one.");
      line_begins = c == '\n';
    }
  }

  void refuse(int status, std::string sentence) {
    if (refusal.status == 0) refusal = http_refusal(status, std::move(sentence));
  }

  void refuse(error_code error, std::string_view bytes) {
    if (error == BeastError::header_limit)
      return started ? refuse(431, "The request's header fields are too long.")
                     : refuse(414, "The URL of the request is too long.");
    if (error == BeastError::bad_version && names_another_version(bytes))
      return refuse(505, "This server supports only HTTP/1.1 and HTTP/1.0.");
    refuse(400, "The request is not well-formed HTTP: " + error.message() + ".");
  }

  /// Checks that Beast leaves to its user. Ambiguous requests are how request smuggling works (RFC 9112,
  /// section 11.2), so they are rejected.
  void check() {
    head.is_1_1 = is_1_1_;
    head.keep_alive = keep_alive();
    check_framing();
    check_host();
    const std::string_view expected = find_header(head.headers, "Expect");
    if (!expected.empty() && !equals_ignoring_case(expected, "100-continue"))
      refuse(417, "The only expectation that this server supports is 100-continue.");
    head.expects_continue = !expected.empty() && head.is_1_1;
    if (!method_known_) refuse(501, "This server does not support the method of the request.");
  }

 private:
  void check_framing() {
    if (count("Content-Length") > 1 || (count("Content-Length") == 1 && count("Transfer-Encoding") > 0))
      return refuse(400, "The request states its length more than once.");
    if (count("Content-Length") == 1) {
      const auto length = parse_number<std::uint64_t>(find_header(head.headers, "Content-Length"));
      if (!length) return refuse(400, "The request's Content-Length is not a number.");
      head.content_length = *length;
    }
    if (count("Transfer-Encoding") == 0) return;
    if (!head.is_1_1) return refuse(400, "An HTTP/1.0 request must not have a Transfer-Encoding.");
    if (!equals_ignoring_case(find_header(head.headers, "Transfer-Encoding"), "chunked"))
      return refuse(501, "The only transfer coding that this server supports is chunked.");
    if (count("Transfer-Encoding") > 1 || !chunked())
      return refuse(400, "The request has more than one transfer coding.");
    head.chunked = true;
  }

  void check_host() {
    const std::size_t hosts = count("Host");
    if (hosts > 1 || (hosts == 0 && head.is_1_1))
      return refuse(400, "The request must have exactly one Host field.");
    head.host = find_header(head.headers, "Host");
    if (hosts == 1 && !is_host(head.host)) refuse(400, "The request's Host field is not a valid host.");
  }

  [[nodiscard]] std::size_t count(std::string_view name) const {
    return static_cast<std::size_t>(
        std::count_if(head.headers.begin(), head.headers.end(),
                      [name](const auto& field) { return equals_ignoring_case(field.first, name); }));
  }

  void on_request_impl(beast::http::verb, Text method, Text target, int version, error_code& error) override {
    started = true;
    const auto known = method_of(view(method));
    method_known_ = known.has_value();
    head.method = known.value_or(Method::kGet);
    is_1_1_ = version == 11;
    if (target.size() > kMaxTargetBytes) {
      refuse(414, "The URL of the request is too long.");
      error = BeastError::header_limit;
      return;
    }
    head.target = view(target);
    error = {};
  }
  void on_response_impl(int, Text, int, error_code&) override {}
  void on_field_impl(beast::http::field, Text name, Text value, error_code& error) override {
    error = {};
    if (in_trailers_) return;  // Trailers are not used.
    if (head.headers.size() == kMaxFields) {
      refuse(431, "The request has too many header fields.");
      error = BeastError::header_limit;
      return;
    }
    head.headers.emplace_back(view(name), view(value));
  }
  void on_header_impl(error_code& error) override {
    in_trailers_ = true;
    error = {};
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code& error) override { error = {}; }
  std::size_t on_body_impl(Text, error_code& error) override {
    error = {};
    return 0;
  }
  void on_chunk_header_impl(std::uint64_t size, Text, error_code& error) override {
    rest_of_chunk = size;
    error = {};
  }
  std::size_t on_chunk_body_impl(std::uint64_t, Text body, error_code& error) override {
    error = {};
    content = view(body);
    rest_of_chunk -= body.size();
    return body.size();
  }
  void on_finish_impl(error_code& error) override { error = {}; }

  bool method_known_ = false;
  bool is_1_1_ = true;
  bool in_trailers_ = false;
};

RequestParser::RequestParser(std::size_t max_header_bytes)
    : implementation_(std::make_unique<Implementation>(max_header_bytes)) {}
RequestParser::~RequestParser() = default;

RequestHead& RequestParser::head() { return implementation_->head; }
const Error& RequestParser::refusal() const { return implementation_->refusal; }

RequestParser::Step RequestParser::put_head(std::string_view bytes) {
  Implementation& parser = *implementation_;
  std::size_t consumed = 0;
  // Empty lines before a request are ignored (RFC 9112, section 2.2).
  while (!parser.got_some() && bytes.substr(consumed, 2) == "\r\n") consumed += 2;
  if (bytes.substr(consumed).empty() || bytes.substr(consumed) == "\r") return {consumed, State::kMore};
  error_code error;
  const std::string_view rest = bytes.substr(consumed);
  const std::size_t count = parser.put(boost::asio::const_buffer(rest.data(), rest.size()), error);
  parser.look_for_folding(rest.substr(0, count));
  consumed += count;
  parser.head_bytes += count;
  if (parser.head_bytes > parser.max_header_bytes) error = BeastError::header_limit;
  if (error == BeastError::need_more) return {consumed, State::kMore};
  if (error)
    parser.refuse(error, rest);
  else
    parser.check();
  return {consumed, parser.refusal.status == 0 ? State::kDone : State::kBad};
}

RequestParser::Piece RequestParser::put_chunked(std::string_view bytes) {
  Implementation& parser = *implementation_;
  Piece piece;
  parser.content = {};
  while (parser.content.empty() && !parser.is_done()) {
    const std::string_view rest = bytes.substr(piece.consumed);
    // Beast's parser assumes what is true of every complete body: that a chunk's line and what follows it
    // have five bytes.
    if (rest.empty() || (parser.rest_of_chunk == 0 && rest.size() < 5)) return piece;
    error_code error;
    piece.consumed += parser.put(boost::asio::const_buffer(rest.data(), rest.size()), error);
    if (error == BeastError::need_more) {
      if (bytes.size() - piece.consumed <= kMaxChunkLineBytes) return piece;
      parser.refuse(400, "A chunk of the request's body has a line that is too long.");
      piece.state = State::kBad;
      return piece;
    }
    if (error) {
      parser.refuse(400, "The request's body is not well-formed: " + error.message() + ".");
      piece.state = State::kBad;
      return piece;
    }
  }
  piece.content = parser.content;
  if (parser.is_done()) piece.state = State::kDone;
  return piece;
}

}  // namespace vat::http
