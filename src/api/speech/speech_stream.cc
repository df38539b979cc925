#include "api/speech/speech_stream.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "api/speech/wav_head.h"
#include "base/file.h"
#include "http/event_stream.h"
#include "pipeline/user_lexicon.h"
#include "tts/engines.h"
#include "tts/sentences.h"

namespace vat::api {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kReadBytes = 32U * 1024;
/// Buffers minutes of speech for a slow client, instead of blocking a thread.
[[maybe_unused]] constexpr int kPipeBytes = 1 << 20;
constexpr std::size_t kFirstBytes = 1024;  // more than any headerer

/// A write to a pipe without a reader must fail, not end the program.
class BrokenPipeIgnored {
 public:
  BrokenPipeIgnored() {
    sigset_t pipe;
    ::sigemptyset(&pipe);
    ::sigaddset(&pipe, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe, &before_);
  }
  // A pending SIGPIPE is discarded at the thread's next block, or ends with the thread.
  ~BrokenPipeIgnored() {
    sigset_t pipe;
    ::sigemptyset(&pipe);
    ::sigaddset(&pipe, SIGPIPE);
#ifdef __linux__
    const timespec at_once{};
    while (::sigtimedwait(&pipe, nullptr, &at_once) == SIGPIPE) continue;
#else
    sigset_t pending;
    int signal = 0;
    if (::sigpending(&pending) == 0 && ::sigismember(&pending, SIGPIPE) == 1) ::sigwait(&pipe, &signal);
#endif
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  BrokenPipeIgnored(const BrokenPipeIgnored&) = delete;
  BrokenPipeIgnored& operator=(const BrokenPipeIgnored&) = delete;

 private:
  sigset_t before_{};
};

/// Shared by the speaking thread and the sending coroutine.
class Spoken {
 public:
  Spoken(SpeechOrder order, UniqueFd write_end)
      : order_(std::move(order)), write_end_(std::move(write_end)) {}

  void speak(const pipeline::Speech& speech, LexiconStore& lexicons) {
    const BrokenPipeIgnored ignored;
    Result<> possible = check_voice(speech);
    if (!possible) return end(std::move(possible).error());
    auto lexicon = pipeline::lexicon_of(lexicons, order_.user_id);
    if (!lexicon) return end(std::move(lexicon).error());
    Result<tts::NarrationReport> report =
        speech.of(order_.user_id)
            .with_lexicon(*std::move(lexicon))
            .speak(order_.text, order_.language, order_.options,
                   {.fd = write_end_.get(), .fd_name = "the answer"}, {}, stop_.get_token());
    if (report) return end(std::nullopt);
    Error error = std::move(report).error();
    // Text in which only the engine finds nothing to say is refused like text without words.
    if (error.field == "text") error.code = ErrorCode::kInvalidArgument;
    end(std::move(error));
  }
  void stop() { stop_.request_stop(); }
  /// After the end of the pipe.
  [[nodiscard]] Result<> outcome() const {
    const std::lock_guard lock(mutex_);
    if (failure_) return fail(*failure_);
    if (!ended_) return fail(ErrorCode::kInternal, "The speech broke off.");
    return {};
  }
  [[nodiscard]] const SpeechOrder& order() const { return order_; }

 private:
  /// An unknown voice is detected before the first byte.
  [[nodiscard]] Result<> check_voice(const pipeline::Speech& speech) const {
    VAT_TRY(speech.before(order_.options, order_.language));
    VAT_ASSIGN(const tts::Engines engines,
               tts::order_engines(speech.engines(), order_.options.engine, order_.language));
    VAT_TRY(tts::resolve_voice(engines, order_.options.voice, stop_.get_token()));
    return {};
  }
  void end(std::optional<Error> failure) {
    {
      const std::lock_guard lock(mutex_);
      failure_ = std::move(failure);
      ended_ = true;
    }
    write_end_.reset();  // The reader sees this as the end.
  }

