// A helper process of this program: started with a channel to it, ended with this process at the latest.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/channel.h"
#include "base/result.h"

namespace vat {

/// The file of the running program, also when a newer one has taken its name.
[[nodiscard]] std::filesystem::path this_program();

struct HelperLaunch {
  std::filesystem::path program = this_program();
  std::vector<std::string> arguments;
  /// Variables that the helper gets from this process's environment, if they are set there; it gets no
  /// others.
  std::vector<std::string> environment;
};

/// How a process ended.
struct ProcessEnd {
  int exit_code = 0;  ///< If no signal ended it.
  int signal = 0;     ///< The one that ended it; 0 if it ended by itself.
};

/// A child of this process in a process group of its own, without this process's files, with empty standard
/// input and output and the same standard error. It has the other end of channel(). It is killed when this is
/// destroyed, and, if it calls inherit_channel(), when this process ends in whatever way.
class HelperProcess {
 public:
  /// Errors: kUnavailable when it cannot be started; kLimit when there are too many open files. Any thread.
  [[nodiscard]] static Result<std::unique_ptr<HelperProcess>> start(const HelperLaunch& launch);
  ~HelperProcess();
  HelperProcess(const HelperProcess&) = delete;
  HelperProcess& operator=(const HelperProcess&) = delete;

  [[nodiscard]] Channel& channel() { return channel_; }
  [[nodiscard]] pid_t id() const { return id_; }
  /// Ends it at once, which ends every wait on its channel. Any thread.
  void kill();
  /// How it ended; empty if it still runs when the time is over. Any thread.
  [[nodiscard]] std::optional<ProcessEnd> wait(std::chrono::milliseconds time);

 private:
  struct State;
  HelperProcess(pid_t id, Channel channel);

  pid_t id_;
  Channel channel_;
  std::unique_ptr<State> state_;
};

/// In a helper, before anything else: its end of the channel. From now on it ends with the process that
/// started it. Errors: kInvalidArgument when it is no helper. Once.
[[nodiscard]] Result<Channel> inherit_channel();

}  // namespace vat
