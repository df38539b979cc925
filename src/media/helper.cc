#include "media/helper.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <new>
#include <utility>
#include <vector>

#include "base/fork_server.h"
#include "base/log.h"
#include "base/machine_memory.h"
#include "base/process_limits.h"
#include "base/sandbox.h"
#include "filters/av_log.h"
#include "media/audio_reader.h"
#include "media/describe_input.h"
#include "media/helper_messages.h"
#include "media/input_pictures.h"
#include "media/mux_files.h"
#include "media/sample_ring.h"

namespace vat::media {
namespace {

constexpr std::size_t kMaxRequest = 1U << 20U;

/// The index of a video of a day takes half of it.
constexpr std::uint64_t kMaxMemory = 1ULL << 30U;
constexpr std::uint64_t kMinMemory = 256ULL << 20U;

std::uint64_t allowed_memory() {
  const std::uint64_t machine = machine_memory_bytes();
  return machine == 0 ? kMaxMemory : std::clamp(machine / 4, kMinMemory, kMaxMemory);
}

/// One task, in its own process.
class HelperRun {
 public:
  HelperRun(Channel channel, HelperRequest request, std::vector<UniqueFd> files)
      : channel_(std::move(channel)), request_(std::move(request)), files_(std::move(files)) {}

  int run() {
    Result<> done;
    try {
      done = enter_sandbox(limits());
      if (done) done = work();
    } catch (const std::bad_alloc&) {
      done =
          fail(ErrorCode::kBadMedia, named(0).name +
                                         " cannot be read: decoding it takes more memory than any recording "
                                         "should.");
    } catch (const std::exception& error) {
      done = fail(ErrorCode::kInternal, "The decoder failed because of a bug in this program.", error.what());
    }
    if (!done) (void)channel_.send(to_message(HelperReply::kFailed, pack(done.error())));
    return 0;
  }

 private:
  [[nodiscard]] SandboxLimits limits() const {
    SandboxLimits limits{.memory_bytes = allowed_memory(), .written_bytes = request_.written_bytes};
    // Copying has no progress of its own to tell: a second for each megabyte is many times what it takes.
    if (request_.task == HelperTask::kMux)
      limits.computing += std::chrono::seconds(request_.written_bytes >> 20U);
    return limits;
  }

  /// The file of this name; they come in the order of the names that there are.
  [[nodiscard]] NamedFile named(std::size_t which) const {
    if (request_.names[which].empty()) return {};
    const auto before = std::count_if(request_.names.begin(), request_.names.begin() + which,
                                      [](const std::string& name) { return !name.empty(); });
    return {files_[static_cast<std::size_t>(before)].get(), request_.names[which]};
  }

  Result<> work() {
    switch (request_.task) {
      case HelperTask::kProbe:
        return probe_it();
      case HelperTask::kRead:
        return read_it();
      case HelperTask::kExtension: {
        VAT_ASSIGN(const std::string extension, extension_of_mux(mux_of_names()));
        MessageWriter content;
        content.text(extension);
        return channel_.send(to_message(HelperReply::kText, std::move(content)));
      }
      case HelperTask::kMux: {
        VAT_ASSIGN(const MuxResult result, mux_files(mux_of_names(), request_.additions, {}));
        return channel_.send(to_message(HelperReply::kMuxed, pack(result)));
      }
      case HelperTask::kPictures:
        return show_it();
    }
    return fail(ErrorCode::kInternal, "The decoder does not know this task.");
  }

  [[nodiscard]] MuxFiles mux_of_names() const { return {named(0), named(1), named(2), named(3)}; }

  Result<> probe_it() {
    const NamedFile file = named(0);
    VAT_ASSIGN(const auto input, Input::open(file.fd, file.name, {}));
    VAT_ASSIGN(const MediaInfo info, describe_input(*input));
    return channel_.send(to_message(HelperReply::kInfo, pack(info)));
  }

  Result<> show_it() {
    const NamedFile file = named(0);
    VAT_ASSIGN(const auto input, Input::open(file.fd, file.name, {}, Input::Codecs::kPictures));
    VAT_ASSIGN(const Pictures pictures, input_pictures(*input));
    return channel_.send(to_message(HelperReply::kPictures, pack(pictures)));
  }

  Result<> read_it() {
    const NamedFile file = named(0);
    VAT_ASSIGN(SampleWriter samples, SampleWriter::open(channel_, named(2).fd));
    VAT_ASSIGN(const auto reader, AudioReader::open_stream(file.fd, file.name,
                                                           {.track = request_.track,
                                                            .channel = request_.channel,
                                                            .side = request_.side,
                                                            .rate = request_.rate,
                                                            .stop = {},
                                                            .spool = named(1).fd}));
    MessageWriter length;
    length.length(reader->duration());
    VAT_TRY(channel_.send(to_message(HelperReply::kOpened, std::move(length))));
    while (true) {
      VAT_ASSIGN(const std::span<float> slot, samples.slot());
      VAT_ASSIGN(const std::size_t count, reader->read(slot));
      if (count == 0) break;
      VAT_TRY(samples.pass_on(count));
      more_computing();
    }
    MessageWriter warnings;
    warnings.texts(reader->warnings());
    return channel_.send(to_message(HelperReply::kEnd, std::move(warnings)));
  }

  Channel channel_;
  HelperRequest request_;
  std::vector<UniqueFd> files_;
};

/// The last words of a crashing decoder are no use to whoever waits for a transcript.
void be_silent() {
  if (kSanitized) return;
  const UniqueFd nothing(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  if (nothing) ::dup2(nothing.get(), STDERR_FILENO);
}

int serve_request(Channel channel) {
  auto message = channel.receive(kMaxRequest);
  if (!message || !*message) return 1;
  auto request = request_of((*message)->bytes);
  std::vector<UniqueFd>& files = (*message)->files;
  if (!request || files.empty()) return 1;
  const auto names = std::count_if(request->names.begin(), request->names.end(),
                                   [](const std::string& name) { return !name.empty(); });
  if (files.size() != static_cast<std::size_t>(names)) return 1;
  if (request->debug)
    set_log_level(LogLevel::kDebug);
  else
    be_silent();
  return HelperRun(std::move(channel), std::move(*request), std::move(files)).run();
}

}  // namespace

int run_media_helper() {
  auto channel = inherit_channel();
  if (!channel) {
    std::fprintf(stderr, "vat: %s\n", channel.error().message.c_str());
    return traits(channel.error().code).exit_code;
  }
  be_first_to_go();
  // What every child would do again.
  filters::route_av_log();
  return serve_forks(std::move(*channel), serve_request);
}

}  // namespace vat::media
