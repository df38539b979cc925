#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include "asr/sherpa/library.h"
#include "asr/sherpa/messages.h"
#include "asr/sherpa_host.h"
#include "base/file.h"
#include "base/fork_server.h"
#include "base/helper_process.h"
#include "base/process_limits.h"
#include "base/sandbox.h"
#include "base/text.h"

namespace vat::asr {
namespace {

/// What recognising a chunk may take beside the model.
constexpr std::uint64_t kMaxChunkMemory = std::uint64_t{3} << 30U;
constexpr std::chrono::seconds kMaxComputing{300};
constexpr std::size_t kMaxComplaint = 500;

/// What the library says to standard error while it loads, in a file without a name.
class Complaints {
 public:
  Complaints() : file_(std::tmpfile()) {
    if (file_ == nullptr)
      be_silent();
    else
      ::dup2(::fileno(file_.get()), STDERR_FILENO);
  }
  /// Nobody reads what it says later.
  static void be_silent() {
    const UniqueFd silent(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    ::dup2(silent.get(), STDERR_FILENO);
  }
  /// The beginning, which has the reason.
  [[nodiscard]] std::string text() const {
    if (file_ == nullptr) return "";
    std::array<char, kMaxComplaint> bytes{};
    const ssize_t count = ::pread(::fileno(file_.get()), bytes.data(), bytes.size(), 0);
    return one_line({bytes.data(), count > 0 ? static_cast<std::size_t>(count) : 0});
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_;
};

/// One fork: answers until the other end is closed, or it has been told a language, which it cannot be twice.
int serve_chunks(Channel& channel, SherpaRecognizer& recognizer) {
  bool locked = false;
  while (true) {
    const auto message = channel.receive(kMaxSherpaRequest);
    if (!message || !*message) return 0;
    const auto request = read_request((*message)->bytes);
    if (!request) return 1;
    if (!locked && !enter_sandbox({.memory_bytes = kMaxChunkMemory, .computing = kMaxComputing})) return 1;
    locked = true;
    more_computing();
    Result<std::string> heard;
    try {
      if (!request->samples.empty()) heard = recognizer.recognize(request->samples, request->language);
    } catch (const std::bad_alloc&) {
      heard = fail(ErrorCode::kUnavailable, "There is not enough memory for this model.");
    } catch (const std::exception& error) {
      heard = fail(ErrorCode::kBadData, "The model cannot recognise this recording.", error.what());
    }
    if (!channel.send(write_answer(heard))) return 0;
    if (recognizer.takes_language() && !request->language.empty()) return 0;
  }
}

int serve_failure(Channel channel, const Error& error) {
  const std::string answer = write_answer(fail(error));
  return serve_forks(std::move(channel), [&answer](Channel fork) {
    while (true) {
      const auto message = fork.receive(kMaxSherpaRequest);
      if (!message || !*message || !fork.send(answer)) return 0;
    }
  });
}

Error unusable_model(const std::filesystem::path& folder, std::string reason) {
  return {ErrorCode::kBadData, "sherpa-onnx cannot use the model in " + folder.string() + ".",
          std::move(reason)};
}

/// Loads the model and serves forks of this process; writes a byte to `loaded` in between.
int load_and_serve(Channel channel, const std::filesystem::path& library, const std::filesystem::path& folder,
                   const UniqueFd& loaded) {
  Result<std::unique_ptr<SherpaRecognizer>> opened = fail(ErrorCode::kInternal, "");
  try {
    opened = SherpaRecognizer::open(library, folder);
  } catch (const std::exception& error) {
    opened = fail(unusable_model(folder, error.what()));
  }
  if (!write_all(loaded.get(), "!", "the host")) return 1;
  if (!opened) return serve_failure(std::move(channel), opened.error());
  Complaints::be_silent();
  SherpaRecognizer& recognizer = **opened;
  return serve_forks(std::move(channel),
                     [&recognizer](Channel fork) { return serve_chunks(fork, recognizer); });
}

/// Ends with the process that forked it.
void die_with(pid_t parent) {
#ifdef __linux__
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  if (::getppid() != parent) ::_exit(1);
}

/// How the process ended, in words.
std::string wait_for(pid_t child) {
  int state = 0;
  while (::waitpid(child, &state, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(state) ? "signal " + std::to_string(WTERMSIG(state))
                            : "exit code " + std::to_string(WEXITSTATUS(state));
}

}  // namespace

int host_sherpa(const std::filesystem::path& library, const std::filesystem::path& folder) {
  auto channel = inherit_channel();
  if (!channel) {
    std::fprintf(stderr, "vat: %s\n", channel.error().message.c_str());
    return traits(channel.error().code).exit_code;
  }
  be_first_to_go();
  const Complaints complaints;
  auto loaded = make_pipe();
  if (!loaded) return 1;
  // The library ends its process, without a word to anybody else, over a model that it does not like.
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return 1;
  if (child == 0) {
    die_with(parent);
    loaded->read_end.reset();
    ::_exit(load_and_serve(std::move(*channel), library, folder, loaded->write_end));
  }
  loaded->write_end.reset();
  const std::string end = wait_for(child);
  char byte = 0;
  if (::read(loaded->read_end.get(), &byte, 1) == 1) return 1;
  const std::string reason = complaints.text();
  return serve_failure(std::move(*channel), unusable_model(folder, reason.empty() ? end : reason));
}

}  // namespace vat::asr
