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

#include "base/file.h"

extern char** environ;  // NOLINT(readability-redundant-declaration): only glibc declares it

namespace vat::app {
namespace {

constexpr std::size_t kMaxOutput = 1 << 20;

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
  // The program's own threads have the stop signals blocked; a child must be stoppable.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, argv[0], &actions, &attributes, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) return fail(system_error(error, "start", arguments.front()));
  return pid;
}

}  // namespace

Result<ChildUsage> run_child(const std::vector<std::string>& arguments, Capture capture) {
  using Clock = std::chrono::steady_clock;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(system_error(errno, "start", arguments.front()));
  const UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);

  const Clock::time_point begin = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  VAT_ASSIGN(const pid_t pid, start(arguments, writer.get(), capture));
  writer.reset();

  ChildUsage usage;
  std::array<char, 65536> block{};
  while (true) {
    const ssize_t count = ::read(reader.get(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    if (usage.output.empty()) usage.first_output_seconds = elapsed();
    if (usage.output.size() < kMaxOutput) usage.output.append(block.data(), static_cast<std::size_t>(count));
  }
  int status = 0;
  rusage resources{};
  while (::wait4(pid, &status, 0, &resources) < 0 && errno == EINTR) {
  }
  usage.wall_seconds = elapsed();
  usage.cpu_seconds = seconds(resources.ru_utime) + seconds(resources.ru_stime);
  usage.peak_bytes = static_cast<std::uint64_t>(resources.ru_maxrss) * 1024;  // Linux counts in KiB
  usage.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return usage;
}

}  // namespace vat::app
