#include "net/curl_transfer.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace vat::net {
namespace {

constexpr std::size_t kMaxHeaderBytes = 262'144;
constexpr std::size_t kMaxRedirectBody = 65'536;
constexpr int kPollMilliseconds =
    250;  // Precision of idle and answer timeouts; everything else wakes the poll.

Error network_error(std::string message, std::string detail) {
  return Error(ErrorCode::kNetwork, std::move(message), std::move(detail)).as_retryable();
}

std::string_view reason(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return "Could not resolve host";
    case CURLE_COULDNT_RESOLVE_PROXY:
      return "Could not resolve the proxy of the environment";
    case CURLE_COULDNT_CONNECT:
      return "Could not connect";
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return "Its certificate is not trusted";
    case CURLE_SSL_CONNECT_ERROR:
      return "The encrypted connection failed";
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return "The connection broke off";
    default:
      return {};
  }
}

}  // namespace

void initialize_curl() {
  static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(once);
}

CurlTransfer::CurlTransfer(CurlSession& session, const HttpRequest& request, const Url& url,
                           const HttpSink& sink, Settings settings)
    : session_(session), request_(request), url_(url), sink_(sink), settings_(std::move(settings)) {
  head_.url = request.url;
}

CurlTransfer::~CurlTransfer() {
  // The handle outlives this object in its session and must not refer to it.
  if (session_.easy) curl_easy_reset(session_.easy.get());
}

Result<HttpResponse> CurlTransfer::run(const std::stop_token& stop) {
  VAT_TRY(set_up());
  VAT_TRY(perform(stop));
  // A response without a body has not started yet.
  if (!is_caught_redirect() && !begun_ && !begin()) return fail(std::move(*failure_));
  return head_;
}

Result<> CurlTransfer::perform(const std::stop_token& stop) {
  CURLM* multi = session_.multi.get();
  CURL* easy = session_.easy.get();
  if (curl_multi_add_handle(multi, easy) != CURLM_OK)
    return fail(ErrorCode::kInternal, "The HTTP library rejected a request.");
  struct Remover {
    CURLM* multi;
    CURL* easy;
    ~Remover() { curl_multi_remove_handle(multi, easy); }
  } const remover{multi, easy};
  const std::stop_callback wake(stop, [multi] { curl_multi_wakeup(multi); });
  const auto cancelled = [] { return fail(ErrorCode::kCancelled, "The request was stopped."); };
  int running = 1;
  while (true) {
    if (stop.stop_requested()) return cancelled();
    if (curl_multi_perform(multi, &running) != CURLM_OK)
      return fail(ErrorCode::kInternal, "The HTTP library failed in a request.");
    if (running == 0) break;
    if (is_idle_too_long() || is_answer_late()) {
      if (head_suffices()) return {};
      return fail(timeout_error());
    }
    curl_multi_poll(multi, nullptr, 0, kPollMilliseconds, nullptr);
  }
  int left = 0;
  const CURLMsg* message = curl_multi_info_read(multi, &left);
  return outcome(message == nullptr ? CURLE_FAILED_INIT : message->data.result);
}

Result<> CurlTransfer::outcome(CURLcode code) const {
  if (failure_) return fail(*failure_);
  if (code == CURLE_OK || head_suffices()) return {};
  std::string detail(error_text_.data());
  if (detail.empty()) detail = curl_easy_strerror(code);
  if (address_refused_)
    return fail(ErrorCode::kInvalidArgument,
                url_.display() + " is not a public internet address; only those are allowed.",
                std::move(detail));
  if (code == CURLE_OPERATION_TIMEDOUT) return fail(timeout_error());
  const std::string_view known = reason(code);
  const std::string why = known.empty() ? std::string(curl_easy_strerror(code)) : std::string(known);
  const std::string verb = head_.status == 0 ? "Cannot reach " : "Cannot read the response of ";
  return fail(network_error(verb + url_.display() + ": " + why + ".", std::move(detail)));
}

