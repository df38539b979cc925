// Recordings that take over the decoder that reads them.
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include <csignal>

#include "cli_test.h"

namespace vat::cli_test {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kInvalidMedia = 4;
constexpr int kSomeFailed = 1;

class Sandbox : public CliTest {
 protected:
  void SetUp() override {
#if defined(VAT_SANITIZED) || !defined(__linux__)
    GTEST_SKIP() << "sanitizers must come before a preloaded library";
#endif
    environment["LD_PRELOAD"] = HOSTILE_DECODER;
    hear_quickly();
  }

  /// Speech, in whose middle the decoder reads what it is to do.
  void make_hostile(const std::string& name, const std::string& order) {
    make_speech(name);
    std::string bytes = text_of(name);
    const std::string mark = "vat-hostile:" + order + ";";
    // One of them is not cut by the end of a packet.
    for (const std::size_t more : {0U, 1000U}) bytes.replace(bytes.size() / 2 + more, mark.size(), mark);
    put(name, bytes);
  }
  [[nodiscard]] Outcome transcribe(const std::string& name) const {
    return vat({"transcribe", name, "-o", "-"});
  }
  [[nodiscard]] std::string canary() const { return path("canary").string(); }
};

TEST_F(Sandbox, ACrashOfTheDecoderFailsItsRecordingWithOneSentence) {
  make_hostile("evil.wav", "crash");
  make_speech("good.wav");
  const Outcome run = transcribe("evil.wav");
  EXPECT_EQ(run.exit_code, kInvalidMedia) << run.err;
  EXPECT_THAT(run.err, HasSubstr("evil.wav cannot be read: the decoder crashes on it"));
  EXPECT_EQ(vat({"transcribe", "evil.wav", "good.wav", "-f", "txt"}).exit_code, kSomeFailed);
  EXPECT_TRUE(exists("good.txt"));
  EXPECT_FALSE(exists("evil.txt"));
  // Which is what happens to the whole program without it.
  const Outcome bare = vat({"transcribe", "evil.wav", "good.wav", "-f", "srt", "--no-sandbox"});
  EXPECT_EQ(bare.exit_code, 128 + SIGSEGV) << bare.err;
}

TEST_F(Sandbox, FilesThatCrashARealDecoderFailWithOneSentence) {
  environment.erase("LD_PRELOAD");
  make_speech("good.wav");
  std::size_t crashes = 0;
  for (const std::string name : {"assertion.ay", "fault.hes"}) {
    put(name, read_file(std::filesystem::path(CRASHING_MEDIA) / name, 4096).value());
    const Outcome bare = vat({"transcribe", name, "-o", "-", "--no-sandbox"});
    if (bare.exit_code < 128) continue;  // This version of the library is better.
    ++crashes;
    const Outcome run = vat({"transcribe", name, "good.wav", "-f", "txt", "--force"});
    EXPECT_EQ(run.exit_code, kSomeFailed) << run.err;
    EXPECT_THAT(run.err, HasSubstr(name + " cannot be read: the decoder crashes on it"));
    EXPECT_TRUE(exists("good.txt"));
  }
  if (crashes == 0) GTEST_SKIP() << "the decoders of this system do not crash on these files";
}

#ifdef REFUSE_CALLS
class ForbiddenCalls : public CliTest {
 protected:
  void SetUp() override {
#ifdef VAT_SANITIZED
    GTEST_SKIP() << "what the sanitizers need is not what is tried here";
#endif
    hear_quickly();
    make_speech("talk.wav");
  }
  [[nodiscard]] Outcome run(const std::string& calls, const Words& arguments) const {
    Invocation invocation = this->invocation(arguments);
    invocation.words.insert(invocation.words.begin(), {REFUSE_CALLS, calls});
    return Program(invocation).finish();
  }
};

TEST_F(ForbiddenCalls, WithoutSeccompTheDecoderHasAProcessOfItsOwn) {
  EXPECT_THAT(run("seccomp", {"doctor"}).out, HasSubstr("processes of their own, not"));
  const Outcome outcome = run("seccomp", {"transcribe", "talk.wav", "-f", "txt"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("such as a container, forbids seccomp"));
  EXPECT_TRUE(exists("talk.txt"));
}

TEST_F(ForbiddenCalls, WithoutSharedMemoryTheProgramDecodesByItself) {
  EXPECT_THAT(run("memfd_create", {"doctor"}).out, HasSubstr("the program's own process"));
  const Outcome outcome = run("seccomp,memfd_create", {"transcribe", "talk.wav", "-f", "txt"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("lets processes share no memory"));
  EXPECT_TRUE(exists("talk.txt"));
}

TEST_F(ForbiddenCalls, ARequiredSandboxIsNotDoneWithout) {
  const Outcome outcome = run("memfd_create", {"serve", "--sandbox", "required", "--port", "0"});
  EXPECT_NE(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err,
              HasSubstr("cannot be read in a sandbox here: this system lets processes share no memory."));
}
#endif

TEST_F(Sandbox, TheDecoderWritesNoFile) {
  make_hostile("evil.wav", "file " + canary());
  EXPECT_EQ(transcribe("evil.wav").exit_code, 0) << "it may try, and go on";
  EXPECT_FALSE(exists("canary"));
  EXPECT_EQ(vat({"transcribe", "evil.wav", "-o", "-", "--no-sandbox"}).exit_code, 0);
  EXPECT_TRUE(exists("canary")) << "the attack is one";
}

TEST_F(Sandbox, TheDecoderStartsNoProcess) {
  for (const char* const how : {"fork ", "exec "}) {
    make_hostile("evil.wav", how + canary());
    EXPECT_EQ(transcribe("evil.wav").exit_code, kInvalidMedia) << how;
    EXPECT_FALSE(exists("canary")) << how;
    (void)vat({"transcribe", "evil.wav", "-o", "-", "--no-sandbox"});
    EXPECT_TRUE(std::filesystem::remove(canary())) << "the attack is one: " << how;
  }
}

TEST_F(Sandbox, TheDecoderReachesNoNetwork) {
  const UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener.get(), 8), 0);
  ASSERT_EQ(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  const auto was_reached = [&] {
    pollfd ready{.fd = listener.get(), .events = POLLIN, .revents = 0};
    return ::poll(&ready, 1, 0) == 1;
  };
  make_hostile("evil.wav", "socket " + std::to_string(ntohs(address.sin_port)));
  EXPECT_EQ(transcribe("evil.wav").exit_code, kInvalidMedia);
  EXPECT_FALSE(was_reached());
  (void)vat({"transcribe", "evil.wav", "-o", "-", "--no-sandbox"});
  EXPECT_TRUE(was_reached()) << "the attack is one";
}

TEST_F(Sandbox, TheDecoderGetsNoMemoryWithoutBound) {
  make_hostile("evil.wav", "memory");
  EXPECT_EQ(transcribe("evil.wav").exit_code, 0);
  EXPECT_EQ(vat({"transcribe", "evil.wav", "-o", "-", "--no-sandbox"}).exit_code, 128 + SIGABRT);
}

TEST_F(Sandbox, TheHelperIsNothingToStartByHand) {
  const Outcome run = vat({"decode-helper"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, AllOf(HasSubstr("not by hand"), Not(HasSubstr("\n\n"))));
}

TEST_F(Sandbox, DoctorSaysWhatTheSystemHas) {
  EXPECT_THAT(vat({"doctor"}).out,
              AllOf(HasSubstr("sandbox"), AnyOf(HasSubstr("seccomp"), HasSubstr("locked"))));
}

}  // namespace
}  // namespace vat::cli_test
