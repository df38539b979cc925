#include "base/run_program.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>

#include "base/file.h"
#include "base/number.h"
#include "base/pause.h"

namespace vat {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

ProgramRun shell(std::string script) { return {.words = {"sh", "-c", std::move(script)}}; }

/// Gone, or a zombie that its new parent has not noticed yet.
bool is_over(pid_t id) {
  if (::kill(id, 0) != 0) return true;
  const auto state = read_file("/proc/" + std::to_string(id) + "/stat", 4096);
  return state && state->find(") Z ") != std::string::npos;
}

/// Waits for the end of the process, but not for ever.
bool ends(pid_t id) {
  for (int i = 0; i < 500; ++i) {
    if (is_over(id)) return true;
    (void)pause(std::chrono::milliseconds(20), {});
  }
  return false;
}

TEST(RunProgram, SaysWhatItSaidAndHowItEnded) {
  const auto end = run_program(shell("echo out; echo err >&2; exit 3"), {}, {});
  ASSERT_TRUE(end) << end.error().message;
  EXPECT_EQ(end->exit_code, 3);
  EXPECT_EQ(end->output, "out\nerr\n");
  EXPECT_EQ(run_program(shell("kill -TERM $$"), {}, {})->exit_code, 128 + SIGTERM);
}

TEST(RunProgram, WorksInTheFolderWithTheVariablesAndNoInput) {
  const TemporaryDirectory folder = TemporaryDirectory::create().value();
  ProgramRun run = shell("pwd -P; echo $HOME $COLOUR; cat");
  run.folder = std::filesystem::canonical(folder.path());
  run.environment = {{"HOME", "/elsewhere"}, {"COLOUR", "blue"}};
  EXPECT_EQ(run_program(run, {}, {})->output, run.folder.string() + "\n/elsewhere blue\n");
}

TEST(RunProgram, WordsAreNoScript) {
  EXPECT_EQ(run_program({.words = {"echo", "$HOME; `id`", "*"}}, {}, {})->output, "$HOME; `id` *\n");
}

TEST(RunProgram, OnlyTheEndOfALongOutputIsKept) {
  ProgramRun run = shell("i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done");
  run.max_output_bytes = 100;
  const auto end = run_program(run, {}, {});
  EXPECT_EQ(end->output.size(), 100U);
  EXPECT_THAT(end->output, EndsWith("line 19999\n"));
}

TEST(RunProgram, NoDescriptorIsInherited) {
  const UniqueFd open(::open("/dev/null", O_RDONLY));
  ASSERT_GE(::fcntl(open.get(), F_DUPFD, 200), 200);  // not closed on exec
  const auto end =
      run_program(shell("for i in 200 201 202 203; do if [ -e /dev/fd/$i ]; then echo $i; fi; done"), {}, {});
  EXPECT_EQ(end->output, "");
}

TEST(RunProgram, AProgramThatDoesNotExistIsNamed) {
  const auto end = run_program({.words = {"no-such-program"}}, {}, {});
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(end.error().message, "There is no program no-such-program.");
  EXPECT_EQ(run_program({.words = {"/etc/passwd"}}, {}, {}).error().code, ErrorCode::kNotFound);
  ProgramRun nowhere = shell("true");
  nowhere.folder = "/no/such/folder";
  EXPECT_EQ(run_program(nowhere, {}, {}).error().code, ErrorCode::kUnavailable);
}

TEST(RunProgram, AWatchEndsItWithAllThatItStarted) {
  const TemporaryDirectory folder = TemporaryDirectory::create().value();
  ProgramRun run = shell("sleep 1000 & echo $! >child; sleep 1000");
  run.folder = folder.path();
  pid_t child = 0;
  const auto watch = [&]() -> Result<> {
    const auto id = read_file(folder.path() / "child", 100);
    if (!id || !id->ends_with('\n')) return {};
    child = parse_number<pid_t>(id->substr(0, id->size() - 1)).value();
    return fail(ErrorCode::kNetwork, "Too slow.");
  };
  EXPECT_EQ(run_program(run, watch, {}).error().message, "Too slow.");
  EXPECT_TRUE(ends(child));
}

TEST(RunProgram, WhatAProgramLeavesBehindEndsWithIt) {
  const auto end = run_program(shell("sleep 1000 & echo $!"), {}, {});
  ASSERT_TRUE(end);
  EXPECT_TRUE(ends(parse_number<pid_t>(end->output.substr(0, end->output.size() - 1)).value()));
}

TEST(RunProgram, AStopEndsIt) {
  std::stop_source stop;
  int watched = 0;
  const auto watch = [&]() -> Result<> {
    if (++watched == 2) stop.request_stop();
    return {};
  };
  EXPECT_EQ(run_program(shell("exec sleep 1000"), watch, stop.get_token()).error().code,
            ErrorCode::kCancelled);
}

TEST(RunProgram, AProgramThatClosesItsOutputIsStillWaitedFor) {
  const auto end = run_program(shell("exec >&- 2>&-; sleep 0.3; exit 5"), {}, {});
  EXPECT_EQ(end->exit_code, 5);
}

TEST(RunProgram, IgnoredAndBlockedSignalsAreNotInherited) {
  sigset_t set;
  sigset_t before;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGTERM);
  ASSERT_EQ(::pthread_sigmask(SIG_BLOCK, &set, &before), 0);
  EXPECT_EQ(run_program(shell("kill -TERM $$; echo alive"), {}, {})->exit_code, 128 + SIGTERM);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace
}  // namespace vat