  const SpeechOrder order_;
  UniqueFd write_end_;
  std::stop_source stop_;
  mutable std::mutex mutex_;
  std::optional<Error> failure_;
  bool ended_ = false;
};

/// The coroutine's end of the pipe. The voice stops when this is destroyed.
class Listener {
 public:
  Listener(std::shared_ptr<Spoken> spoken, asio::posix::stream_descriptor pipe)
      : spoken_(std::move(spoken)), pipe_(std::move(pipe)), buffer_(kReadBytes, '\0') {}
  ~Listener() { spoken_->stop(); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// The next bytes, valid until the next call; empty at the end.
  http::Task<Result<std::string_view>> read() {
    boost::system::error_code error;
    const std::size_t count = co_await pipe_.async_read_some(
        asio::buffer(buffer_), asio::redirect_error(asio::use_awaitable, error));
    if (count > 0) co_return std::string_view(buffer_).substr(0, count);
    Result<> outcome = spoken_->outcome();
    if (!outcome) co_return fail(std::move(outcome).error());
    co_return std::string_view();
  }

  [[nodiscard]] const SpeechOrder& order() const { return spoken_->order(); }

 private:
  std::shared_ptr<Spoken> spoken_;
  asio::posix::stream_descriptor pipe_;
  std::string buffer_;
};

/// The first bytes, without the file's header if only the samples are wanted. Enough of them to contain audio
/// after the header, which the encoder writes before any speech.
http::Task<Result<std::string>> read_begin(Listener& listener, bool bare_samples) {
  std::string begin;
  while (begin.size() < kFirstBytes) {
    const Result<std::string_view> bytes = co_await listener.read();
    if (!bytes) co_return fail(bytes.error());
    if (bytes->empty()) break;
    begin += *bytes;
  }
  if (!bare_samples) co_return begin;
  const Result<std::size_t> head = wav_head_bytes(begin);
  if (!head) co_return fail(head.error());
  if (*head == std::string::npos) co_return fail(ErrorCode::kInternal, "The audio has no samples.");
  co_return begin.substr(*head);
}

/// The bytes as they are, or as an event.
std::string framed(const SpeechOrder& order, std::string_view bytes) {
  if (!order.audio_event) return std::string(bytes);
  return http::format_event({}, {}, order.audio_event(bytes));
}

http::Task<Result<>> send_rest(http::BodyWriter& writer, Listener& listener, std::string begin) {
  const SpeechOrder& order = listener.order();
  Result<> sent = co_await writer.write(framed(order, begin));
  begin = {};
  while (sent) {
    const Result<std::string_view> bytes = co_await listener.read();
    if (!bytes) co_return fail(bytes.error());
    if (bytes->empty()) break;
    sent = co_await writer.write(framed(order, *bytes));
  }
  if (sent && order.done_event) sent = co_await writer.write(http::format_event({}, {}, order.done_event()));
  co_return sent;
}

Result<Pipe> make_roomy_pipe() {
  VAT_ASSIGN(Pipe pipe, make_pipe());
#ifdef F_SETPIPE_SZ
  // Exceeding the system's limit is not an error.
  (void)::fcntl(pipe.write_end.get(), F_SETPIPE_SZ, kPipeBytes);
#endif
  if (::fcntl(pipe.read_end.get(), F_SETFL, O_NONBLOCK) != 0)
    return fail(system_error(errno, "open", "a pipe"));
  return pipe;
}

}  // namespace

Answer stream_speech(const Services& services, SpeechOrder order) {
  if (!tts::is_speakable(order.text)) co_return fail_field("text", "The text has no words to speak.");
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  VAT_CO_ASSIGN(Pipe pipe, make_roomy_pipe());
  const bool bare_samples = order.bare_samples;
  const std::string content_type = order.content_type;
  auto spoken = std::make_shared<Spoken>(std::move(order), std::move(pipe.write_end));
  const bool begun =
      services.speakers.try_post([spoken, &speech = services.speech, &lexicons = services.lexicons] {
        spoken->speak(speech, lexicons);
      });
  if (!begun)
    co_return fail(
        Error(ErrorCode::kUnavailable, "Too many texts are being spoken; try again soon.").as_retryable());
  auto listener = std::make_shared<Listener>(
      std::move(spoken), asio::posix::stream_descriptor(executor, pipe.read_end.release()));
  VAT_CO_ASSIGN(std::string begin, co_await read_begin(*listener, bare_samples));
  http::Response response;
  response.set("Content-Type", content_type).set("Cache-Control", "no-store");
  response.body = [listener, begin = std::move(begin)](http::BodyWriter& writer) {
    return send_rest(writer, *listener, begin);
  };
  co_return response;
}

}  // namespace vat::api
