#include "base/sandbox.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

#include <array>
#include <cerrno>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"

namespace vat {
namespace {

constexpr std::uint64_t kMemory = 64ULL << 20U;
constexpr std::uint64_t kWritten = 4096;

/// 0, or the errno of a call that returns -1.
int outcome(long returned) { return returned < 0 ? errno : 0; }

/// The errno of what was tried in a sandbox, or the signal that ended it as a negative number.
int tried(const std::function<int()>& what, const SandboxLimits& limits) {
  const pid_t id = ::fork();
  if (id == 0) {
    if (!enter_sandbox(limits)) ::_exit(255);
    ::_exit(what());
  }
  int state = 0;
  EXPECT_EQ(::waitpid(id, &state, 0), id);
  return WIFSIGNALED(state) ? -WTERMSIG(state) : WEXITSTATUS(state);
}

int tried(const std::function<int()>& what) {
  return tried(what, {.memory_bytes = kMemory, .written_bytes = kWritten});
}

class SandboxTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!can_filter_system_calls()) GTEST_SKIP() << "no filter: " << system_call_filter();
  }
};

TEST_F(SandboxTest, ComputesReadsAndWritesWhatIsOpen) {
  const Pipe pipe = make_pipe().value();
  EXPECT_EQ(tried([&] {
              const std::vector<int> memory(1'000'000, 1);
              const std::string text(memory[999'999] == 1 ? "right" : "wrong");
              return outcome(::write(pipe.write_end.get(), text.data(), text.size()));
            }),
            0);
  std::array<char, 5> read{};
  EXPECT_EQ(::read(pipe.read_end.get(), read.data(), read.size()), 5);
  EXPECT_EQ(std::string(read.data(), 5), "right");
}

TEST_F(SandboxTest, OpensNoFile) {
  EXPECT_EQ(tried([] { return outcome(::open("/etc/passwd", O_RDONLY)); }), EACCES);
  EXPECT_EQ(tried([] { return outcome(::open("/tmp/vat-sandbox-test", O_WRONLY | O_CREAT, 0600)); }), EACCES);
  EXPECT_EQ(tried([] { return outcome(::access("/etc/passwd", R_OK)); }), EACCES);
  EXPECT_EQ(tried([] { return outcome(::unlink("/tmp/vat-sandbox-test")); }), -SIGSYS);
  EXPECT_EQ(tried([] { return outcome(::mkdir("/tmp/vat-sandbox-test", 0700)); }), -SIGSYS);
}

TEST_F(SandboxTest, OpensNoSocket) {
  for (const int family : {AF_INET, AF_INET6, AF_UNIX}) {
    EXPECT_EQ(tried([family] { return outcome(::socket(family, SOCK_STREAM, 0)); }), -SIGSYS) << family;
  }
  const UniqueFd before(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(
      tried([&] {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(9);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return outcome(::connect(before.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
      }),
      -SIGSYS);
}

TEST_F(SandboxTest, StartsNoProcess) {
  EXPECT_EQ(tried([] {
              const pid_t id = ::fork();
              if (id == 0) ::_exit(0);
              return outcome(id);
            }),
            -SIGSYS);
  EXPECT_EQ(tried([] {
              std::array<char*, 1> none{};
              return outcome(::execve("/bin/true", none.data(), none.data()));
            }),
            -SIGSYS);
}

TEST_F(SandboxTest, TouchesNoOtherProcess) {
  EXPECT_EQ(tried([] { return outcome(::kill(::getppid(), 0)); }), -SIGSYS);
#ifdef __linux__
  EXPECT_EQ(tried([] { return outcome(::syscall(SYS_tgkill, 1, 1, SIGKILL)); }), -SIGSYS);
  EXPECT_EQ(tried([] { return outcome(::syscall(SYS_ptrace, 0, 0, 0, 0)); }), -SIGSYS);
  EXPECT_EQ(tried([] { return outcome(::syscall(SYS_prlimit64, 1, 0, 0, 0)); }), -SIGSYS);
#endif
}

TEST_F(SandboxTest, HasNoExecutableMemory) {
  constexpr std::size_t kPage = 4096;
  EXPECT_EQ(tried([] {
              const void* const page = ::mmap(nullptr, kPage, PROT_READ | PROT_WRITE | PROT_EXEC,
                                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
              return page == MAP_FAILED ? errno : 0;
            }),
            -SIGSYS);
  EXPECT_EQ(tried([] {
              void* const page =
                  ::mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
              return outcome(::mprotect(page, kPage, PROT_READ | PROT_EXEC));
            }),
            -SIGSYS);
}

TEST_F(SandboxTest, WritesNoMoreThanIsAllowed) {
  const TemporaryDirectory folder = TemporaryDirectory::create().value();
  const UniqueFd file(::open((folder.path() / "out").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  const std::string block(kWritten, 'x');
  EXPECT_EQ(tried([&] {
              if (::write(file.get(), block.data(), block.size()) != static_cast<ssize_t>(kWritten)) return 1;
              return outcome(::write(file.get(), block.data(), block.size()));
            }),
            EFBIG);
}

TEST_F(SandboxTest, ComputesNoLongerThanIsAllowed) {
  const auto for_ever = [] {
    while (::getpid() != 0) {
    }
    return 0;
  };
  EXPECT_EQ(tried(for_ever, {.memory_bytes = kMemory, .computing = std::chrono::seconds(0)}), -SIGXCPU);
}

#ifndef VAT_SANITIZED
// ThreadSanitizer starts none after a fork of a process that has several.
TEST_F(SandboxTest, StartsThreads) {
  EXPECT_EQ(tried([] {
              int sum = 0;
              {
                const std::jthread adder([&] { sum = 42; });
              }
              return sum == 42 ? 0 : 1;
            }),
            0);
}

TEST_F(SandboxTest, AllocatesNoMoreThanIsAllowed) {
  const auto allocate = [](std::uint64_t bytes) {
    const void* const memory =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? errno : 0;
  };
  EXPECT_EQ(tried([&] { return allocate(kMemory / 2); }), 0);
  EXPECT_EQ(tried([&] { return allocate(kMemory * 2); }), ENOMEM);
}
#endif

}  // namespace
}  // namespace vat
