#include "media/sandboxed_media.h"

#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "base/fork_server.h"
#include "base/log.h"
#include "media/helper_messages.h"
#include "media/input.h"
#include "media/length_bound.h"
#include "media/mux_files.h"
#include "media/sample_ring.h"
#include "media/spool.h"

namespace vat::media {
namespace {

/// Of a reply; warnings and the tracks of a container with many.
constexpr std::size_t kMaxReply = 4U << 20U;
/// What a copy may be longer than what it is made of.
constexpr std::uint64_t kMuxSlack = 64ULL << 20U;

std::optional<std::int64_t> regular_size(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return status.st_size;
}

Error cancelled() { return {ErrorCode::kCancelled, "Reading the recording was stopped."}; }

/// For a process that has not come to an end, or not to the end of a reply.
Error overlong(const std::string& name, const std::string& detail) {
  return {ErrorCode::kBadMedia, name + " cannot be read: decoding it takes longer than any recording should.",
          detail};
}

/// What it means for a recording that its process has ended without a last reply.
Error untimely(const std::optional<ProcessEnd>& end, const std::string& name) {
  if (!end || end->signal == SIGKILL || end->signal == SIGTERM)
    return Error(ErrorCode::kUnavailable,
                 "The process that reads " + name + " was ended by the system; try again.",
                 end ? "signal " + std::to_string(end->signal) : "its end is not known")
        .as_retryable();
  const std::string detail = end->signal == 0 ? "exit code " + std::to_string(end->exit_code)
                                              : "signal " + std::to_string(end->signal);
  if (end->signal == SIGXCPU) return overlong(name, detail);
  return {ErrorCode::kBadMedia,
          name + " cannot be read: the decoder crashes on it, so it is damaged, or made to do harm.", detail};
}

/// The process that reads one recording.
class HelperTalk {
 public:
  HelperTalk(std::unique_ptr<ForkedTask> task, std::string name, std::stop_token stop)
      : task_(std::move(task)),
        name_(std::move(name)),
        stop_(std::move(stop)),
        killer_(stop_, [this] { task_->kill(); }) {}

  /// For a file, which unlike a pipe is there.
  void wait_no_longer_than(std::chrono::milliseconds time) { patience_.time = time; }

  [[nodiscard]] Result<> ask(const HelperRequest& request, const std::vector<int>& files) {
    auto sent = task_->channel().send(to_message(request), files, patience_);
    return sent ? Result<>()
                : unsent(std::move(sent).error(), overlong(name_, "it does not take its request"));
  }
  /// For what a process waits for: one that lets it pile up is no decoder any more.
  [[nodiscard]] Result<> tell(std::string_view message) {
    auto sent = task_->channel().send(message, {}, {.time = std::chrono::milliseconds(0), .stop = {}});
    return sent ? Result<>() : unsent(std::move(sent).error(), nonsense());
  }

  /// The next reply, of one of these kinds; another, or none, is an error.
  [[nodiscard]] Result<std::string> reply(std::string_view kinds) {
    auto received = task_->channel().receive(kMaxReply, patience_);
    if (stop_.stop_requested()) return fail(cancelled());
    if (!received) return fail(overlong(name_, received.error().message));
    std::optional<Channel::Message>& message = *received;
    if (!message) {
      Error error = untimely(task_->end(), name_);
      log(LogLevel::kInfo, "The process that read a recording has ended.", {{"how", error.detail}});
      return fail(std::move(error));
    }
    std::string& bytes = message->bytes;
    const char kind = bytes.empty() ? '\0' : bytes.front();
    if (kind == static_cast<char>(HelperReply::kFailed)) {
      if (auto error = unpack_error(std::string_view(bytes).substr(1))) return fail(std::move(*error));
    } else if (kinds.find(kind) != std::string_view::npos) {
      return std::move(bytes);
    }
    return fail(nonsense());
  }

  /// For replies that are not what they should be, which no decoder sends that is still itself.
  [[nodiscard]] Error nonsense() const {
    return {ErrorCode::kBadMedia,
            name_ + " cannot be read: the decoder no longer works after it, so it is made to do harm.",
            "an invalid reply"};
  }

  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  [[nodiscard]] Result<> unsent(Error error, Error untaken) const {
    if (stop_.stop_requested()) return fail(cancelled());
    // A child that has ended, or could not be forked, says so when it is asked for its reply.
    if (error.code == ErrorCode::kUnavailable) return {};
    return fail(error.code == ErrorCode::kLimit ? std::move(untaken) : std::move(error));
  }

