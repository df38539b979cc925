#include "speakers/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/file.h"

namespace vat::speakers {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// What the processes of the models say, over file 3: that the model is open, and values for the window and
// the voice with which they are tried; all of them zero, made in no time. Each message is behind its length
// in 8 bytes.
constexpr const char* kOpened = R"(printf '\015\0\0\0\0\0\0\0' >&3; head -c 13 /dev/zero >&3; )";
constexpr const char* kClassesOfAWindow =
    R"(printf '\171\100\0\0\0\0\0\0\0\033\020\0\0' >&3; head -c 16500 /dev/zero >&3; )";
constexpr const char* kVoice =
    R"(printf '\015\003\0\0\0\0\0\0\0\300\0\0\0' >&3; head -c 776 /dev/zero >&3; )";
constexpr const char* kListen = "cat <&3 >/dev/null; ";

class EngineTest : public ::testing::Test {
 protected:
  /// The first process has the segmentation, the second one the voices; `then` is what the first one does
  /// once it has been tried, and every one that is started in its place.
  [[nodiscard]] std::shared_ptr<Diarizer> diarizer(const std::string& then) const {
    const std::string count = (folder_.path() / "starts").string();
    const std::string script = "printf x >> " + count + "; starts=$(wc -c < " + count + "); " + kOpened +
                               "if [ $starts -eq 2 ]; then " + kVoice + kListen + " exit; fi; " +
                               "if [ $starts -eq 1 ]; then " + kClassesOfAWindow + " fi; " + then;
    EngineConfig config{
        .segmentation = "segmentation.onnx", .embedding = "voices.onnx", .library = "library"};
    config.helper = {.program = "/bin/sh", .arguments = {"-c", script}, .environment = {}};
    config.run_timeout = std::chrono::milliseconds(300);
    return make_diarizer(std::move(config));
  }
  [[nodiscard]] static Error error_of(Diarizer& diarizer) {
    const auto diarization = diarizer.start({});
    if (!diarization) return diarization.error();
    const auto added = (*diarization)->add(std::vector<float>(20 * 16'000));
    if (!added) return added.error();
    const auto finished = (*diarization)->finish({}, {});
    return finished ? Error(ErrorCode::kInternal, "no error") : finished.error();
  }

  TemporaryDirectory folder_ = TemporaryDirectory::create().value();
};

TEST_F(EngineTest, AProcessThatEndsHangsOrTalksNonsenseIsAnError) {
  for (const char* const then : {"exit 3", "kill -SEGV $$", "yes >&3", "cat <&3 >/dev/null"}) {
    std::error_code ignored;
    std::filesystem::remove(folder_.path() / "starts", ignored);
    const Error error = error_of(*diarizer(then));
    EXPECT_EQ(error.code, ErrorCode::kUnavailable) << then << ": " << error.message;
    EXPECT_THAT(error.message, HasSubstr("process that runs the model")) << then;
  }
}

TEST_F(EngineTest, AnotherModelIsAnError) {
  EngineConfig config{.segmentation = "other.onnx", .embedding = "voices.onnx", .library = "library"};
  config.helper = {
      .program = "/bin/sh", .arguments = {"-c", std::string(kOpened) + kVoice + kListen}, .environment = {}};
  const auto started = make_diarizer(std::move(config))->start({});
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, ErrorCode::kBadData);
  EXPECT_EQ(started.error().message, "other.onnx is not the model that speaker labels need.");
}

TEST_F(EngineTest, WhatIsTooShortToHearHasNoTurns) {
  const auto diarization = diarizer(kListen)->start({});
  ASSERT_TRUE(diarization) << diarization.error().message;
  ASSERT_TRUE((*diarization)->add(std::vector<float>(500)));
  EXPECT_THAT((*diarization)->finish({}, {}).value().turns, IsEmpty());
}

TEST_F(EngineTest, SilenceIsNoVoice) {
  const auto found = diarizer(kListen)->voice(std::vector<float>(5 * 16'000), {});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kBadMedia);
}

}  // namespace
}  // namespace vat::speakers
