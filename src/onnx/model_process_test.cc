#include "onnx/model_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <thread>

#include "base/file.h"
#include "onnx/model_messages.h"

namespace vat::onnx {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// What the process says when it has loaded the model, and a run's answer: the value 0.5, after a quarter of
/// a second. Each is behind its length in 8 bytes.
constexpr const char* kOpened = R"(printf '\015\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' >&3; )";
constexpr const char* kHalf =
    R"(printf '\021\0\0\0\0\0\0\0\0\001\0\0\0\0\0\0\077\0\0\0\0\0\0\320\077' >&3; )";
constexpr const char* kNotANumber =
    R"(printf '\021\0\0\0\0\0\0\0\0\001\0\0\0\0\0\300\177\0\0\0\0\0\0\0\0' >&3; )";
constexpr const char* kListen = "cat <&3 >/dev/null; ";

class ModelProcessTest : public ::testing::Test {
 protected:
  /// A shell in place of the process, whose file 3 is the channel.
  [[nodiscard]] static Config config(const std::string& script) {
    Config config;
    config.helper = {.program = "/bin/sh", .arguments = {"-c", script}, .environment = {}};
    return config;
  }
  [[nodiscard]] static Result<std::vector<float>> run(const Config& config, std::stop_token stop = {}) {
    return ModelProcesses(config).run("model", {}, stop);
  }
  [[nodiscard]] std::size_t starts() const { return read_file(count_, 1000).value_or("").size(); }

  TemporaryDirectory folder_ = TemporaryDirectory::create().value();
  fs::path count_ = folder_.path() / "starts";
  std::string counted_ = "printf x >> " + count_.string() + "; ";
};

TEST_F(ModelProcessTest, TheAnswerIsTheModels) {
  EXPECT_THAT(run(config(std::string(kOpened) + kHalf + kListen)).value(), ElementsAre(0.5F));
  ModelProcesses processes(config(std::string(kOpened) + kHalf + kListen));
  EXPECT_DOUBLE_EQ(processes.compute("model", {}, {}).value().computing, 0.25);
}

TEST_F(ModelProcessTest, AProcessThatExitsOrCrashesIsAnError) {
  for (const auto& [script, detail] : {std::pair{"exit 3", "exit code 3"}, {"kill -SEGV $$", "signal 11"}}) {
    const auto ended = run(config(std::string(kOpened) + script));
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, ErrorCode::kUnavailable);
    EXPECT_THAT(ended.error().message, HasSubstr("ended unexpectedly"));
    EXPECT_EQ(ended.error().detail, detail);
  }
}

TEST_F(ModelProcessTest, AProcessThatHangsIsEnded) {
  Config slow = config(std::string(kOpened) + kListen);
  slow.run_timeout = std::chrono::milliseconds(30);
  const auto hung = run(slow);
  ASSERT_FALSE(hung);
  EXPECT_EQ(hung.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(hung.error().message, HasSubstr("did not answer in time"));
}

TEST_F(ModelProcessTest, GarbageIsAnError) {
  for (const std::string& script :
       {std::string(R"(printf '\003\0\0\0\0\0\0\0abc' >&3; )"), std::string("yes >&3")}) {
    const auto garbage = run(config(kOpened + script));
    ASSERT_FALSE(garbage);
    EXPECT_EQ(garbage.error().code, ErrorCode::kUnavailable) << garbage.error().message;
  }
  const auto no_number = run(config(std::string(kOpened) + kNotANumber + kListen));
  ASSERT_FALSE(no_number);
  EXPECT_EQ(no_number.error().code, ErrorCode::kBadData);
}

TEST_F(ModelProcessTest, OneThatEndedWhileItWasIdleIsStartedAgain) {
  ModelProcesses processes(config(counted_ + kOpened + kHalf));
  ASSERT_TRUE(processes.run("model", {}, {}));
  ASSERT_TRUE(processes.run("model", {}, {}));
  EXPECT_EQ(starts(), 2U);
}

TEST_F(ModelProcessTest, OneThatNeverWorksIsNotStartedForEver) {
  ModelProcesses processes(config(counted_ + kOpened));
  EXPECT_FALSE(processes.run("model", {}, {}));
  EXPECT_EQ(starts(), 1U);
}

TEST_F(ModelProcessTest, TwoModelsStayLoaded) {
  ModelProcesses processes(config(counted_ + kOpened + kHalf + kHalf + kHalf + kListen));
  for (const char* const model : {"a", "b", "a", "b"}) ASSERT_TRUE(processes.run(model, {}, {}));
  EXPECT_EQ(starts(), 2U);
  ASSERT_TRUE(processes.run("c", {}, {}));
  ASSERT_TRUE(processes.run("b", {}, {}));
  EXPECT_EQ(starts(), 3U);
  ASSERT_TRUE(processes.run("a", {}, {})) << "the one that was used least recently made room";
  EXPECT_EQ(starts(), 4U);
}

/// Both runs wait for each other, by two pipes.
TEST_F(ModelProcessTest, ASecondProcessHelpsWhereTwoMayRunAModel) {
  const std::string meet = "mkfifo " + (folder_.path() / "a").string() + " && cat " +
                           (folder_.path() / "a").string() + " >/dev/null || echo >" +
                           (folder_.path() / "a").string() + "; ";
  Config two = config(counted_ + kOpened + "head -c 8 <&3 >/dev/null; " + meet + kHalf + kListen);
  two.max_parallel = 2;
  ModelProcesses processes(two);
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 2; ++i) callers.emplace_back([&] { EXPECT_TRUE(processes.run("model", {}, {})); });
  }
  EXPECT_EQ(starts(), 2U);
}

