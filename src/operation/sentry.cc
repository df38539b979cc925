#include "operation/sentry.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>
#include <variant>

#include "base/json_writer.h"
#include "base/number.h"
#include "base/text.h"
#include "base/utc_time.h"
#include "base/uuid.h"

namespace vat::operation {
namespace {

using std::chrono::seconds;

constexpr std::array<std::string_view, 5> kTags = {"request_id", "route", "method", "job", "code"};
constexpr seconds kPauseWithoutNumber{60};
constexpr seconds kMaxPause{24 * 3600};
constexpr std::chrono::milliseconds kSendTimeout{10'000};
constexpr std::size_t kMaxReplyBytes = 64U * 1024;

/// 32 hexadecimal digits, as the protocol writes identifiers.
std::string make_event_id() {
  std::string id = make_uuid();
  std::erase(id, '-');
  return id;
}

bool is_tag(const LogField& field) {
  const auto* const text = std::get_if<std::string_view>(&field.value);
  return text != nullptr && !text->empty() && std::find(kTags.begin(), kTags.end(), field.key) != kTags.end();
}

/// A number of seconds; empty for anything else.
std::optional<seconds> parse_seconds(std::string_view text) {
  const auto number = parse_number<double>(text, 0);
  if (!number) return std::nullopt;
  return seconds(static_cast<std::int64_t>(std::min(*number, static_cast<double>(kMaxPause.count()))));
}

/// Whether a limit applies to events: without a category, or with one that includes errors.
bool concerns_errors(std::string_view categories) {
  if (categories.empty()) return true;
  while (!categories.empty()) {
    const std::string_view category = take_part(categories, ';');
    if (category == "error" || category == "default") return true;
  }
  return false;
}

}  // namespace

Result<SentryDsn> parse_sentry_dsn(std::string_view dsn) {
  const auto bad = [] {
    return fail(ErrorCode::kInvalidArgument,
                "A Sentry DSN must look like https://KEY@HOST/PROJECT, as the service shows it.");
  };
  const std::size_t scheme = dsn.find("://");
  if (scheme == std::string_view::npos) return bad();
  const std::string_view protocol = dsn.substr(0, scheme);
  if (protocol != "https" && protocol != "http") return bad();
  std::string_view rest = dsn.substr(scheme + 3);
  const std::size_t at = rest.find('@');
  if (at == std::string_view::npos) return bad();
  const std::string_view key =
      rest.substr(0, std::min(at, rest.find(':')));  // an old DSN has a secret after the key
  rest = rest.substr(at + 1);
  const std::size_t slash = rest.rfind('/');
  if (key.empty() || slash == std::string_view::npos || slash == 0) return bad();
  const std::string_view project = rest.substr(slash + 1);
  const auto plain = [](std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
      return c > ' ' && c < 0x7f && c != '?' && c != '#' && c != '@' && c != '"';
    });
  };
  if (!plain(key) || !plain(project) || !plain(rest)) return bad();
  return SentryDsn{std::string(key), std::string(protocol) + "://" + std::string(rest.substr(0, slash)) +
                                         "/api/" + std::string(project) + "/envelope/"};
}

void SentryPause::learn(const HttpResponse& response, Clock::time_point now) {
  std::string_view limits = find_header(response.headers, "X-Sentry-Rate-Limits");
  const bool said = !limits.empty();
  while (!limits.empty()) {
    std::string_view limit = trim(take_part(limits, ','));
    const auto length = parse_seconds(take_part(limit, ':'));
    if (length && concerns_errors(take_part(limit, ':'))) until_ = std::max(until_, now + *length);
  }
  if (said || response.status != 429) return;
  const auto length = parse_seconds(find_header(response.headers, "Retry-After"));
  until_ = std::max(until_, now + length.value_or(kPauseWithoutNumber));
}

