#include "http/testing/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace vat::http::testing {
namespace {

constexpr int kTimeoutMilliseconds = 30'000;

bool wait_for(int socket, short what) {
  pollfd poll_fd{socket, what, 0};
  return ::poll(&poll_fd, 1, kTimeoutMilliseconds) > 0;
}

}  // namespace

RawClient::RawClient(std::uint16_t port, int receive_buffer)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer > 0)
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    socket_.reset();
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!wait_for(socket_.get(), POLLOUT)) return false;
    const ssize_t count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno != EAGAIN) return false;
    if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool RawClient::fill() {
  std::array<char, 65'536> bytes{};
  if (!wait_for(socket_.get(), POLLIN)) return false;
  const ssize_t count = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
  if (count <= 0) return false;
  received_.append(bytes.data(), static_cast<std::size_t>(count));
  return true;
}

std::string RawClient::read_until(std::string_view text) {
  std::size_t from = 0;
  while (true) {
    const std::size_t found = received_.find(text, from);
    if (found != std::string::npos) {
      std::string read = received_.substr(0, found + text.size());
      received_.erase(0, read.size());
      return read;
    }
    from = received_.size() < text.size() ? 0 : received_.size() - text.size();
    if (!fill()) return std::exchange(received_, {});
  }
}

Reply RawClient::head() {
  Reply reply;
  const std::string text = read_until("\r\n\r\n");
  if (!text.starts_with("HTTP/1.1 ") || !text.ends_with("\r\n\r\n")) return reply;
  reply.status = std::atoi(text.c_str() + 9);
  std::string_view rest = std::string_view(text).substr(text.find("\r\n") + 2);
  while (rest.size() > 2) {
    const std::size_t end = rest.find("\r\n");
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) return {};
    reply.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
  return reply;
}

Reply RawClient::reply(bool to_head) {
  Reply reply = head();
  while (reply.status == 100) reply = head();
  if (reply.status == 0 || to_head || reply.status == 204 || reply.status == 304) return reply;
  if (reply.header("Transfer-Encoding") == "chunked") {
    reply.body = read_chunked();
    return reply;
  }
  const std::string length = reply.header("Content-Length");
  const std::size_t size = length.empty() ? SIZE_MAX : std::strtoull(length.c_str(), nullptr, 10);
  while (received_.size() < size && fill()) {
  }
  reply.body = received_.substr(0, size);
  received_.erase(0, reply.body.size());
  return reply;
}

std::string RawClient::read_chunked() {
  std::string body;
  while (true) {
    const std::string line = read_until("\r\n");
    if (!line.ends_with("\r\n")) return body + "(broken off)";
    const std::size_t size = std::strtoull(line.c_str(), nullptr, 16);
    while (received_.size() < size + 2)
      if (!fill()) return body + "(broken off)";
    body.append(received_, 0, size);
    received_.erase(0, size + 2);
    if (size == 0) return body;
  }
}

std::uint64_t RawClient::skip(std::uint64_t bytes) {
  std::uint64_t skipped = 0;
  while (skipped < bytes) {
    if (received_.empty() && !fill()) break;
    const std::size_t count = std::min<std::uint64_t>(received_.size(), bytes - skipped);
    received_.erase(0, count);
    skipped += count;
  }
  return skipped;
}

bool RawClient::is_closed() {
  while (true) {
    std::array<char, 65'536> bytes{};
    if (!wait_for(socket_.get(), POLLIN)) return false;
    if (::recv(socket_.get(), bytes.data(), bytes.size(), 0) <= 0) return true;
  }
}

void RawClient::end_writing() { ::shutdown(socket_.get(), SHUT_WR); }

void RawClient::reset() {
  const linger at_once{1, 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  socket_.reset();
}

Reply RawClient::get(std::string_view target, std::string_view more_headers) {
  send("GET " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n" + std::string(more_headers) + "\r\n");
  return reply();
}

Reply get(std::uint16_t port, std::string_view target, std::string_view more_headers) {
  return RawClient(port).get(target, more_headers);
}

}  // namespace vat::http::testing
