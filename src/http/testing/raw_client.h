// A client that sends any bytes in any pieces, and reads what comes back. For tests alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "http/testing/reply.h"

namespace vat::http::testing {

/// Blocks; a wait that takes longer than half a minute fails the test by an empty answer.
class RawClient {
 public:
  /// To 127.0.0.1. `receive_buffer`: bytes; 0 for the system's choice.
  explicit RawClient(std::uint16_t port, int receive_buffer = 0);

  /// False when the server has closed the connection.
  bool send(std::string_view bytes);
  /// The next answer, whatever number of 100s before it left out. Status 0 when the connection ends before
  /// it.
  [[nodiscard]] Reply reply(bool to_head = false);
  /// The next head alone, of a 100 too.
  [[nodiscard]] Reply head();
  /// What comes until `text`, with it; less when the connection ends.
  [[nodiscard]] std::string read_until(std::string_view text);
  /// Reads and forgets that many bytes; how many there were.
  std::uint64_t skip(std::uint64_t bytes);
  /// Whether the server closes the connection, after whatever it still sends.
  [[nodiscard]] bool is_closed();
  /// Nothing more will be sent.
  void end_writing();
  /// As a client whose machine lost its power, but telling.
  void reset();
  /// One request on this connection.
  [[nodiscard]] Reply get(std::string_view target, std::string_view more_headers = {});

 private:
  /// False at the end.
  bool fill();
  std::string read_chunked();

  UniqueFd socket_;
  std::string received_;
};

/// The same on a connection of its own.
[[nodiscard]] Reply get(std::uint16_t port, std::string_view target, std::string_view more_headers = {});

}  // namespace vat::http::testing