std::string sentry_event(const LogRecord& record, const std::string& event_id, const SentryOptions& options) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("event_id").string(event_id);
  json.key("timestamp").string(to_rfc3339(to_utc(record.time)));
  json.key("platform").string("native");
  json.key("level").string(record.level == LogLevel::kError ? "error" : log_level_name(record.level));
  json.key("logger").string("vat");
  json.key("release").string(options.release);
  json.key("environment").string(options.environment);
  json.key("server_name").string(options.server_name);
  json.key("logentry").begin_object();
  json.key("formatted").string(record.message);
  json.end_object();
  json.key("tags").begin_object();
  for (const LogField& field : record.fields) {
    if (is_tag(field)) write_value(json.key(field.key), field.value);
  }
  json.end_object();
  json.key("extra").begin_object();
  for (const LogField& field : record.fields) {
    if (!is_tag(field)) write_value(json.key(field.key), field.value);
  }
  json.end_object();
  json.end_object();
  return text;
}

struct Sentry::State {
  State(HttpClient& client, SentryDsn to, SentryOptions how)
      : http(client), dsn(std::move(to)), options(std::move(how)) {}

  HttpClient& http;
  const SentryDsn dsn;
  const SentryOptions options;
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::pair<std::string, std::string>> waiting;  ///< Identifier and event.
  bool sending = false;
  bool ending = false;
  std::condition_variable idle;
  std::atomic<std::uint64_t> dropped{0};
  SentryPause pause;
  std::stop_source give_up;
  std::thread thread;

  void work() {
    std::unique_lock lock(mutex);
    while (true) {
      wake.wait(lock, [this] { return ending || !waiting.empty(); });
      if (waiting.empty()) return;
      const auto [id, event] = std::move(waiting.front());
      waiting.pop_front();
      sending = true;
      lock.unlock();
      if (!send(id, event)) ++dropped;
      lock.lock();
      sending = false;
      idle.notify_all();
    }
  }

  /// Sends one envelope with one event. Events that the service rejects are lost: errors recur.
  [[nodiscard]] bool send(const std::string& id, const std::string& event) {
    if (give_up.stop_requested() || !pause.over(SentryPause::Clock::now())) return false;
    HttpRequest request{.method = "POST", .url = dsn.envelope_url};
    request.headers = {
        {"Content-Type", "application/x-sentry-envelope"},
        {"X-Sentry-Auth",
         "Sentry sentry_version=7, sentry_client=vat/" VAT_VERSION ", sentry_key=" + dsn.public_key}};
    JsonWriter head(request.body);
    head.begin_object();
    head.key("event_id").string(id);
    head.key("sent_at").string(to_rfc3339(utc_now()));
    head.end_object();
    request.body += "\n{\"type\":\"event\",\"content_type\":\"application/json\",\"length\":" +
                    std::to_string(event.size()) + "}\n" + event + "\n";
    request.total_timeout = kSendTimeout;
    request.max_response_bytes = kMaxReplyBytes;
    const auto answer = http.send(request, give_up.get_token());
    if (!answer) {
      // Not at kError, which would be sent here again.
      log(LogLevel::kWarning, "An error could not be sent to Sentry.", {{"reason", answer.error().message}});
      return false;
    }
    pause.learn(*answer, SentryPause::Clock::now());
    return answer->status / 100 == 2;
  }
};

Sentry::Sentry(HttpClient& http, SentryDsn dsn, SentryOptions options)
    : state_(std::make_unique<State>(http, std::move(dsn), std::move(options))) {
  state_->thread = std::thread([state = state_.get()] { state->work(); });
}

Sentry::~Sentry() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->ending = true;
  }
  state_->wake.notify_all();
  std::mutex mutex;
  std::condition_variable_any over;
  const std::jthread limit([&](const std::stop_token& sent) {
    std::unique_lock lock(mutex);
    if (!over.wait_for(lock, sent, state_->options.last_words, [] { return false; }) &&
        !sent.stop_requested())
      state_->give_up.request_stop();
  });
  state_->thread.join();
}

void Sentry::report(const LogRecord& record) {
  std::string id = make_event_id();
  std::string event = sentry_event(record, id, state_->options);
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->waiting.size() >= state_->options.max_waiting) {
      ++state_->dropped;
      return;
    }
    state_->waiting.emplace_back(std::move(id), std::move(event));
  }
  state_->wake.notify_one();
}

void Sentry::flush(std::chrono::milliseconds timeout) {
  std::unique_lock lock(state_->mutex);
  (void)state_->idle.wait_for(lock, timeout, [this] { return state_->waiting.empty() && !state_->sending; });
}

std::uint64_t Sentry::dropped() const { return state_->dropped; }

}  // namespace vat::operation
