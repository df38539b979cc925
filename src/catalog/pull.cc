#include "catalog/pull.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/bytes.h"
#include "base/number.h"
#include "base/pause.h"
#include "base/text.h"

namespace vat::catalog {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxEtagBytes = 1024;

/// How much a size may differ from the published one. Sizes are precise enough for a progress bar; the digest
/// decides.
std::uint64_t tolerance(std::uint64_t bytes) { return bytes / 100 + 4096; }

struct ContentRange {
  std::uint64_t first = 0;
  std::optional<std::uint64_t> total;
};

/// "bytes 5-9/10" (RFC 9110 section 14.4).
std::optional<ContentRange> parse_content_range(std::string_view text) {
  constexpr std::string_view kUnit = "bytes ";
  if (!text.starts_with(kUnit)) return std::nullopt;
  text.remove_prefix(kUnit.size());
  const std::size_t hyphen = text.find('-');
  const std::size_t slash = text.find('/');
  if (hyphen == std::string_view::npos || slash == std::string_view::npos || slash < hyphen)
    return std::nullopt;
  const auto first = parse_number<std::uint64_t>(text.substr(0, hyphen));
  if (!first) return std::nullopt;
  return ContentRange{*first, parse_number<std::uint64_t>(text.substr(slash + 1))};
}

/// RFC 9110 section 13.1.5: a weak tag may not be used with If-Range.
bool is_strong_etag(std::string_view etag) {
  return etag.size() >= 2 && etag.size() <= kMaxEtagBytes && etag.front() == '"' && etag.back() == '"';
}

}  // namespace

Pull::Pull(HttpDownloader& http, const StoreOptions& options, const PublishedModel& model, std::string url,
           const PullSink& progress)
    : http_(http),
      options_(options),
      model_(model),
      progress_(progress),
      files_(options.directory, model.name),
      url_(std::move(url)),
      total_(model.bytes) {}

