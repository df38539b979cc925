#include "base/fork_server.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "base/number.h"
#include "base/pause.h"

namespace vat {
namespace {

constexpr const char* kServerVariable = "VAT_TEST_FORK_SERVER";
constexpr std::size_t kMaxMessage = 1U << 20U;
const Patience kHalfAMinute{.time = std::chrono::seconds(30), .stop = {}};

/// Does what the message says, in the child.
int do_task(Channel channel) {
  while (true) {
    const auto message = channel.receive(kMaxMessage);
    if (!message || !*message) return 0;
    const std::string& word = (*message)->bytes;
    if (word == "killed") ::raise(SIGKILL);
    if (word == "exit") return 7;
    if (word == "sleep") (void)pause(std::chrono::minutes(1), {});
    if (word == "files") {
      int open = 0;
      for (int fd = 0; fd < 64; ++fd) open += ::fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
      (void)channel.send(std::to_string(open));
      continue;
    }
    (void)channel.send(std::to_string(::getpid()) + " " + std::to_string(::getppid()));
  }
}

/// This test program is its own helper.
const bool kIsServer = [] {
  if (std::getenv(kServerVariable) == nullptr) return false;  // NOLINT(concurrency-mt-unsafe)
  auto channel = inherit_channel();
  ::_exit(channel ? serve_forks(std::move(*channel), do_task) : 99);
}();

class ForkServerTest : public ::testing::Test {
 protected:
  static HelperLaunch launch() {
    ::setenv(kServerVariable, "1", 1);  // NOLINT(concurrency-mt-unsafe): the tests' only thread
    return {.arguments = {}, .environment = {kServerVariable}};
  }

  static std::string ask(ForkedTask& task, const std::string& word) {
    EXPECT_TRUE(task.channel().send(word));
    const auto answer = task.channel().receive(kMaxMessage, kHalfAMinute);
    return answer && *answer ? (*answer)->bytes : "";
  }
  /// The process of a task, or with `parent` the one that forked it.
  static pid_t process(ForkedTask& task, bool parent = false) {
    const std::string both = ask(task, "who");
    const std::size_t space = both.find(' ');
    return parse_number<pid_t>(parent ? both.substr(space + 1) : both.substr(0, space)).value_or(0);
  }
  static bool gone(pid_t id) {
    for (int i = 0; i < 500 && ::kill(id, 0) == 0; ++i) (void)pause(std::chrono::milliseconds(20), {});
    return ::kill(id, 0) != 0;
  }

  ForkServer server_{launch()};
};

TEST_F(ForkServerTest, EveryTaskHasAProcessOfItsOwn) {
  const auto one = server_.start().value();
  const auto other = server_.start().value();
  EXPECT_NE(process(*one), process(*other));
  EXPECT_EQ(process(*one, true), process(*other, true));
  EXPECT_NE(process(*one, true), ::getpid());
}

TEST_F(ForkServerTest, ATaskHasNoFilesButItsChannel) {
  const auto before = server_.start().value();
  const auto task = server_.start().value();
  EXPECT_EQ(ask(*task, "files"), "4") << "the channel and the standard ones";
}

TEST_F(ForkServerTest, SaysHowATaskEnded) {
  const auto killed = server_.start().value();
  const auto untouched = server_.start().value();
  EXPECT_EQ(ask(*killed, "killed"), "");
  ASSERT_TRUE(killed->end());
  const auto exited = server_.start().value();
  EXPECT_EQ(ask(*exited, "exit"), "");
  const auto end = exited->end();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->exit_code, 7);
  EXPECT_NE(ask(*untouched, "who"), "") << "the others go on";
}

TEST_F(ForkServerTest, NamesTheSignalThatEndedATask) {
  const auto task = server_.start().value();
  EXPECT_EQ(ask(*task, "killed"), "");
  EXPECT_EQ(task->end().value().signal, SIGKILL);
}

TEST_F(ForkServerTest, KillsATaskThatDoesNotListen) {
  const auto task = server_.start().value();
  const pid_t id = process(*task);
  ASSERT_TRUE(task->channel().send("sleep"));
  std::jthread killer([&] { task->kill(); });
  EXPECT_FALSE(task->channel().receive(kMaxMessage, kHalfAMinute).value());
  EXPECT_TRUE(gone(id));
}

TEST_F(ForkServerTest, ATaskEndsWithItsObject) {
  pid_t id = 0;
  {
    const auto task = server_.start().value();
    id = process(*task);
    ASSERT_TRUE(task->channel().send("sleep"));
  }
  EXPECT_TRUE(gone(id));
}

TEST_F(ForkServerTest, OutlivesTasksThatNobodyWaitsFor) {
  const auto first = server_.start().value();
  const pid_t helper = process(*first, true);
  for (int i = 0; i < 20; ++i) {
    const auto task = server_.start().value();
    ASSERT_TRUE(task->channel().send(i % 2 == 0 ? "exit" : "sleep"));
  }
  EXPECT_EQ(process(*server_.start().value(), true), helper);
  EXPECT_EQ(process(*first, true), helper);
}

TEST_F(ForkServerTest, AServerThatWasKilledTakesItsTasksAlongAndIsReplaced) {
  const auto task = server_.start().value();
  const pid_t id = process(*task);
  const pid_t helper = process(*task, true);
  ASSERT_TRUE(task->channel().send("sleep"));
  ASSERT_EQ(::kill(helper, SIGKILL), 0);
  EXPECT_FALSE(task->channel().receive(kMaxMessage, kHalfAMinute).value());
  EXPECT_FALSE(task->end());
  EXPECT_TRUE(gone(id));
  const auto next = server_.start().value();
  EXPECT_NE(process(*next, true), helper);
}

TEST_F(ForkServerTest, AProgramThatIsMissingIsATemporaryError) {
  HelperLaunch missing = launch();
  missing.program = "/no/such/program";
  ForkServer server(missing);
  const auto task = server.start();
  ASSERT_FALSE(task);
  EXPECT_EQ(task.error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(task.error().retryable);
}

}  // namespace
}  // namespace vat
