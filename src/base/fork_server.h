// A helper process that forks a child for each task. The program is loaded once, ahead of the first task, so
// that a child costs about a millisecond; and no task meets what another one has left behind.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "base/channel.h"
#include "base/helper_process.h"
#include "base/result.h"

namespace vat {

/// The child that has one task. It is killed when this is destroyed.
class ForkedTask {
 public:
  ForkedTask(Channel channel, UniqueFd status);
  ForkedTask(const ForkedTask&) = delete;
  ForkedTask& operator=(const ForkedTask&) = delete;

  /// To and from the child; it ends when the child does.
  [[nodiscard]] Channel& channel() { return channel_; }
  /// Ends the child, which ends every wait on its channel. Any thread.
  void kill();
  /// How it ended, once its channel has: empty when that does not become known, as its server has ended too.
  [[nodiscard]] std::optional<ProcessEnd> end();

 private:
  Channel channel_;
  std::mutex mutex_;
  UniqueFd status_;  ///< While it is open, the child may live.
};

/// The starting side. Safe to use from any thread.
class ForkServer {
 public:
  /// Starts the helper, which must call serve_forks() with its channel, without waiting for it. When that
  /// fails, or when the helper ends, the next start() tries again.
  explicit ForkServer(HelperLaunch launch);

  /// Errors: kUnavailable (retryable) when no helper can be started; kLimit for too many open files.
  [[nodiscard]] Result<std::unique_ptr<ForkedTask>> start();

 private:
  [[nodiscard]] Result<> ensure_helper();

  const HelperLaunch launch_;
  std::mutex mutex_;
  std::unique_ptr<HelperProcess> helper_;
};

/// In the helper, which must have one thread: serves until the other end of `channel` is gone, then ends the
/// children that are left. Each child calls `task`, in the process of its own, with its channel, and ends
/// with the exit code that this returns. Children end with this process. Returns the helper's own exit code.
[[nodiscard]] int serve_forks(Channel channel, const std::function<int(Channel)>& task);

}  // namespace vat