TEST_F(ModelProcessTest, AHelpingProcessPushesNoOtherModelOut) {
  Config two = config(counted_ + kOpened + kHalf + kHalf + kHalf + kHalf + kListen);
  two.max_parallel = 2;
  ModelProcesses processes(two);
  ASSERT_TRUE(processes.run("other", {}, {}));
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 3; ++i) callers.emplace_back([&] { EXPECT_TRUE(processes.run("model", {}, {})); });
  }
  ASSERT_TRUE(processes.run("other", {}, {}));
  EXPECT_EQ(starts(), 2U);
}

TEST_F(ModelProcessTest, AStopEndsTheRunAndTheWait) {
  std::stop_source stop;
  ModelProcesses processes(config(std::string(kOpened) + kListen));
  std::jthread first(
      [&] { EXPECT_EQ(processes.run("model", {}, stop.get_token()).error().code, ErrorCode::kCancelled); });
  std::jthread second(
      [&] { EXPECT_EQ(processes.run("model", {}, stop.get_token()).error().code, ErrorCode::kCancelled); });
  stop.request_stop();
}

TEST(ModelMessages, AreReadAsTheyWereWritten) {
  const OpenModel open = read_open(write_open({"/a/lib", "/b/model", 2, 1'000'000'000'000})).value();
  EXPECT_EQ(open.library, "/a/lib");
  EXPECT_EQ(open.model, "/b/model");
  EXPECT_EQ(open.threads, 2U);
  EXPECT_EQ(open.max_memory, 1'000'000'000'000U);
  const auto inputs = read_inputs(write_inputs({{"ids", {1, 2}, std::vector<std::int64_t>{7, 8}},
                                                {"speed", {1}, std::vector<float>{1.5F}}}))
                          .value();
  ASSERT_EQ(inputs.size(), 2U);
  EXPECT_EQ(inputs[0].name, "ids");
  EXPECT_THAT(inputs[0].shape, ElementsAre(1, 2));
  EXPECT_THAT(std::get<1>(inputs[0].values), ElementsAre(7, 8));
  EXPECT_THAT(std::get<0>(inputs[1].values), ElementsAre(1.5F));
  const Output output = read_answer(write_answer(Output{{1, 2}, 0.75})).value();
  EXPECT_THAT(output.values, ElementsAre(1, 2));
  EXPECT_DOUBLE_EQ(output.computing, 0.75);
  const auto failure = read_answer(write_answer(fail(ErrorCode::kBadData, "No.", "why")));
  ASSERT_FALSE(failure);
  EXPECT_EQ(failure.error().message, "No.");
  EXPECT_EQ(failure.error().detail, "why");
}

TEST(ModelMessages, WhatIsCutOrContradictsItselfIsRefused) {
  const std::string whole = write_inputs({{"ids", {1, 2}, std::vector<std::int64_t>{7, 8}}});
  for (std::size_t count = 0; count < whole.size(); ++count)
    EXPECT_FALSE(read_inputs(std::string_view(whole).substr(0, count))) << count;
  EXPECT_FALSE(read_inputs(whole + "x"));
  EXPECT_FALSE(read_inputs(write_inputs({{"ids", {3}, std::vector<std::int64_t>{7, 8}}})));
  EXPECT_FALSE(read_inputs(write_inputs({{"ids", {-1, -2}, std::vector<std::int64_t>{7, 8}}})));
  EXPECT_FALSE(read_answer(""));
  EXPECT_FALSE(read_answer("\7"));
}

}  // namespace
}  // namespace vat::onnx
