#include "child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "base/file.h"
#include "base/pause.h"

namespace vat::test {

Child::Child(std::vector<std::string> words) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const UniqueFd write_end(ends[1]);
  output_.reset(::fdopen(ends[0], "r"));
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, write_end.get(), STDOUT_FILENO);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  EXPECT_EQ(::posix_spawn(&id_, words[0].c_str(), &actions, nullptr, arguments.data(), environ), 0);
  ::posix_spawn_file_actions_destroy(&actions);
}

bool Child::has_said(std::string_view line) {
  std::array<char, 256> buffer{};
  while (std::fgets(buffer.data(), static_cast<int>(buffer.size()), output_.get()) != nullptr) {
    std::string_view said(buffer.data());
    if (said.substr(0, said.find('\n')) == line) return true;
  }
  return false;
}

int Child::exit_status() {
  static_cast<void>(has_said("the end"));  // A full pipe would block the child.
  int status = 0;
  EXPECT_EQ(::waitpid(id_, &status, 0), id_);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool ends(pid_t id) {
  for (int i = 0; i < 1000; ++i) {
    const auto state = read_file("/proc/" + std::to_string(id) + "/stat", 4096);
    if (::kill(id, 0) != 0 || (state && state->find(") Z ") != std::string::npos)) return true;
    static_cast<void>(pause(std::chrono::milliseconds(20), {}));
  }
  return false;
}

}  // namespace vat::test
