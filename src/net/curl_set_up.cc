// How a request is handed to libcurl.
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <exception>
#include <functional>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "net/curl_transfer.h"

namespace vat::net {
namespace {

#ifdef SOCK_CLOEXEC
constexpr int kCloseOnExec = SOCK_CLOEXEC;
#else
constexpr int kCloseOnExec = 0;  // the program starts no other that would inherit the socket
#endif

bool is_field_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

/// The address's bytes in network order; empty for anything but IP.
std::vector<std::uint8_t> bytes_of(const sockaddr& address) {
  // memcpy because a sockaddr may be an object of neither type.
  const auto copy = [&address](std::size_t offset, std::size_t size) {
    std::vector<std::uint8_t> bytes(size);
    std::memcpy(bytes.data(), reinterpret_cast<const char*>(&address) + offset, size);
    return bytes;
  };
  if (address.sa_family == AF_INET) return copy(offsetof(sockaddr_in, sin_addr), sizeof(in_addr));
  if (address.sa_family == AF_INET6) return copy(offsetof(sockaddr_in6, sin6_addr), sizeof(in6_addr));
  return {};
}

bool may_call(const sockaddr& address, const std::vector<Network>& also_allowed) {
  const std::vector<std::uint8_t> bytes = bytes_of(address);
  return net::is_public_address(bytes) ||
         std::any_of(also_allowed.begin(), also_allowed.end(),
                     [&](const Network& network) { return network.contains(bytes); });
}

}  // namespace

/// The callbacks of libcurl. No exception may pass through its C frames.
struct CurlTransfer::Callbacks {
  static bool guarded(CurlTransfer& transfer, const std::function<bool()>& action) noexcept {
    try {
      return action();
    } catch (const std::exception& exception) {
      transfer.failure_ = Error(ErrorCode::kInternal, "Reading a response failed.", exception.what());
    } catch (...) {
      transfer.failure_ = Error(ErrorCode::kInternal, "Reading a response failed.");
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
    // Any other number than the number of bytes ends the transfer; for no bytes that is 1.
    return more ? bytes.size() : (bytes.empty() ? 1 : 0);
  }

  static curl_socket_t open_socket(void* user, curlsocktype /*purpose*/, curl_sockaddr* address) {
    auto& transfer = *static_cast<CurlTransfer*>(user);
    if (!may_call(address->addr, transfer.settings_.also_allowed)) {
      transfer.address_refused_ = true;
      return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | kCloseOnExec, address->protocol);
  }
};

Result<> CurlTransfer::set_up() {
  if (!session_.multi || !session_.easy)
    return fail(ErrorCode::kInternal, "The HTTP library could not be started.");
  CURL* easy = session_.easy.get();
  curl_easy_reset(easy);
  curl_easy_setopt(easy, CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  // A name server that does not answer must not delay the end of a cancelled request.
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
  if (!is_http_token(request_.method))
    return fail(ErrorCode::kInvalidArgument, "'" + to_utf8(request_.method) + "' is not an HTTP method.");
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
    if (!is_http_token(name) || !is_field_value(value))
      return fail(ErrorCode::kInvalidArgument,
                  "The HTTP header '" + to_utf8(name) + "' contains an invalid character.");
    // In libcurl's notation "Name:" removes a header, and "Name;" sends it empty.
    std::string line = name;
    append(value.empty() ? line.append(";") : line.append(": ").append(value));
  }
  // Waiting for "100 Continue" costs a second with servers that do not support it.
  append("Expect:");
  if (find_header(request_.headers, "Content-Type").empty()) append("Content-Type:");
  curl_easy_setopt(session_.easy.get(), CURLOPT_HTTPHEADER, header_list_.get());
  return {};
}

}  // namespace vat::net
