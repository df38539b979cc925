#include "base/run_program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <string_view>

#include "base/file.h"
#include "base/text.h"

extern char** environ;  // NOLINT(readability-redundant-declaration): macOS declares it nowhere

namespace vat {
namespace {

constexpr int kPollMilliseconds = 100;
/// As a rule, what has closed its output is about to end.
constexpr int kEndPollMilliseconds = 5;

/// The file that the shell would run; empty if there is none.
std::filesystem::path find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return ::access(name.c_str(), X_OK) == 0 ? name : "";
  const char* const list = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): nothing calls setenv
  for (std::string_view rest = list == nullptr ? "/usr/bin:/bin" : list; !rest.empty();) {
    const std::filesystem::path file = std::filesystem::path(take_part(rest, ':')) / name;
    std::error_code ignored;
    // Relative folders would depend on where the program works.
    if (file.is_absolute() && ::access(file.c_str(), X_OK) == 0 &&
        !std::filesystem::is_directory(file, ignored))
      return file;
  }
  return {};
}

std::vector<std::string> changed_environment(const ProgramRun& run) {
  std::vector<std::string> variables;
  for (const auto& [name, value] : run.environment) variables.push_back(name + "=" + value);
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string_view text(*variable);
    const std::string_view name = text.substr(0, text.find('='));
    const bool changed = std::any_of(run.environment.begin(), run.environment.end(),
                                     [name](const auto& other) { return other.first == name; });
    if (!changed) variables.emplace_back(text);
  }
  return variables;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// What the new process needs to become the program.
struct Launch {
  const char* file;
  const char* folder;  ///< Null to stay.
  char** words;
  char** variables;
  int output;  ///< A descriptor, like the next.
  int report;  ///< Where the errno of a failure goes.
  pid_t parent;
};

void close_from(int first) {
#ifdef __linux__
  if (::close_range(static_cast<unsigned>(first), ~0U, 0) == 0) return;
#endif
  const long count = ::sysconf(_SC_OPEN_MAX);
  for (int fd = first; fd < std::min(count, 65'536L); ++fd) ::close(fd);
}

/// In the new process, where only async-signal-safe functions may be called (POSIX, fork()).
[[noreturn]] void become(const Launch& launch) {
  constexpr int kReport = 3;
  constexpr int kOutOfTheWay = 10;
  ::setpgid(0, 0);
#ifdef __linux__
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != launch.parent) ::_exit(1);
#endif
  // Their places may be the ones that they are to go to.
  const int output = ::fcntl(launch.output, F_DUPFD, kOutOfTheWay);
  const int report = ::fcntl(launch.report, F_DUPFD, kOutOfTheWay);
  const int nothing = ::open("/dev/null", O_RDONLY);
  if (nothing < 0 || ::dup2(nothing, STDIN_FILENO) < 0 || ::dup2(output, STDOUT_FILENO) < 0 ||
      ::dup2(output, STDERR_FILENO) < 0 || ::dup2(report, kReport) < 0)
    ::_exit(1);
  ::fcntl(kReport, F_SETFD, FD_CLOEXEC);
  close_from(kReport + 1);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int signal : {SIGPIPE, SIGXFSZ}) ::signal(signal, SIG_DFL);
  if (launch.folder == nullptr || ::chdir(launch.folder) == 0)
    ::execve(launch.file, launch.words, launch.variables);
  const int failure = errno;
  [[maybe_unused]] const ssize_t ignored = ::write(kReport, &failure, sizeof failure);
  ::_exit(1);
}

/// A running program. What is left of it and its group ends with this.
class Running {
 public:
  Running(pid_t id, UniqueFd output) : id_(id), output_(std::move(output)) {}
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() {
    // Before waitpid(), which lets the number go to another process.
    ::kill(-id_, SIGKILL);
    while (::waitpid(id_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  /// Takes in what it says, for a short time; true once it has ended.
  [[nodiscard]] bool step(std::string& said) {
    pollfd ready{.fd = silent_ ? -1 : output_.get(), .events = POLLIN, .revents = 0};
    ::poll(&ready, 1, silent_ ? kEndPollMilliseconds : kPollMilliseconds);
    end_.si_pid = 0;
    const int waited = ::waitid(P_PID, static_cast<id_t>(id_), &end_, WEXITED | WNOHANG | WNOWAIT);
    take(said);
    return waited == 0 && end_.si_pid == id_;
  }

  [[nodiscard]] int exit_code() const {
    constexpr int kSignalled = 128;
    return end_.si_code == CLD_EXITED ? end_.si_status : kSignalled + end_.si_status;
  }

 private:
  void take(std::string& said) {
    std::array<char, 65'536> block{};  // All that a pipe holds; the rest is for the next time.
    const ssize_t count = ::read(output_.get(), block.data(), block.size());
    if (count == 0) silent_ = true;
    if (count > 0) said.append(block.data(), static_cast<std::size_t>(count));
  }

  pid_t id_;
  UniqueFd output_;
  bool silent_ = false;  ///< It has closed its output.
  siginfo_t end_{};
};

tl::unexpected<Error> not_started(const std::string& program, int failure) {
  return fail(ErrorCode::kUnavailable, "The program " + program + " could not be started.",
              "errno " + std::to_string(failure));
}

/// The errno that the new process reports; 0 once it has become the program.
int reported_failure(const UniqueFd& report) {
  int failure = 0;
  ssize_t count = 0;
  while ((count = ::read(report.get(), &failure, sizeof failure)) < 0 && errno == EINTR) {
  }
  return count == sizeof failure ? failure : 0;
}

void keep_end(std::string& text, std::size_t max) {
  if (text.size() > max) text.erase(0, text.size() - max);
}

}  // namespace

Result<ProgramEnd> run_program(const ProgramRun& run, const ProgramWatch& watch,
                               const std::stop_token& stop) {
  const std::string& program = run.words.at(0);
  const std::string file = find_program(program);
  if (file.empty()) return fail(ErrorCode::kNotFound, "There is no program " + program + ".");
  std::vector<std::string> words = run.words;
  std::vector<std::string> variables = changed_environment(run);
  const std::vector<char*> word_list = pointers_to(words);
  const std::vector<char*> variable_list = pointers_to(variables);
  VAT_ASSIGN(Pipe output, make_pipe());
  VAT_ASSIGN(Pipe report, make_pipe());
  ::fcntl(output.read_end.get(), F_SETFL, O_NONBLOCK);
  const Launch launch{.file = file.c_str(),
                      .folder = run.folder.empty() ? nullptr : run.folder.c_str(),
                      .words = const_cast<char**>(word_list.data()),
                      .variables = const_cast<char**>(variable_list.data()),
                      .output = output.write_end.get(),
                      .report = report.write_end.get(),
                      .parent = ::getpid()};
  // Not posix_spawn(), with which the program could not be told to end with this process.
  const pid_t id = ::fork();
  if (id == 0) become(launch);
  if (id < 0) return not_started(program, errno);
  ::setpgid(id, id);  // Whichever of the two processes comes first.
  output.write_end.reset();
  report.write_end.reset();
  Running running(id, std::move(output.read_end));
  if (const int failure = reported_failure(report.read_end); failure != 0)
    return not_started(program, failure);
  ProgramEnd end;
  for (bool ended = false; !ended; keep_end(end.output, run.max_output_bytes)) {
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "The program " + program + " was stopped.");
    if (watch) VAT_TRY(watch());
    ended = running.step(end.output);
  }
  end.exit_code = running.exit_code();
  return end;
}

}  // namespace vat
