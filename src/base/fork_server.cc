#include "base/fork_server.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <array>
#include <cerrno>
#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace vat {
namespace {

constexpr int kServerFailed = 1;
constexpr std::chrono::milliseconds kStatusWait{5'000};

/// Where the handler of SIGCHLD writes, so that poll() wakes.
int g_child_ended = -1;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void note_child(int /*signal*/) {
  const int before = errno;
  const char byte = 0;
  [[maybe_unused]] const ssize_t written = ::write(g_child_ended, &byte, 1);
  errno = before;
}

/// The server inside the helper.
class Forks {
 public:
  Forks(Channel channel, const std::function<int(Channel)>& task, Pipe child_ended)
      : channel_(std::move(channel)), task_(task), child_ended_(std::move(child_ended)) {
    g_child_ended = child_ended_.write_end.get();
    for (const int end : {child_ended_.read_end.get(), child_ended_.write_end.get()})
      (void)::fcntl(end, F_SETFL, O_NONBLOCK);
    struct sigaction action {};
    action.sa_handler = note_child;
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGCHLD, &action, nullptr);
    // Nobody may be left who asks how a child ended.
    ::signal(SIGPIPE, SIG_IGN);
  }

  int run() {
    while (true) {
      std::vector<pollfd> ready{{channel_.fd(), POLLIN, 0}, {child_ended_.read_end.get(), POLLIN, 0}};
      // Only their errors: whoever waits for the status has gone, and the child must go too.
      for (const auto& [id, status] : children_) ready.push_back({status.get(), 0, 0});
      if (::poll(ready.data(), ready.size(), -1) < 0 && errno != EINTR) return kServerFailed;
      kill_unwanted(ready);
      reap();
      if (ready[0].revents == 0) continue;
      auto message = channel_.receive(0);
      if (!message || !*message) return end_all();
      if ((*message)->files.size() == 2) start_child((*message)->files);
    }
  }

 private:
  void kill_unwanted(const std::vector<pollfd>& ready) {
    for (const auto& [id, status] : children_) {
      for (const pollfd& one : ready) {
        if (one.fd == status.get() && (one.revents & (POLLERR | POLLHUP)) != 0) ::kill(id, SIGKILL);
      }
    }
  }

  void reap() {
    std::array<char, 64> bytes{};
    while (::read(child_ended_.read_end.get(), bytes.data(), bytes.size()) > 0) {
    }
    int state = 0;
    for (pid_t id = 0; (id = ::waitpid(-1, &state, WNOHANG)) > 0;) {
      const auto child = children_.find(id);
      if (child == children_.end()) continue;
      [[maybe_unused]] const ssize_t written = ::write(child->second.get(), &state, sizeof state);
      children_.erase(child);
    }
  }

  void start_child(std::vector<UniqueFd>& files) {
    const pid_t parent = ::getpid();
    const pid_t id = ::fork();
    if (id == 0) become_child(std::move(files[0]), parent);
    // Without a child the ends of its files say so.
    if (id > 0) children_.emplace(id, std::move(files[1]));
  }

  [[noreturn]] void become_child(UniqueFd socket, pid_t parent) {
#ifdef __linux__
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    if (::getppid() != parent) ::_exit(kServerFailed);
    ::signal(SIGCHLD, SIG_DFL);
    // What belongs to the server and to its other children.
    channel_ = Channel(UniqueFd());
    child_ended_ = {};
    children_.clear();
    Channel channel(std::move(socket));
    close_others(channel.fd());
    // No destructors, nor what is registered for the program's end.
    ::_exit(task_(std::move(channel)));
  }

  /// The status of this child is still open, of which only the server may hold a copy.
  static void close_others(int kept) {
    for (int fd = STDERR_FILENO + 1; fd < kept; ++fd) ::close(fd);
#ifdef __linux__
    if (::close_range(static_cast<unsigned>(kept) + 1, ~0U, 0) == 0) return;
#endif
    for (int fd = kept + 1; fd < 1024; ++fd) ::close(fd);
  }

  int end_all() {
    for (const auto& [id, status] : children_) ::kill(id, SIGKILL);
    return 0;
  }

  Channel channel_;
  const std::function<int(Channel)>& task_;
  Pipe child_ended_;
  std::map<pid_t, UniqueFd> children_;  ///< With where their status goes.
};

}  // namespace

ForkedTask::ForkedTask(Channel channel, UniqueFd status)
    : channel_(std::move(channel)), status_(std::move(status)) {}

void ForkedTask::kill() {
  channel_.shut();
  const std::scoped_lock lock(mutex_);
  status_.reset();
}

std::optional<ProcessEnd> ForkedTask::end() {
  const std::scoped_lock lock(mutex_);
  int state = 0;
  pollfd ready{.fd = status_.get(), .events = POLLIN, .revents = 0};
  while (::poll(&ready, 1, static_cast<int>(kStatusWait.count())) < 0 && errno == EINTR) {
  }
  if (!status_ || (ready.revents & POLLIN) == 0 ||
      ::read(status_.get(), &state, sizeof state) != sizeof state)
    return std::nullopt;
  return WIFSIGNALED(state) ? ProcessEnd{.exit_code = 0, .signal = WTERMSIG(state)}
                            : ProcessEnd{.exit_code = WEXITSTATUS(state), .signal = 0};
}

ForkServer::ForkServer(HelperLaunch launch) : launch_(std::move(launch)) { (void)ensure_helper(); }

Result<> ForkServer::ensure_helper() {
  if (helper_) return {};
  auto helper = HelperProcess::start(launch_);
  if (!helper) return fail(std::move(helper).error().as_retryable());
  helper_ = std::move(*helper);
  return {};
}

Result<std::unique_ptr<ForkedTask>> ForkServer::start() {
  VAT_ASSIGN(auto ends, Channel::make_pair());
  VAT_ASSIGN(Pipe status, make_pipe());
  const std::array<int, 2> files{ends.second.fd(), status.write_end.get()};
  const std::scoped_lock lock(mutex_);
  // A helper that has ended in the meantime is replaced once.
  for (const bool last : {false, true}) {
    VAT_TRY(ensure_helper());
    auto sent = helper_->wait(std::chrono::milliseconds(0))
                    ? fail(ErrorCode::kUnavailable, "The helper process has ended.")
                    : helper_->channel().send("", files, {.time = kStatusWait, .stop = {}});
    if (sent) break;
    helper_.reset();
    if (last) return fail(std::move(sent).error().as_retryable());
  }
  return std::make_unique<ForkedTask>(std::move(ends.first), std::move(status.read_end));
}

int serve_forks(Channel channel, const std::function<int(Channel)>& task) {
  auto child_ended = make_pipe();
  if (!child_ended) return kServerFailed;
  return Forks(std::move(channel), task, std::move(*child_ended)).run();
}

}  // namespace vat