  std::unique_ptr<ForkedTask> task_;
  std::string name_;
  std::stop_token stop_;
  Patience patience_;
  std::stop_callback<std::function<void()>> killer_;
};

std::string kinds_of(std::initializer_list<HelperReply> replies) {
  std::string kinds;
  for (const HelperReply reply : replies) kinds += static_cast<char>(reply);
  return kinds;
}

std::string_view content_of(const std::string& reply) { return std::string_view(reply).substr(1); }

/// The samples that the process sends.
class SandboxedReader : public AudioSource {
 public:
  SandboxedReader(std::unique_ptr<HelperTalk> talk, SampleReader samples, std::optional<Millis> duration,
                  std::optional<std::int64_t> bytes, int rate)
      : talk_(std::move(talk)),
        samples_(std::move(samples)),
        duration_(duration),
        bytes_(bytes),
        rate_(rate) {}

  [[nodiscard]] Result<std::size_t> read(std::span<float> out) override {
    std::size_t filled = 0;
    while (filled < out.size() && !ended_) {
      if (samples_.left() == 0) {
        VAT_TRY(take_slot());
        continue;
      }
      const std::size_t count = std::min(out.size() - filled, samples_.left());
      samples_.copy(out.subspan(filled, count));
      filled += count;
      if (samples_.frees_slots()) VAT_TRY(talk_->tell(kFreed));
    }
    delivered_ += static_cast<std::int64_t>(filled);
    VAT_TRY(check_length(delivered_ * kRecognitionRate / rate_, bytes_, talk_->name()));
    return filled;
  }
  [[nodiscard]] std::optional<Millis> duration() const override { return duration_; }
  [[nodiscard]] std::vector<std::string> warnings() const override { return warnings_; }

 private:
  [[nodiscard]] Result<> take_slot() {
    static const std::string kinds = kinds_of({HelperReply::kSamples, HelperReply::kEnd});
    VAT_ASSIGN(const std::string reply, talk_->reply(kinds));
    if (reply.front() == static_cast<char>(HelperReply::kSamples)) {
      if (samples_.take(content_of(reply))) return {};
      return fail(talk_->nonsense());
    }
    MessageReader reader(content_of(reply));
    warnings_ = reader.texts();
    if (reader.failed()) return fail(talk_->nonsense());
    ended_ = true;
    return {};
  }

  std::unique_ptr<HelperTalk> talk_;
  SampleReader samples_;
  std::optional<Millis> duration_;
  std::optional<std::int64_t> bytes_;  ///< Of the file.
  const int rate_;                     ///< Hz.
  std::int64_t delivered_ = 0;
  bool ended_ = false;
  std::vector<std::string> warnings_;
};

class SandboxedMedia : public Media {
 public:
  explicit SandboxedMedia(SandboxOptions options)
      : patience_(options.patience), forks_(std::move(options.helper)) {}

  [[nodiscard]] Result<MediaInfo> probe(const std::filesystem::path& path, std::stop_token stop) override {
    VAT_ASSIGN(const UniqueFd file, open_recording(path));
    HelperRequest request{.task = HelperTask::kProbe, .names = {path.string(), "", "", ""}};
    VAT_ASSIGN(const auto talk, begin(std::move(request), {file.get()}, std::move(stop)));
    VAT_ASSIGN(const std::string reply, talk->reply(kinds_of({HelperReply::kInfo})));
    auto info = unpack_info(content_of(reply));
    if (!info) return fail(talk->nonsense());
    return std::move(*info);
  }

  [[nodiscard]] Result<std::unique_ptr<AudioSource>> open(const std::filesystem::path& path,
                                                          const ReaderOptions& options) override {
    VAT_ASSIGN(const UniqueFd file, open_recording(path));
    return open_stream(file.get(), path.string(), options);
  }

  [[nodiscard]] Result<std::unique_ptr<AudioSource>> open_stream(int fd, const std::string& name,
                                                                 const ReaderOptions& options) override {
    const std::optional<std::int64_t> bytes = regular_size(fd);
    HelperRequest request{.task = HelperTask::kRead,
                          .names = {name, "", "", ""},
                          .track = options.track,
                          .channel = options.channel,
                          .side = options.side,
                          .rate = options.rate};
    std::vector<int> files{fd};
    UniqueFd spool;
    VAT_ASSIGN(SampleReader samples, SampleReader::create());
    if (!bytes) {
      VAT_ASSIGN(spool, open_spool());
      files.push_back(spool.get());
      request.names[1] = "the temporary file";
      request.written_bytes = INT64_MAX;
    }
    files.push_back(samples.memory());
    request.names[2] = "the memory for samples";
    VAT_ASSIGN(auto talk, begin(std::move(request), files, options.stop));
    VAT_ASSIGN(const std::string reply, talk->reply(kinds_of({HelperReply::kOpened})));
    MessageReader reader(content_of(reply));
    const std::optional<Millis> duration = reader.length();
    if (reader.failed()) return fail(talk->nonsense());
    return std::make_unique<SandboxedReader>(std::move(talk), std::move(samples), duration, bytes,
                                             options.rate);
  }