Error CurlTransfer::timeout_error() const {
  curl_off_t sent_after = 0;
  curl_easy_getinfo(session_.easy.get(), CURLINFO_PRETRANSFER_TIME_T, &sent_after);
  const std::string detail(error_text_.data());
  if (sent_after == 0)
    return network_error("Cannot reach " + url_.display() + ": The connection timed out.", detail);
  return network_error(url_.display() + " did not respond completely in time.", detail);
}

bool CurlTransfer::is_idle_too_long() {
  if (request_.idle_timeout.count() <= 0) return false;
  const auto now = std::chrono::steady_clock::now();
  curl_off_t sent_after = 0;
  curl_off_t uploaded = 0;
  curl_easy_getinfo(session_.easy.get(), CURLINFO_PRETRANSFER_TIME_T, &sent_after);
  curl_easy_getinfo(session_.easy.get(), CURLINFO_SIZE_UPLOAD_T, &uploaded);
  const curl_off_t moved = uploaded + static_cast<curl_off_t>(header_bytes_ + body_bytes_);
  // Until the connection is established, the connect timeout applies.
  if (sent_after == 0 || moved != moved_bytes_ || moved_at_ == std::chrono::steady_clock::time_point()) {
    moved_bytes_ = moved;
    moved_at_ = now;
    return false;
  }
  return now - moved_at_ > request_.idle_timeout;
}

bool CurlTransfer::is_answer_late() const {
  return settings_.answer_deadline && !begun_ &&
         std::chrono::steady_clock::now() > *settings_.answer_deadline;
}

bool CurlTransfer::head_suffices() const {
  return request_.head_suffices && head_complete_ && head_.status >= 200;
}

bool CurlTransfer::is_caught_redirect() const {
  if (!settings_.catch_redirects) return false;
  constexpr std::array kStatuses = {301, 302, 303, 307, 308};
  return std::find(kStatuses.begin(), kStatuses.end(), head_.status) != kStatuses.end() &&
         !find_header(head_.headers, "Location").empty();
}

std::string CurlTransfer::redirect_url() const {
  if (!is_caught_redirect()) return {};
  const char* url = nullptr;
  curl_easy_getinfo(session_.easy.get(), CURLINFO_REDIRECT_URL, &url);
  return url == nullptr ? std::string() : std::string(url);
}

void CurlTransfer::on_header(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kMaxHeaderBytes) {
    failure_ = network_error(url_.display() + " sent a response with endless headers.", {});
    return;
  }
  if (line.starts_with("HTTP/")) {
    // Interim responses (1xx) precede the final one.
    head_.headers.clear();
    head_complete_ = false;
    long status = 0;
    curl_easy_getinfo(session_.easy.get(), CURLINFO_RESPONSE_CODE, &status);
    head_.status = static_cast<int>(status);
    return;
  }
  head_complete_ = head_complete_ || trim(line).empty();
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || begun_) return;  // The empty line, or a trailer.
  head_.headers.emplace_back(std::string(trim(line.substr(0, colon))),
                             std::string(trim(line.substr(colon + 1))));
}

bool CurlTransfer::on_body(std::string_view bytes) {
  body_bytes_ += bytes.size();
  if (is_caught_redirect()) {
    if (body_bytes_ <= kMaxRedirectBody) return true;
    failure_ = network_error(url_.display() + " sent an endless redirect.", {});
    return false;
  }
  if (request_.head_suffices && body_bytes_ > request_.max_response_bytes) return false;
  if (body_bytes_ > request_.max_response_bytes) {
    failure_ = Error(ErrorCode::kLimit, "The response of " + url_.display() + " is larger than " +
                                            std::to_string(request_.max_response_bytes) + " bytes.");
    return false;
  }
  if (!begun_ && !begin()) return false;
  if (!sink_.write) return true;
  auto written = sink_.write(bytes);
  if (!written) failure_ = std::move(written).error();
  return !failure_.has_value();
}

bool CurlTransfer::begin() {
  begun_ = true;
  if (!sink_.begin) return true;
  auto accepted = sink_.begin(head_);
  if (!accepted) failure_ = std::move(accepted).error();
  return !failure_.has_value();
}

}  // namespace vat::net
