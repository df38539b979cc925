#include "links/fetch.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/pause.h"
#include "base/text.h"
#include "links/link_name.h"
#include "links/transfer_note.h"

namespace vat::links {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr int kRangeNotSatisfiable = 416;
constexpr milliseconds kTimerPrecision{20};

/// Whether these first bytes begin a page of HTML.
bool begins_page(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  bytes = trim(bytes);
  return equals_ignoring_case(bytes.substr(0, 14), "<!doctype html") ||
         equals_ignoring_case(bytes.substr(0, 5), "<html");
}

bool passes(int status) { return status == 408 || status == 425 || status == 429 || status >= 500; }

class Transfer {
 public:
  Transfer(HttpDownloader& http, const Link& link, Landing& landing, const FetchLimits& limits,
           const FetchSink& progress)
      : http_(http),
        link_(link),
        landing_(landing),
        limits_(limits),
        progress_(progress),
        host_(host_of_url(link.url)),
        deadline_(Clock::now() + limits.total_timeout),
        note_(parse_note(landing.note())) {}

  Result<FetchedFile> run(const std::stop_token& stop) {
    if (!is_whole()) VAT_TRY(fetch_all(stop));
    return FetchedFile{.name = note_.name, .content_type = note_.content_type};
  }

 private:
  /// An earlier run had all of it.
  [[nodiscard]] bool is_whole() const {
    return note_.total && *note_.total > 0 && landing_.size() == *note_.total;
  }

  Result<> fetch_all(const std::stop_token& stop) {
    milliseconds wait = limits_.first_pause;
    int fruitless = 0;
    std::uint64_t furthest = landing_.size();
    while (true) {
      Result<> done = attempt(stop);
      if (done) return {};
      if (done.error().code == ErrorCode::kCancelled) return done;
      if (Clock::now() + kTimerPrecision >= deadline_) return fail(too_slow("did not send the file in time"));
      // A byte counts once, however often the transfer starts over.
      if (landing_.size() > furthest) {
        furthest = landing_.size();
        fruitless = 0;
        wait = limits_.first_pause;
      } else {
        ++fruitless;
      }
      if (!done.error().retryable || !answered_ || fruitless >= limits_.fruitless_attempts) return done;
      if (!pause(wait, stop)) return fail(ErrorCode::kCancelled, "The fetching was stopped.");
      wait *= 2;
    }
  }

  Result<> attempt(const std::stop_token& stop) {
    window_began_ = Clock::now();
    window_bytes_ = 0;
    complete_ = false;
    HttpSink sink;
    sink.begin = [this](const HttpResponse& head) { return begin(head); };
    sink.write = [this](std::string_view bytes) { return write(bytes); };
    const Result<HttpResponse> answer = http_.download(request(), sink, stop);
    // The server has said that nothing is missing, by an error.
    if (complete_) return {};
    if (!answer) return fail(answer.error());
    if (note_.total && landing_.size() != *note_.total) return fail(network(" sent less than it promised."));
    note_.total = landing_.size();
    return landing_.set_note(to_text(note_));
  }

  [[nodiscard]] HttpRequest request() const {
    HttpRequest request;
    request.url = link_.url;
    request.headers = link_.headers;
    request.connect_timeout = limits_.connect_timeout;
    request.idle_timeout = limits_.idle_timeout;
    request.total_timeout =
        std::max(milliseconds(1), std::chrono::duration_cast<milliseconds>(deadline_ - Clock::now()));
    request.max_response_bytes = static_cast<std::size_t>(-1);  // write() counts
    if (landing_.size() == 0 || note_.validator.empty()) return request;
    request.headers.emplace_back("Range", "bytes=" + std::to_string(landing_.size()) + "-");
    request.headers.emplace_back("If-Range", note_.validator);
    return request;
  }

