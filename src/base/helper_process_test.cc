#include "base/helper_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <thread>

namespace vat {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::size_t kMany = 1U << 20U;
const Patience kLong{.time = std::chrono::seconds(30), .stop = {}};
constexpr std::chrono::seconds kLongWait{30};

/// A shell whose file 3 is the channel.
HelperLaunch helper_shell(std::string script) {
  return {.program = "/bin/sh", .arguments = {"-c", std::move(script)}, .environment = {}};
}

/// What the script says on its standard output.
std::string said_by(const std::string& script, std::vector<std::string> environment = {}) {
  HelperLaunch launch = helper_shell("(" + script + ") >&3");
  launch.environment = std::move(environment);
  const auto helper = HelperProcess::start(launch).value();
  std::string said;
  std::array<char, 4096> block{};
  for (ssize_t count = 0; (count = ::read(helper->channel().fd(), block.data(), block.size())) > 0;)
    said.append(block.data(), static_cast<std::size_t>(count));
  return said;
}

TEST(HelperProcess, TalksThroughItsChannel) {
  const auto helper = HelperProcess::start(helper_shell("cat <&3 >&3")).value();
  ASSERT_TRUE(helper->channel().send("echo"));
  EXPECT_EQ(helper->channel().receive(kMany, kLong).value()->bytes, "echo");
}

TEST(HelperProcess, GetsTheNamedVariablesAndNoOthers) {
  ::setenv("VAT_TEST_KEPT", "kept", 1);      // NOLINT(concurrency-mt-unsafe): the tests' only thread
  ::setenv("VAT_TEST_SECRET", "secret", 1);  // NOLINT(concurrency-mt-unsafe)
  const std::string variables = said_by("/usr/bin/env | /usr/bin/sort", {"VAT_TEST_KEPT", "VAT_TEST_UNSET"});
  EXPECT_THAT(variables, HasSubstr("VAT_TEST_KEPT=kept"));
  EXPECT_THAT(variables, Not(HasSubstr("secret")));
  EXPECT_THAT(variables, Not(HasSubstr("HOME=")));
}

TEST(HelperProcess, GetsNoOtherFiles) {
  const Pipe pipe = make_pipe().value();
  const UniqueFd inheritable(::dup(pipe.read_end.get()));  // Without close-on-exec.
  EXPECT_EQ(said_by("for f in 3 4 5 6 7 8 9; do [ -e /proc/self/fd/$f ] && echo $f; done; true"), "3\n");
  EXPECT_EQ(said_by("/bin/cat"), "") << "standard input is empty";
}

TEST(HelperProcess, SaysHowItEnded) {
  const auto exited = HelperProcess::start(helper_shell("exit 7")).value();
  EXPECT_FALSE(exited->channel().receive(kMany, kLong).value());
  const auto end = exited->wait(kLongWait);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->exit_code, 7);
  const auto crashed = HelperProcess::start(helper_shell("kill -SEGV $$")).value();
  EXPECT_EQ(crashed->wait(kLongWait)->signal, SIGSEGV);
}

TEST(HelperProcess, IsKilledFromAnotherThreadWhileOneWaits) {
  const auto helper = HelperProcess::start(helper_shell("cat <&3 >/dev/null")).value();
  EXPECT_FALSE(helper->wait(std::chrono::milliseconds(20)));
  std::jthread killer([&] { helper->kill(); });
  EXPECT_FALSE(helper->channel().receive(kMany, kLong).value());
  EXPECT_EQ(helper->wait(kLongWait)->signal, SIGKILL);
}

TEST(HelperProcess, LeavesNothingBehindWhenDestroyed) {
  pid_t id = 0;
  {
    const auto helper = HelperProcess::start(helper_shell("cat <&3")).value();
    id = helper->id();
    EXPECT_EQ(::kill(id, 0), 0);
  }
  EXPECT_EQ(::kill(id, 0), -1);
}

TEST(HelperProcess, AProgramThatIsNotThereIsAnError) {
  const auto helper =
      HelperProcess::start({.program = "/no/such/program", .arguments = {}, .environment = {}});
  ASSERT_FALSE(helper);
  EXPECT_EQ(helper.error().code, ErrorCode::kUnavailable);
}

TEST(HelperProcess, ThisProgramCanBeStarted) {
  const auto helper = HelperProcess::start({.arguments = {"--gtest_list_tests"}}).value();
  EXPECT_EQ(helper->wait(kLongWait)->exit_code, 0);
}

TEST(HelperProcess, AProcessThatIsNoHelperHasNoChannel) {
  EXPECT_EQ(inherit_channel().error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace vat
