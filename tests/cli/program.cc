#include "program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace vat::cli_test {
namespace {

constexpr std::chrono::seconds kDeadline{180};  // far more than the slowest machine needs with sanitizers

struct Ends {
  UniqueFd read;
  UniqueFd write;
};

Ends make_pipe() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

/// The terminal's end, and the program's.
Ends make_terminal(unsigned short columns) {
  winsize size{.ws_row = 24, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
  int terminal = -1;
  int program = -1;
  EXPECT_EQ(::openpty(&terminal, &program, nullptr, nullptr, &size), 0);
  ::fcntl(terminal, F_SETFD, FD_CLOEXEC);
  ::fcntl(program, F_SETFD, FD_CLOEXEC);
  return {UniqueFd(terminal), UniqueFd(program)};
}

void make_nonblocking(const UniqueFd& fd) { ::fcntl(fd.get(), F_SETFL, O_NONBLOCK); }

}  // namespace

Program::Program(const Invocation& invocation)
    : unwritten_(invocation.input), open_input_(invocation.open_input), deadline_(Clock::now() + kDeadline) {
  Ends input = make_pipe();
  input_ = std::move(input.write);
  make_nonblocking(input_);
  Ends error = invocation.terminal_columns > 0 ? make_terminal(invocation.terminal_columns) : make_pipe();
  error_ = std::move(error.read);
  make_nonblocking(error_);
  UniqueFd output;
  if (invocation.terminal_columns > 0) {
    output = UniqueFd(::fcntl(error.write.get(), F_DUPFD_CLOEXEC, 0));
  } else if (!invocation.output.empty()) {
    output = UniqueFd(::open(invocation.output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  } else {
    Ends ends = make_pipe();
    output = std::move(ends.write);
    if (!invocation.closed_output) {
      output_ = std::move(ends.read);
      make_nonblocking(output_);
    }
  }
  start(invocation, input.read.get(), output.get(), error.write.get());
}

Program::~Program() {
  if (id_ <= 0) return;
  ::kill(id_, SIGKILL);
  ::waitpid(id_, nullptr, 0);
}

void Program::start(const Invocation& invocation, int input, int output, int error) {
  std::vector<std::string> words = invocation.words;
  std::vector<std::string> variables;
  for (const auto& [name, value] : invocation.environment) variables.push_back(name + "=" + value);
  const auto pointers = [](std::vector<std::string>& texts) {
    std::vector<char*> list;
    for (std::string& text : texts) list.push_back(text.data());
    list.push_back(nullptr);
    return list;
  };
  std::vector<char*> arguments = pointers(words);
  std::vector<char*> environment = pointers(variables);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addchdir_np(&actions, invocation.folder.c_str());
  ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, error, STDERR_FILENO);
  // As a shell would start it: with no signal ignored or blocked, whatever this test program inherited.
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t all;
  sigset_t none;
  sigfillset(&all);
  sigemptyset(&none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  EXPECT_EQ(::posix_spawn(&id_, arguments[0], &actions, &attributes, arguments.data(), environment.data()), 0)
      << words[0];
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (id_ > 0) process_ = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, id_, 0)));
}

void Program::read_some(UniqueFd& from, std::string& to) {
  std::array<char, 65536> block{};
  const ssize_t count = ::read(from.get(), block.data(), block.size());
  if (count > 0) {
    to.append(block.data(), static_cast<std::size_t>(count));
  } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
    from.reset();  // a terminal whose program has ended returns EIO
  }
}

void Program::write_some() {
  const ssize_t count = ::write(input_.get(), unwritten_.data(), unwritten_.size());
  if (count > 0) unwritten_.erase(0, static_cast<std::size_t>(count));
  if (count < 0 && errno != EAGAIN && errno != EINTR) unwritten_.clear();
}

bool Program::pump() {
  if (unwritten_.empty() && !open_input_) input_.reset();
  std::vector<pollfd> waits;
  if (output_) waits.push_back({output_.get(), POLLIN, 0});
  if (error_) waits.push_back({error_.get(), POLLIN, 0});
  if (waits.empty()) return false;
  if (input_ && !unwritten_.empty()) waits.push_back({input_.get(), POLLOUT, 0});
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
  if (left <= 0) return false;
  if (::poll(waits.data(), waits.size(), static_cast<int>(left)) <= 0) return errno == EINTR;
  for (const pollfd& wait : waits) {
    if (wait.revents == 0) continue;
    if (wait.fd == output_.get())
      read_some(output_, outcome_.out);
    else if (wait.fd == error_.get())
      read_some(error_, outcome_.err);
    else
      write_some();
  }
  return true;
}

bool Program::wait_for(std::string_view text) {
  while (outcome_.err.find(text) == std::string::npos) {
    if (!pump()) return false;
  }
  return true;
}

void Program::send(int signal) const {
  if (id_ > 0) ::kill(id_, signal);  // a negative one would mean every process of this user
}

Outcome Program::finish() {
  if (id_ <= 0) return outcome_;
  while (pump()) {
  }
  pollfd end{process_.get(), POLLIN, 0};
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
  if (::poll(&end, 1, static_cast<int>(std::max<std::int64_t>(left, 0))) <= 0) {
    ADD_FAILURE() << "The program did not end. Its stderr: " << outcome_.err;
    ::kill(id_, SIGKILL);
  }
  int status = 0;
  ::waitpid(std::exchange(id_, -1), &status, 0);
  outcome_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome_;
}

}  // namespace vat::cli_test
