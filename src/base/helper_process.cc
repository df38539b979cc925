#include "base/helper_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

#include "base/pause.h"

namespace vat {
namespace {

/// The helper's end of the channel.
constexpr int kHelperFd = 3;
/// The starter's process id, by which a helper notices that it came too late to end with it.
constexpr const char* kParentVariable = "VAT_HELPER_OF";
constexpr std::chrono::milliseconds kLook{5};

/// A thread that starts processes. It lasts as long as this process, because on Linux a child that asks to
/// end with its parent ends with the thread that started it.
class Starter {
 public:
  static Starter& instance() {
    static Starter starter;
    return starter;
  }

  void run(std::function<void()> work) {
    std::packaged_task<void()> task(std::move(work));
    std::future<void> done = task.get_future();
    {
      const std::scoped_lock lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    changed_.notify_one();
    done.get();
  }

 private:
  void loop(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return !tasks_.empty(); })) {
      std::packaged_task<void()> task = std::move(tasks_.front());
      tasks_.erase(tasks_.begin());
      lock.unlock();
      task();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<std::packaged_task<void()>> tasks_;
  std::jthread thread_{[this](const std::stop_token& stop) { loop(stop); }};
};

/// The environment of the helper.
std::vector<std::string> kept_variables(const std::vector<std::string>& names) {
  std::vector<std::string> variables{std::string(kParentVariable) + "=" + std::to_string(::getpid())};
  for (const std::string& name : names) {
    const char* const value =
        std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): nothing calls setenv
    if (value != nullptr) variables.push_back(name + "=" + value);
  }
  return variables;
}

std::vector<char*> as_pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// What posix_spawn() does on the way.
class SpawnPlan {
 public:
  explicit SpawnPlan(int channel) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, channel, kHelperFd);
    int flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
#ifdef __linux__
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, kHelperFd + 1);
#else
    ::posix_spawn_file_actions_addinherit_np(&actions_, STDERR_FILENO);
    flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#endif
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    sigset_t all;
    ::sigfillset(&all);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_, static_cast<short>(flags));
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  /// The errno of a failure, else 0.
  [[nodiscard]] int spawn(pid_t& id, const std::string& program, char** words, char** variables) const {
    return ::posix_spawn(&id, program.c_str(), &actions_, &attributes_, words, variables);
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

/// Whether it was reaped, after which its number may be another process's.
struct HelperProcess::State {
  std::mutex mutex;
  std::optional<ProcessEnd> end;

  /// With the mutex held.
  void look(pid_t id) {
    int status = 0;
    if (end || ::waitpid(id, &status, WNOHANG) != id) return;
    end = WIFSIGNALED(status) ? ProcessEnd{.exit_code = 0, .signal = WTERMSIG(status)}
                              : ProcessEnd{.exit_code = WEXITSTATUS(status), .signal = 0};
  }
};

std::filesystem::path this_program() {
#ifdef __APPLE__
  std::string path(4096, '\0');
  auto size = static_cast<std::uint32_t>(path.size());
  return ::_NSGetExecutablePath(path.data(), &size) == 0 ? path.c_str() : "";
#else
  return "/proc/self/exe";
#endif
}

HelperProcess::HelperProcess(pid_t id, Channel channel)
    : id_(id), channel_(std::move(channel)), state_(std::make_unique<State>()) {}

Result<std::unique_ptr<HelperProcess>> HelperProcess::start(const HelperLaunch& launch) {
  VAT_ASSIGN(auto ends, Channel::make_pair());
  // Away from where the helper's files go.
  const UniqueFd theirs(::fcntl(ends.second.fd(), F_DUPFD_CLOEXEC, 2 * kHelperFd));
  const std::string program = launch.program.string();
  std::vector<std::string> words{program};
  words.insert(words.end(), launch.arguments.begin(), launch.arguments.end());
  std::vector<std::string> variables = kept_variables(launch.environment);
  const std::vector<char*> word_list = as_pointers(words);
  const std::vector<char*> variable_list = as_pointers(variables);
  pid_t id = 0;
  int failure = theirs ? 0 : errno;
  if (failure == 0) {
    const SpawnPlan plan(theirs.get());
    Starter::instance().run([&] {
      failure = plan.spawn(id, program, const_cast<char**>(word_list.data()),
                           const_cast<char**>(variable_list.data()));
    });
  }
  if (failure != 0)
    return fail(ErrorCode::kUnavailable, "A helper process of this program could not be started.",
                program + ": errno " + std::to_string(failure));
  return std::unique_ptr<HelperProcess>(new HelperProcess(id, std::move(ends.first)));
}

HelperProcess::~HelperProcess() {
  kill();
  // It cannot refuse SIGKILL, but while its memory is given back it is still there.
  if (!state_->end) {
    while (::waitpid(id_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
}

void HelperProcess::kill() {
  const std::scoped_lock lock(state_->mutex);
  if (!state_->end) ::kill(-id_, SIGKILL);
  channel_.shut();
}

std::optional<ProcessEnd> HelperProcess::wait(std::chrono::milliseconds time) {
  const auto until = std::chrono::steady_clock::now() + time;
  while (true) {
    {
      const std::scoped_lock lock(state_->mutex);
      state_->look(id_);
      if (state_->end) return state_->end;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return std::nullopt;
    (void)pause(std::min(left, kLook), {});
  }
}

Result<Channel> inherit_channel() {
  const char* const parent =
      std::getenv(kParentVariable);  // NOLINT(concurrency-mt-unsafe): before any thread
  int kind = 0;
  socklen_t size = sizeof kind;
  if (parent == nullptr || ::getsockopt(kHelperFd, SOL_SOCKET, SO_TYPE, &kind, &size) != 0)
    return fail(ErrorCode::kInvalidArgument, "This is started by vat itself, not by hand.");
#ifdef __linux__
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  if (std::to_string(::getppid()) != parent)
    return fail(ErrorCode::kUnavailable, "The process that started this has ended.");
  (void)::fcntl(kHelperFd, F_SETFD, FD_CLOEXEC);
  return Channel(UniqueFd(kHelperFd));
}

}  // namespace vat
