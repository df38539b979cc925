#include "net/curl_transfer.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <functional>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace vat::net {
namespace {

constexpr std::size_t kMaxHeaderBytes = 262'144;
constexpr std::size_t kMaxRedirectBody = 65'536;
#ifdef SOCK_CLOEXEC
constexpr int kCloseOnExec = SOCK_CLOEXEC;
#else
constexpr int kCloseOnExec = 0;  // the program starts no other that would inherit the socket
#endif
constexpr int kPollMilliseconds = 250;  // How late idleness may be noticed; everything else wakes the poll.

Error network_error(std::string message, std::string detail) {
  return Error{ErrorCode::kNetwork, std::move(message), std::move(detail), true};
}

bool is_token(std::string_view text) {
  // RFC 9110 section 5.6.2.
  static constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), allowed);
}

bool is_field_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool is_public_address(const sockaddr& address) {
  // memcpy because a sockaddr may be an object of neither type.
  if (address.sa_family == AF_INET) {
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), reinterpret_cast<const char*>(&address) + offsetof(sockaddr_in, sin_addr),
                bytes.size());
    return net::is_public_address(bytes);
  }
  if (address.sa_family == AF_INET6) {
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), reinterpret_cast<const char*>(&address) + offsetof(sockaddr_in6, sin6_addr),
                bytes.size());
    return net::is_public_address(bytes);
  }
  return false;
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

/// What libcurl calls. No exception may pass through its C frames.
struct CurlTransfer::Callbacks {
  static bool guarded(CurlTransfer& transfer, const std::function<bool()>& action) noexcept {
    try {
      return action();
    } catch (const std::exception& exception) {
      transfer.failure_ = Error{ErrorCode::kInternal, "Reading an answer failed.", exception.what(), false};
    } catch (...) {
      transfer.failure_ = Error{ErrorCode::kInternal, "Reading an answer failed.", {}, false};
    }
    return false;
  }

  static std::size_t header(char* data, std::size_t size, std::size_t count, void* user) {
    auto& transfer = *static_cast<CurlTransfer*>(user);
    const std::string_view line(data, size * count);
    const bool more = guarded(transfer, [&] {
      transfer.on_header(line);
      return !transfer.failure_.has_value();
    });
    return more ? line.size() : 0;
  }

  static std::size_t body(char* data, std::size_t size, std::size_t count, void* user) {
    auto& transfer = *static_cast<CurlTransfer*>(user);
    const std::string_view bytes(data, size * count);
    const bool more = guarded(transfer, [&] { return transfer.on_body(bytes); });
    // Any other number than all of them ends the transfer; for no bytes that is 1.
    return more ? bytes.size() : (bytes.empty() ? 1 : 0);
  }

  static curl_socket_t open_socket(void* user, curlsocktype /*purpose*/, curl_sockaddr* address) {
    auto& transfer = *static_cast<CurlTransfer*>(user);
    if (!is_public_address(address->addr)) {
      transfer.address_refused_ = true;
      return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | kCloseOnExec, address->protocol);
  }
};

CurlTransfer::CurlTransfer(CurlSession& session, const HttpRequest& request, const Url& url,
                           const HttpSink& sink, Settings settings)
    : session_(session), request_(request), url_(url), sink_(sink), settings_(std::move(settings)) {}

CurlTransfer::~CurlTransfer() {
  // The handle lives on in its session, and must not remember this object.
  if (session_.easy) curl_easy_reset(session_.easy.get());
}

Result<HttpResponse> CurlTransfer::run(const std::stop_token& stop) {
  VAT_TRY(set_up());
  VAT_TRY(perform(stop));
  // An answer without a body has not begun yet.
  if (!is_caught_redirect() && !begun_ && !begin()) return fail(std::move(*failure_));
  return head_;
}

Result<> CurlTransfer::set_up() {
  if (!session_.multi || !session_.easy)
    return fail(ErrorCode::kInternal, "The HTTP library could not be started.");
  CURL* easy = session_.easy.get();
  curl_easy_reset(easy);
  curl_easy_setopt(easy, CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  // A name server that does not answer must not hold up the end of a request that was given up.
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_text_.data());
  curl_easy_setopt(easy, CURLOPT_USERAGENT, settings_.user_agent.c_str());
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 128L * 1024);
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Callbacks::header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Callbacks::body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  if (settings_.addresses == AddressPolicy::kPublicOnly) {
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &Callbacks::open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
  }
  set_time_limits();
  if (!is_token(request_.method))
    return fail(ErrorCode::kInvalidArgument, "'" + to_utf8(request_.method) + "' is no HTTP method.");
  set_method();
  return set_headers();
}

void CurlTransfer::set_time_limits() {
  using std::chrono::milliseconds;
  CURL* easy = session_.easy.get();
  const auto at_min_one = [](milliseconds time) {
    return static_cast<long>(std::max(time, milliseconds(1)).count());
  };
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, at_min_one(request_.connect_timeout));
  if (settings_.deadline) {
    const auto left =
        std::chrono::duration_cast<milliseconds>(*settings_.deadline - std::chrono::steady_clock::now());
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, at_min_one(left));
  }
}

