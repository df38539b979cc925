#include "child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>

#include "base/file.h"

extern char** environ;  // NOLINT(readability-redundant-declaration): only glibc declares it

namespace vat::bench {
namespace {

constexpr std::size_t kMaxOutput = 1 << 20;

volatile std::sig_atomic_t g_stop = 0;
volatile std::sig_atomic_t g_child = 0;

/// Like Ctrl-C in a terminal, which signals every process of the group.
extern "C" void note_stop(int /*signal*/) {
  g_stop = 1;
  if (g_child > 0) ::kill(g_child, SIGTERM);
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// Starts the program with its stdout at `output`.
Result<pid_t> start(const std::vector<std::string>& arguments, int output, Capture capture) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  if (capture == Capture::kOutputAndErrors)
    posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  else
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return fail(system_error(error, "start", arguments.front()));
  return pid;
}

}  // namespace

void stop_on_signals() {
  for (const int signal : {SIGINT, SIGTERM}) ::signal(signal, note_stop);
}

bool stop_requested() { return g_stop != 0; }

Result<ChildUsage> run_child(const std::vector<std::string>& arguments, Capture capture) {
  using Clock = std::chrono::steady_clock;
  VAT_ASSIGN(Pipe pipe, make_pipe());

  const Clock::time_point begin = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  VAT_ASSIGN(const pid_t pid, start(arguments, pipe.write_end.get(), capture));
  pipe.write_end.reset();
  g_child = pid;

  ChildUsage usage;
  std::array<char, 65536> block{};
  while (true) {
    const ssize_t count = ::read(pipe.read_end.get(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    if (usage.output.empty()) usage.first_output_seconds = elapsed();
    if (usage.output.size() < kMaxOutput) usage.output.append(block.data(), static_cast<std::size_t>(count));
  }
  int status = 0;
  rusage resources{};
  while (::wait4(pid, &status, 0, &resources) < 0 && errno == EINTR) {
  }
  g_child = 0;
  usage.wall_seconds = elapsed();
  usage.cpu_seconds = seconds(resources.ru_utime) + seconds(resources.ru_stime);
#ifdef __APPLE__
  usage.peak_bytes = static_cast<std::uint64_t>(resources.ru_maxrss);
#else
  usage.peak_bytes = static_cast<std::uint64_t>(resources.ru_maxrss) * 1024;
#endif
  usage.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return usage;
}

}  // namespace vat::bench
