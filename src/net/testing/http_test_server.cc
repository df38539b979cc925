#include "net/testing/http_test_server.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <charconv>
#include <condition_variable>
#include <cstdlib>
#include <list>
#include <mutex>
#include <thread>
#include <utility>

namespace vat::test_server {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;

/// Tests and the programs that they start connect directly, whatever proxy the environment names.
/// Done before main(), because the environment may not change while other threads read it.
const int no_proxy_set = ::setenv("no_proxy", "127.0.0.1,localhost", 1);  // NOLINT(concurrency-mt-unsafe)

ServedRequest to_served(const http::request<http::string_body>& message) {
  ServedRequest request{
      std::string(message.method_string()), std::string(message.target()), {}, message.body()};
  for (const auto& field : message) request.headers.emplace_back(field.name_string(), field.value());
  return request;
}

std::string head_of(const Reply& reply) {
  std::string head = "HTTP/1.1 " + std::to_string(reply.status) + " Scripted\r\n";
  for (const auto& [name, value] : reply.headers) head.append(name).append(": ").append(value).append("\r\n");
  if (reply.endless) return head + "Connection: close\r\n\r\n";
  const std::size_t length = reply.claimed_length.value_or(reply.body.size());
  return head + "Content-Length: " + std::to_string(length) + "\r\n\r\n";
}

}  // namespace

class HttpTestServer::Implementation {
 public:
  explicit Implementation(Handler handler)
      : handler_(std::move(handler)),
        acceptor_(context_, Tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
        port_(acceptor_.local_endpoint().port()) {
    accepting_ = std::thread([this] { accept(); });
  }

  ~Implementation() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      for (auto& connection : connections_) ::shutdown(connection.socket.native_handle(), SHUT_RDWR);
    }
    // A blocking accept() returns only for a connection, so this makes one.
    ErrorCode ignored;
    Tcp::socket(context_).connect(Tcp::endpoint(asio::ip::address_v4::loopback(), port_), ignored);
    accepting_.join();
    for (auto& connection : connections_) connection.thread.join();
  }

  Implementation(const Implementation&) = delete;
  Implementation& operator=(const Implementation&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

  [[nodiscard]] std::vector<ServedRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

  [[nodiscard]] bool wait_for_requests(std::size_t count, std::chrono::milliseconds limit) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [&] { return requests_.size() >= count; });
  }

 private:
  struct Connection {
    Tcp::socket socket;
    std::thread thread;
  };

  void accept() {
    while (true) {
      ErrorCode error;
      Tcp::socket socket = acceptor_.accept(error);
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      if (error) continue;
      Connection& connection = connections_.emplace_back(Connection{std::move(socket), {}});
      connection.thread = std::thread([this, &connection] { serve(connection.socket); });
    }
  }

  void serve(Tcp::socket& socket) {
    boost::beast::flat_buffer buffer;
    while (true) {
      http::request_parser<http::string_body> parser;
      parser.body_limit(67'108'864);
      ErrorCode error;
      http::read(socket, buffer, parser, error);
      if (error) break;
      const ServedRequest request = to_served(parser.get());
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      changed_.notify_all();
      if (!answer(socket, request.method, handler_(request))) break;
    }
    // The descriptor is closed by the destructor, which may be looking at it now.
    ::shutdown(socket.native_handle(), SHUT_RDWR);
  }

  /// False if the connection must end.
  bool answer(Tcp::socket& socket, const std::string& method, const Reply& reply) {
    if (reply.silent) return wait_for_end(socket);
    if (!write(socket, head_of(reply))) return false;
    if (method == "HEAD" || reply.status == 204 || reply.status == 304) return true;
    const std::size_t count = std::min(reply.close_after.value_or(reply.body.size()), reply.body.size());
    while (reply.endless) {
      if (!write(socket, reply.body)) return false;
    }
    if (reply.drip.count() > 0)
      return drip(socket, std::string_view(reply.body).substr(0, count), reply.drip);
    if (!write(socket, std::string_view(reply.body).substr(0, count))) return false;
    if (reply.stall) return wait_for_end(socket);
    return !reply.close_after.has_value() && reply.claimed_length.value_or(count) == count;
  }

  static bool write(Tcp::socket& socket, std::string_view bytes) {
    ErrorCode error;
    asio::write(socket, asio::buffer(bytes), error);
    return !error;
  }

  /// The client sends nothing meanwhile, so what can be read is its end, or the destructor's.
  static bool drip(Tcp::socket& socket, std::string_view bytes, std::chrono::milliseconds each) {
    for (const char& byte : bytes) {
      pollfd end{.fd = socket.native_handle(), .events = POLLIN, .revents = 0};
      if (::poll(&end, 1, static_cast<int>(each.count())) != 0) return false;
      if (!write(socket, {&byte, 1})) return false;
    }
    return true;
  }

  /// Blocks until the client, or the destructor, ends the connection.
  static bool wait_for_end(Tcp::socket& socket) {
    char byte = 0;
    ErrorCode error;
    while (!error) socket.read_some(asio::buffer(&byte, 1), error);
    return false;
  }

  Handler handler_;
  asio::io_context context_;
  Tcp::acceptor acceptor_;
  std::uint16_t port_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool stopping_ = false;
  std::vector<ServedRequest> requests_;
  std::list<Connection> connections_;
  std::thread accepting_;
};

HttpTestServer::HttpTestServer(Handler handler)
    : implementation_(std::make_unique<Implementation>(std::move(handler))) {}

HttpTestServer::HttpTestServer(Reply reply)
    : HttpTestServer(Handler([reply = std::move(reply)](const ServedRequest&) { return reply; })) {}

HttpTestServer::~HttpTestServer() = default;

std::uint16_t HttpTestServer::port() const { return implementation_->port(); }

std::string HttpTestServer::url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port()) + std::string(path);
}

std::vector<ServedRequest> HttpTestServer::requests() const { return implementation_->requests(); }

bool HttpTestServer::wait_for_requests(std::size_t count, std::chrono::milliseconds limit) const {
  return implementation_->wait_for_requests(count, limit);
}

Reply serve_file(const ServedRequest& request, std::string_view content, std::string_view etag) {
  Reply reply;
  reply.headers = {{"ETag", std::string(etag)}, {"Accept-Ranges", "bytes"}};
  reply.body = content;
  const std::string range = request.header("Range");
  const std::string condition = request.header("If-Range");
  if (!range.starts_with("bytes=") || !range.ends_with('-')) return reply;
  if (!condition.empty() && condition != etag) return reply;
  std::size_t first = 0;
  std::from_chars(range.data() + 6, range.data() + range.size() - 1, first);
  const std::string total = std::to_string(content.size());
  if (first >= content.size()) {
    reply.status = 416;
    reply.headers.emplace_back("Content-Range", "bytes */" + total);
    reply.body.clear();
    return reply;
  }
  reply.status = 206;
  reply.headers.emplace_back("Content-Range", "bytes " + std::to_string(first) + "-" +
                                                  std::to_string(content.size() - 1) + "/" + total);
  reply.body = content.substr(first);
  return reply;
}

std::uint16_t unused_port() {
  asio::io_context context;
  return Tcp::acceptor(context, Tcp::endpoint(asio::ip::address_v4::loopback(), 0)).local_endpoint().port();
}

}  // namespace vat::test_server
