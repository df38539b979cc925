#include "http/request_body.h"

#include <algorithm>

#include "http/too_long.h"

namespace vat::http {
namespace {

/// How much unread body is drained for the sake of the next request.
constexpr std::uint64_t kMaxDrained = 64U * 1024;

}  // namespace

RequestBody::RequestBody(Connection& connection, std::unique_ptr<RequestParser> parser)
    : connection_(connection),
      timeout_(connection.core().options.body_timeout, connection.core().options.min_rate) {
  const RequestHead& head = parser->head();
  length_ = remaining_ = head.content_length;
  done_ = !head.chunked && length_ == 0;
  // A client that sends without waiting needs no permission.
  awaits_continue_ = head.expects_continue && !done_ && connection_.input().empty();
  if (head.chunked) parser_ = std::move(parser);
}

std::optional<std::uint64_t> RequestBody::length() const {
  return parser_ ? std::nullopt : std::optional(length_);
}

Task<Result<std::string_view>> RequestBody::read() {
  if (block_begin_ == block_end_) block_.reset();
  if (failure_) co_return fail(*failure_);
  if (done_) co_return std::string_view();
  if (!parser_ && length_ > max_bytes_) co_return refuse(too_long_error("The request", max_bytes_));
  if (awaits_continue_) {
    Result<> sent = co_await send_continue();
    if (!sent) co_return refuse(std::move(sent).error().with_status(400));
  }
  // Two statements, because g++ 12 copies the result of a co_await inside of ?: bit by bit.
  Result<std::string_view> piece;
  if (parser_)
    piece = co_await read_chunked();
  else
    piece = co_await read_raw();
  if (!piece) co_return piece;
  bytes_read_ += piece->size();
  if (bytes_read_ > max_bytes_) co_return refuse(too_long_error("The request", max_bytes_));
  co_return piece;
}

Task<Result<std::string_view>> RequestBody::read_raw() {
  InputBuffer& input = connection_.input();
  std::string_view piece = input.view();
  piece = piece.substr(0, std::min<std::uint64_t>(piece.size(), remaining_));
  if (!piece.empty()) {
    input.consume(piece.size());
  } else {
    input.release_if_empty();
    Result<std::size_t> count = co_await fill({}, std::min<std::uint64_t>(kBlockBytes, remaining_));
    if (!count) co_return fail(std::move(count).error());
    piece = {block_.data(), *count};
  }
  remaining_ -= piece.size();
  done_ = remaining_ == 0;
  co_return piece;
}

Task<Result<std::string_view>> RequestBody::read_chunked() {
  while (true) {
    const RequestParser::Piece piece = parser_->put_chunked(unparsed());
    use_up(piece.consumed);
    if (piece.state == RequestParser::State::kBad) co_return refuse(parser_->refusal());
    if (piece.state == RequestParser::State::kDone) {
      done_ = true;
      stash();
      co_return std::string_view();
    }
    if (!piece.content.empty()) co_return piece.content;
    stash();
    Result<std::size_t> count = co_await fill(connection_.input().view(), kBlockBytes);
    if (!count) co_return fail(std::move(count).error());
    connection_.input().clear();
    connection_.input().release_if_empty();
    block_begin_ = 0;
    block_end_ = *count;
  }
}

Task<Result<std::size_t>> RequestBody::fill(std::string_view kept, std::size_t max) {
  while (true) {
    block_ = co_await connection_.take_block();
    if (!block_) co_return refuse(http_refusal(408, "The server is shutting down."));
    std::copy(kept.begin(), kept.end(), block_.data());
    const IoResult io = connection_.transport().read({block_.data() + kept.size(), max - kept.size()});
    if (io.state == IoState::kDone) {
      timeout_.restore(io.bytes);
      co_return kept.size() + io.bytes;
    }
    block_.reset();
    if (io.state == IoState::kEnd || io.state == IoState::kFailed) {
      client_left_ = true;
      co_return refuse(Error(ErrorCode::kNetwork, "The client disconnected before the end of its request.")
                           .with_status(400));
    }
    const Clock::time_point begin = Clock::now();
    const Waited waited = co_await connection_.wait(io.state, begin + timeout_.remaining());
    timeout_.spend(Clock::now() - begin);
    if (waited == Waited::kExpired)
      co_return refuse(http_refusal(408, "The client sends its request too slowly."));
    if (waited == Waited::kAborted)
      co_return refuse(http_refusal(408, "The connection ended before the end of the request."));
  }
}

Task<Result<>> RequestBody::send_continue() {
  awaits_continue_ = false;
  Output output;
  output.add("HTTP/1.1 100 Continue\r\n\r\n");
  co_return co_await connection_.send(output);
}

std::string_view RequestBody::unparsed() const {
  if (block_begin_ == block_end_) return connection_.input().view();
  return {block_.data() + block_begin_, block_end_ - block_begin_};
}

void RequestBody::use_up(std::size_t count) {
  if (block_begin_ == block_end_)
    connection_.input().consume(count);
  else
    block_begin_ += count;
}

/// Moves the rest of the block to where it may stay.
void RequestBody::stash() {
  if (block_begin_ != block_end_) connection_.input().append(unparsed());
  block_begin_ = block_end_ = 0;
  block_.reset();
}

bool RequestBody::can_finish() const {
  if (failure_ || awaits_continue_) return false;
  return done_ || parser_ || remaining_ <= kMaxDrained;
}

Task<bool> RequestBody::finish() {
  if (!can_finish()) {
    block_.reset();
    co_return false;
  }
  max_bytes_ = UINT64_MAX;
  std::uint64_t drained = 0;
  while (!done_ && drained <= kMaxDrained) {
    Result<std::string_view> piece = co_await read();
    if (!piece) co_return false;
    drained += piece->size();
  }
  block_.reset();
  co_return done_;
}

tl::unexpected<Error> RequestBody::refuse(Error error) {
  failure_ = error;
  block_.reset();
  return fail(std::move(error));
}

}  // namespace vat::http
