// The body of the request that a connection is answering.
#pragma once

#include <cstdint>
#include <optional>

#include "http/connection.h"
#include "http/request_parser.h"

namespace vat::http {

/// Bytes come from the connection's buffer first, then from the socket into a block on loan, which is
/// returned at the next call. While the client sends nothing, no block is held.
class RequestBody : public BodyReader {
 public:
  /// `parser` has read the header; it is kept for a chunked body only.
  RequestBody(Connection& connection, std::unique_ptr<RequestParser> parser);

  [[nodiscard]] std::optional<std::uint64_t> length() const override;
  [[nodiscard]] Task<Result<std::string_view>> read() override;
  [[nodiscard]] Task<bool> wait(Signal& signal, std::chrono::milliseconds timeout) override {
    return connection_.wait(signal, timeout);
  }
  [[nodiscard]] bool client_gone() const override { return connection_.is_over() || connection_.stopping(); }

  void set_max_bytes(std::uint64_t max) { max_bytes_ = max; }
  /// The client has disconnected before the end of the body.
  [[nodiscard]] bool client_left() const { return client_left_; }
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }
  /// Whether the connection can continue with the next request, as far as can be told without trying.
  [[nodiscard]] bool can_finish() const;
  /// Drains what the handler left, if that is little. False when the connection cannot continue.
  [[nodiscard]] Task<bool> finish();

 private:
  [[nodiscard]] Task<Result<std::string_view>> read_raw();
  [[nodiscard]] Task<Result<std::string_view>> read_chunked();
  /// Some bytes after `kept` that are already in the block; at most `max` in all.
  [[nodiscard]] Task<Result<std::size_t>> fill(std::string_view kept, std::size_t max);
  [[nodiscard]] Task<Result<>> send_continue();
  [[nodiscard]] std::string_view unparsed() const;
  void use_up(std::size_t count);
  void stash();
  /// Every read() from now on fails so.
  tl::unexpected<Error> refuse(Error error);

  Connection& connection_;
  std::unique_ptr<RequestParser> parser_;  ///< Of a chunked body.
  std::uint64_t length_ = 0;
  std::uint64_t remaining_ = 0;  ///< Of a body with a length.
  std::uint64_t max_bytes_ = UINT64_MAX;
  std::uint64_t bytes_read_ = 0;
  bool awaits_continue_ = false;
  bool done_ = false;
  bool client_left_ = false;
  std::optional<Error> failure_;
  MinRateTimeout timeout_;
  Block block_;
  std::size_t block_begin_ = 0, block_end_ = 0;  ///< Not yet parsed.
};

}  // namespace vat::http