void CurlTransfer::set_method() {
  CURL* easy = session_.easy.get();
  if (request_.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    return;
  }
  if (request_.method != "GET" || !request_.body.empty()) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request_.body.c_str());
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  }
}

Result<> CurlTransfer::set_headers() {
  const auto append = [this](const std::string& line) {
    curl_slist* longer = curl_slist_append(header_list_.get(), line.c_str());
    if (longer == nullptr) return;
    static_cast<void>(header_list_.release());
    header_list_.reset(longer);
  };
  for (const auto& [name, value] : request_.headers) {
    if (!is_token(name) || !is_field_value(value))
      return fail(ErrorCode::kInvalidArgument,
                  "The HTTP header '" + to_utf8(name) + "' holds a character that it may not.");
    // In libcurl's notation "Name:" takes a header away, and "Name;" sends it empty.
    std::string line = name;
    append(value.empty() ? line.append(";") : line.append(": ").append(value));
  }
  // Waiting for "100 Continue" costs a second with servers that do not know it.
  append("Expect:");
  if (find_header(request_.headers, "Content-Type").empty()) append("Content-Type:");
  curl_easy_setopt(session_.easy.get(), CURLOPT_HTTPHEADER, header_list_.get());
  return {};
}

Result<> CurlTransfer::perform(const std::stop_token& stop) {
  CURLM* multi = session_.multi.get();
  CURL* easy = session_.easy.get();
  if (curl_multi_add_handle(multi, easy) != CURLM_OK)
    return fail(ErrorCode::kInternal, "The HTTP library refused a request.");
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
    if (is_idle_too_long()) return fail(timeout_error());
    curl_multi_poll(multi, nullptr, 0, kPollMilliseconds, nullptr);
  }
  int left = 0;
  const CURLMsg* message = curl_multi_info_read(multi, &left);
  return outcome(message == nullptr ? CURLE_FAILED_INIT : message->data.result);
}

Result<> CurlTransfer::outcome(CURLcode code) const {
  if (failure_) return fail(*failure_);
  if (code == CURLE_OK) return {};
  std::string detail(error_text_.data());
  if (detail.empty()) detail = curl_easy_strerror(code);
  if (address_refused_)
    return fail(ErrorCode::kInvalidArgument,
                url_.display() + " is not an address on the public internet; only such addresses are called.",
                std::move(detail));
  if (code == CURLE_OPERATION_TIMEDOUT) return fail(timeout_error());
  const std::string_view known = reason(code);
  const std::string why = known.empty() ? std::string(curl_easy_strerror(code)) : std::string(known);
  const std::string verb = head_.status == 0 ? "Cannot reach " : "Cannot read the answer of ";
  return fail(network_error(verb + url_.display() + ": " + why + ".", std::move(detail)));
}

Error CurlTransfer::timeout_error() const {
  curl_off_t sent_after = 0;
  curl_easy_getinfo(session_.easy.get(), CURLINFO_PRETRANSFER_TIME_T, &sent_after);
  const std::string detail(error_text_.data());
  if (sent_after == 0)
    return network_error("Cannot reach " + url_.display() + ": No connection in time.", detail);
  return network_error(url_.display() + " did not answer completely in time.", detail);
}

bool CurlTransfer::is_idle_too_long() {
  if (request_.idle_timeout.count() <= 0) return false;
  const auto now = std::chrono::steady_clock::now();
  curl_off_t sent_after = 0;
  curl_off_t uploaded = 0;
  curl_easy_getinfo(session_.easy.get(), CURLINFO_PRETRANSFER_TIME_T, &sent_after);
  curl_easy_getinfo(session_.easy.get(), CURLINFO_SIZE_UPLOAD_T, &uploaded);
  const curl_off_t moved = uploaded + static_cast<curl_off_t>(header_bytes_ + body_bytes_);
  // Until the connection stands, the connect timeout is the one that counts.
  if (sent_after == 0 || moved != moved_bytes_ || moved_at_ == std::chrono::steady_clock::time_point()) {
    moved_bytes_ = moved;
    moved_at_ = now;
    return false;
  }
  return now - moved_at_ > request_.idle_timeout;
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
    failure_ = network_error(url_.display() + " sent an answer whose headers have no end.", {});
    return;
  }
  if (line.starts_with("HTTP/")) {
    // Interim answers (1xx) come before the one that counts.
    head_.headers.clear();
    long status = 0;
    curl_easy_getinfo(session_.easy.get(), CURLINFO_RESPONSE_CODE, &status);
    head_.status = static_cast<int>(status);
    return;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || begun_) return;  // The empty line, or a trailer.
  head_.headers.emplace_back(std::string(trim(line.substr(0, colon))),
                             std::string(trim(line.substr(colon + 1))));
}

bool CurlTransfer::on_body(std::string_view bytes) {
  body_bytes_ += bytes.size();
  if (is_caught_redirect()) {
    if (body_bytes_ <= kMaxRedirectBody) return true;
    failure_ = network_error(url_.display() + " sent a redirect that has no end.", {});
    return false;
  }
  if (body_bytes_ > request_.max_response_bytes) {
    failure_ = Error{ErrorCode::kLimit,
                     "The answer of " + url_.display() + " is larger than " +
                         std::to_string(request_.max_response_bytes) + " bytes.",
                     {},
                     false};
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