Result<> Pull::run(const std::stop_token& stop) {
  // Appending keeps the position right after truncation.
  fd_ = UniqueFd(::open(files_.partial.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  if (!fd_) return fail(system_error(errno, "write", files_.partial.string()));
  bytes_ = file_bytes(files_.partial);
  from_before_ = bytes_ > 0;
  auto result = fetch_and_verify(stop);
  std::error_code ignored;
  if (!result && bytes_ == 0) fs::remove(files_.partial, ignored);
  if (result) fs::remove(files_.etag, ignored);
  return result;
}

Result<> Pull::fetch_and_verify(const std::stop_token& stop) {
  if (bytes_ > max_bytes()) VAT_TRY(start_over());
  VAT_TRY(check_free_space(options_, model_.bytes - std::min(bytes_, model_.bytes), model_.name));
  // A run that ended between the last byte and the verification left a complete file.
  bool good = false;
  if (bytes_ == model_.bytes) {
    VAT_ASSIGN(good, is_right(stop));
  }
  while (!good) {
    VAT_TRY(fetch_all(stop));
    VAT_ASSIGN(good, is_right(stop));
    if (good) break;
    // An earlier run's partial file may be from another server or damaged by a crash: then, and only then, it
    // is worth a second attempt.
    const bool once_more = from_before_;
    VAT_TRY(start_over());
    if (!once_more) return fail(wrong_bytes());
  }
  if (options_.validator) {
    auto valid = options_.validator(files_.partial, model_.kind);
    if (!valid) {
      VAT_TRY(start_over());
      return valid;
    }
  }
  return publish(files_.partial, files_.model);
}

Result<> Pull::fetch_all(const std::stop_token& stop) {
  auto wait = options_.first_pause;
  int fruitless = 0;
  std::uint64_t furthest = bytes_;
  while (true) {
    auto result = attempt(stop);
    if (result) return {};
    Error error = std::move(result).error();
    if (error.code == ErrorCode::kCancelled) return fail(stopped());
    if (error.code == ErrorCode::kLimit) {
      VAT_TRY(start_over());
      return fail(wrong_bytes());
    }
    // A byte counts once, however often the download starts over; otherwise two alternating faults would
    // never end.
    if (bytes_ > furthest) {
      furthest = bytes_;
      fruitless = 0;
      wait = options_.first_pause;
    }
    // If no server has answered, there is no network, and waiting would only delay the error.
    if (!error.retryable || !answered_ || ++fruitless >= options_.fruitless_attempts)
      return fail(std::move(error));
    if (!pause(wait, stop)) return fail(stopped());
    wait *= 2;
  }
}

Result<> Pull::attempt(const std::stop_token& stop) {
  HttpSink sink;
  sink.begin = [this](const HttpResponse& head) { return begin(head); };
  sink.write = [this](std::string_view bytes) { return write(bytes); };
  VAT_TRY(http_.download(request(), sink, stop));
  return {};
}

HttpRequest Pull::request() const {
  HttpRequest request;
  request.url = url_;
  request.connect_timeout = options_.connect_timeout;
  request.idle_timeout = options_.idle_timeout;
  // Only a server that has not answered yet may be one that never will.
  if (!answered_) request.answer_timeout = options_.answer_timeout;
  request.total_timeout = std::chrono::milliseconds(0);
  request.max_response_bytes = max_bytes();
  request.headers = {{"Accept", "application/octet-stream, */*"}};
  if (bytes_ == 0) return request;
  request.headers.emplace_back("Range", "bytes=" + std::to_string(bytes_) + "-");
  const auto etag = read_file(files_.etag, kMaxEtagBytes);
  if (etag && is_strong_etag(*etag)) request.headers.emplace_back("If-Range", *etag);
  return request;
}

Result<> Pull::begin(const HttpResponse& head) {
  answered_ = true;
  constexpr int kRangeNotSatisfiable = 416;
  if (head.status == kRangeNotSatisfiable && bytes_ > 0) {
    VAT_TRY(start_over());
    return fail(Error(ErrorCode::kNetwork, host_of(url_) + " has no more of the file.").as_retryable());
  }
  if (head.status == 206) return begin_part(head);
  if (head.status != 200) return fail(refused(head.status));
  const auto length = parse_number<std::uint64_t>(find_header(head.headers, "Content-Length"));
  if (length) VAT_TRY(check_announced(*length));
  VAT_TRY(start_over());
  total_ = length.value_or(model_.bytes);
  const std::string_view etag = find_header(head.headers, "ETag");
  if (is_strong_etag(etag)) VAT_TRY(write_file_atomically(files_.etag, etag, Overwrite::kReplace));
  report(PullPhase::kDownloading, bytes_, total_);
  return {};
}

Result<> Pull::begin_part(const HttpResponse& head) {
  const auto range = parse_content_range(find_header(head.headers, "Content-Range"));
  if (!range || range->first != bytes_) {
    // Not the requested part: the next attempt requests the whole file.
    VAT_TRY(start_over());
    return fail(
        Error(ErrorCode::kNetwork, host_of(url_) + " sent a different part of the file than requested.")
            .as_retryable());
  }
  if (range->total) VAT_TRY(check_announced(*range->total));
  total_ = range->total.value_or(model_.bytes);
  report(PullPhase::kDownloading, bytes_, total_);
  return {};
}

Result<> Pull::check_announced(std::uint64_t total) const {
  const std::uint64_t slack = tolerance(model_.bytes);
  if (total + slack >= model_.bytes && total <= model_.bytes + slack) return {};
  return fail(ErrorCode::kBadData, "What " + host_of(url_) + " offers as " + model_file_name(model_.name) +
                                       " has " + format_bytes(total) + ", but the model has " +
                                       format_bytes(model_.bytes) +
                                       "; check whether a login page or a proxy answered instead.");
}

std::uint64_t Pull::max_bytes() const { return model_.bytes + tolerance(model_.bytes); }

Error Pull::refused(int status) const {
  const std::string code = " (HTTP " + std::to_string(status) + ")";
  const std::string file = model_file_name(model_.name);
  const ErrorCode meaning = code_of_answer(status);
  if (meaning == ErrorCode::kNotFound) return {meaning, host_of(url_) + " has no file " + file + code + "."};
  if (meaning == ErrorCode::kUnauthorized)
    return {meaning, host_of(url_) + " refuses to serve " + file + code + "."};
  const bool later = status == 408 || status == 429 || status >= 500;
  return Error(ErrorCode::kNetwork, host_of(url_) + " cannot serve " + file + " now" + code + ".")
      .as_retryable(later);
}

Result<> Pull::write(std::string_view bytes) {
  if (bytes_ + bytes.size() > max_bytes())
    return fail(ErrorCode::kLimit, "More bytes arrived than the model has.");
  VAT_TRY(write_all(fd_.get(), bytes, files_.partial.string()));
  bytes_ += bytes.size();
  report(PullPhase::kDownloading, bytes_, total_);
  return {};
}

Result<> Pull::start_over() {
  std::error_code ignored;
  fs::remove(files_.etag, ignored);
  if (::ftruncate(fd_.get(), 0) != 0) return fail(system_error(errno, "write", files_.partial.string()));
  bytes_ = 0;
  from_before_ = false;
  return {};
}

Result<bool> Pull::is_right(const std::stop_token& stop) {
  const std::uint64_t total = bytes_;
  VAT_ASSIGN(found_digest_,
             hash_model(model_.digest(), files_.partial, stop,
                        [this, total](std::uint64_t done) { report(PullPhase::kVerifying, done, total); }));
  return found_digest_ == model_.digest_hex;
}

Error Pull::wrong_bytes() const {
  return {ErrorCode::kBadData,
          "What " + host_of(url_) + " sent is not the model " + std::string(model_.name) +
              " (its digest or size differs) and was removed.",
          "digest " + found_digest_ + " instead of " + std::string(model_.digest_hex)};
}

Error Pull::stopped() const {
  std::string message = "The download of the model " + std::string(model_.name) + " was stopped";
  if (bytes_ > 0)
    message += "; " + format_bytes(bytes_) + " of " + format_bytes(total_) +
               " are kept; the next attempt resumes there";
  return {ErrorCode::kCancelled, message + "."};
}

void Pull::report(PullPhase phase, std::uint64_t done, std::uint64_t total) const {
  if (progress_) progress_(PullProgress{phase, done, total, {}});
}

}  // namespace vat::catalog