  Result<> begin(const HttpResponse& head) {
    answered_ = true;
    if (head.status == 206) return begin_part(head);
    if (head.status == kRangeNotSatisfiable && landing_.size() > 0) return begin_nothing(head);
    if (head.status != 200) return fail(refused(head.status));
    VAT_TRY(landing_.clear());
    note_ = note_of_answer(link_.url, head);
    VAT_TRY(check_size(note_.total.value_or(0)));
    VAT_TRY(landing_.set_note(to_text(note_)));
    report();
    return {};
  }

  Result<> begin_part(const HttpResponse& head) {
    const auto range = parse_content_range(find_header(head.headers, "Content-Range"));
    const bool fits = range && range->first == landing_.size() && landing_.size() > 0;
    const bool same = fits && (!range->total || !note_.total || range->total == note_.total);
    if (!same) {
      // The next attempt asks for the whole file.
      VAT_TRY(landing_.clear());
      note_ = {};
      return fail(network(" sent another part of the file than it was asked for."));
    }
    if (range->total) note_.total = range->total;
    report();
    return check_size(note_.total.value_or(0));
  }

  /// A file of unknown length, of which an earlier run had all; or another file.
  Result<> begin_nothing(const HttpResponse& head) {
    const auto range = parse_content_range(find_header(head.headers, "Content-Range"));
    complete_ = range && range->total == landing_.size();
    if (!complete_) {
      VAT_TRY(landing_.clear());
      note_ = {};
    }
    return fail(network(" has no more of the file."));
  }

  Result<> write(std::string_view bytes) {
    if (landing_.size() == 0 && begins_page(bytes))
      return fail(ErrorCode::kBadMedia,
                  host_ + " sent a web page, not a recording; use the link of the recording itself.");
    VAT_TRY(check_size(landing_.size() + bytes.size()));
    VAT_TRY(landing_.append(bytes));
    report();
    return check_rate(bytes.size());
  }

  [[nodiscard]] Result<> check_size(std::uint64_t bytes) const {
    if (bytes <= limits_.max_bytes) return {};
    return fail(ErrorCode::kLimit, "The file at " + host_ + " is larger than " +
                                       format_bytes(limits_.max_bytes) + ", which is the limit.");
  }

  Result<> check_rate(std::size_t bytes) {
    window_bytes_ += bytes;
    const Clock::time_point now = Clock::now();
    if (now - window_began_ < limits_.rate_window) return {};
    if (window_bytes_ < limits_.min_bytes_per_window) return fail(too_slow("sends the file too slowly"));
    window_began_ = now;
    window_bytes_ = 0;
    return {};
  }

  [[nodiscard]] Error too_slow(const std::string& what) const {
    return {ErrorCode::kLimit, host_ + " " + what + "."};
  }

  [[nodiscard]] Error network(const std::string& what) const {
    return Error(ErrorCode::kNetwork, host_ + what).as_retryable();
  }

  [[nodiscard]] Error refused(int status) const {
    const std::string code = " (HTTP " + std::to_string(status) + ").";
    if (passes(status)) return network(" cannot send the file now" + code);
    const ErrorCode meaning = code_of_answer(status);
    if (meaning == ErrorCode::kNotFound) return {meaning, host_ + " has no such file" + code};
    if (meaning == ErrorCode::kUnauthorized)
      return {meaning, host_ + " does not give the file to strangers" + code};
    return {ErrorCode::kInvalidArgument, host_ + " refuses to send the file" + code};
  }

  void report() const {
    if (progress_) progress_(landing_.size(), note_.total.value_or(0));
  }

  HttpDownloader& http_;
  const Link& link_;
  Landing& landing_;
  const FetchLimits& limits_;
  const FetchSink& progress_;
  const std::string host_;
  const Clock::time_point deadline_;
  TransferNote note_;
  bool answered_ = false;  ///< The server has sent something in this run.
  bool complete_ = false;
  Clock::time_point window_began_;
  std::uint64_t window_bytes_ = 0;
};

}  // namespace

Result<FetchedFile> fetch(HttpDownloader& http, const Link& link, Landing& landing, const FetchLimits& limits,
                          const FetchSink& progress, const std::stop_token& stop) {
  return Transfer(http, link, landing, limits, progress).run(stop);
}

}  // namespace vat::links
