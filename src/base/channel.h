// Messages between two processes, over a socket that both have.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace vat {

/// How long a call may wait: no time at all means for ever.
struct Patience {
  std::optional<std::chrono::milliseconds> time;
  std::stop_token stop;
};

/// One end of a socket that carries whole messages, each with up to kMaxFiles open files. What comes from the
/// other process may be anything, so that a message has a bound and is checked by who takes it. Sending and
/// receiving are one thread's each at a time.
class Channel {
 public:
  static constexpr std::size_t kMaxFiles = 4;

  struct Message {
    std::string bytes;
    std::vector<UniqueFd> files;  ///< Copies that belong to the receiver.
  };

  /// A connected stream socket (AF_UNIX).
  explicit Channel(UniqueFd socket);
  /// Two ends of one; both are closed on exec. Errors: kLimit when there are too many open files.
  [[nodiscard]] static Result<std::pair<Channel, Channel>> make_pair();

  /// Blocks while the other process takes nothing. `files` stay the caller's. Errors: kUnavailable when the
  /// other end is gone, kLimit when the time is over, kCancelled after the stop.
  [[nodiscard]] Result<> send(std::string_view bytes, std::span<const int> files = {},
                              const Patience& patience = {});
  /// The next message; empty when the other end is gone, even if that was in the middle of one. Errors:
  /// kLimit when the time is over or the message is longer than `max_bytes`, after which the channel is of no
  /// more use; kCancelled after the stop.
  [[nodiscard]] Result<std::optional<Message>> receive(std::size_t max_bytes, const Patience& patience = {});

  /// Ends the channel for both sides, which wakes whoever waits on it. Any thread.
  void shut() const;
  [[nodiscard]] int fd() const { return socket_.get(); }

 private:
  UniqueFd socket_;
};

}  // namespace vat