  [[nodiscard]] Result<Pictures> pictures(const std::filesystem::path& path, std::stop_token stop) override {
    VAT_ASSIGN(const UniqueFd file, open_recording(path));
    HelperRequest request{.task = HelperTask::kPictures, .names = {path.string(), "", "", ""}};
    VAT_ASSIGN(const auto talk, begin(std::move(request), {file.get()}, std::move(stop)));
    VAT_ASSIGN(const std::string reply, talk->reply(kinds_of({HelperReply::kPictures})));
    auto pictures = unpack_pictures(content_of(reply));
    if (!pictures) return fail(talk->nonsense());
    return std::move(*pictures);
  }

  [[nodiscard]] Result<std::string> mux_extension(const std::filesystem::path& original,
                                                  const MuxAdditions& additions) override {
    VAT_ASSIGN(const OpenedMux opened, OpenedMux::open(original, {.audio = additions.audio}, {}));
    VAT_ASSIGN(const auto talk, begin_mux(HelperTask::kExtension, opened.files(), additions, {}));
    VAT_ASSIGN(const std::string reply, talk->reply(kinds_of({HelperReply::kText})));
    MessageReader reader(content_of(reply));
    std::string extension = reader.text();
    if (reader.failed() || !is_extension(extension)) return fail(talk->nonsense());
    return extension;
  }

  [[nodiscard]] Result<MuxResult> mux(const std::filesystem::path& original, const MuxAdditions& additions,
                                      const std::filesystem::path& output, std::stop_token stop) override {
    VAT_ASSIGN(const OpenedMux opened, OpenedMux::open(original, additions, output));
    VAT_ASSIGN(const auto talk, begin_mux(HelperTask::kMux, opened.files(), additions, std::move(stop)));
    VAT_ASSIGN(const std::string reply, talk->reply(kinds_of({HelperReply::kMuxed})));
    auto result = unpack_mux_result(content_of(reply));
    if (!result) return fail(talk->nonsense());
    return std::move(*result);
  }

 private:
  /// It becomes a part of a file's name.
  static bool is_extension(std::string_view text) {
    return text == "mp4" || text == "mov" || text == "mkv" || text == "webm";
  }

  [[nodiscard]] Result<std::unique_ptr<HelperTalk>> begin(HelperRequest request,
                                                          const std::vector<int>& files,
                                                          std::stop_token stop) {
    if (stop.stop_requested()) return fail(cancelled());
    request.debug = log_enabled(LogLevel::kDebug);
    const bool is_pipe = request.task == HelperTask::kRead && !request.names[1].empty();
    // Copying tells nothing on the way: a second for each megabyte is many times what it takes.
    const auto more = std::chrono::seconds(is_pipe ? 0 : request.written_bytes >> 20U);
    VAT_ASSIGN(auto task, forks_.start());
    auto talk = std::make_unique<HelperTalk>(std::move(task), request.names[0], std::move(stop));
    if (!is_pipe) talk->wait_no_longer_than(patience_ + more);
    VAT_TRY(talk->ask(request, files));
    return talk;
  }

  [[nodiscard]] Result<std::unique_ptr<HelperTalk>> begin_mux(HelperTask task, const MuxFiles& files,
                                                              const MuxAdditions& additions,
                                                              std::stop_token stop) {
    HelperRequest request{.task = task, .additions = additions};
    std::vector<int> open;
    std::uint64_t bytes = kMuxSlack;
    for (const NamedFile& file : {files.original, files.audio, files.subtitles, files.output}) {
      request.names.push_back(file.name);
      if (file.fd < 0) continue;
      open.push_back(file.fd);
      // Small packets may double in another container.
      bytes += 2 * static_cast<std::uint64_t>(regular_size(file.fd).value_or(0));
    }
    if (task == HelperTask::kMux) request.written_bytes = bytes;
    return begin(std::move(request), open, std::move(stop));
  }

  const std::chrono::milliseconds patience_;
  ForkServer forks_;
};

}  // namespace

std::unique_ptr<Media> make_sandboxed_media(SandboxOptions options) {
  return std::make_unique<SandboxedMedia>(std::move(options));
}

}  // namespace vat::media
