#include "tts/testing/test_server.h"

#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace vat::tts::testing {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

struct TestServer::State {
  explicit State(Handler given) : handler(std::move(given)) {}

  void accept_all() {
    while (true) {
      tcp::socket socket(context);
      boost::system::error_code error;
      acceptor.accept(socket, error);
      if (error) return;
      connections.emplace_back(
          [this, shared = std::make_shared<tcp::socket>(std::move(socket))] { serve(*shared); });
    }
  }

  void serve(tcp::socket& socket) {
    boost::beast::flat_buffer buffer;
    http::request<http::string_body> request;
    boost::system::error_code error;
    http::read(socket, buffer, request, error);
    if (error) return;
    ServerRequest received{
        std::string(request.method_string()), std::string(request.target()), {}, request.body()};
    for (const auto& field : request)
      received.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    answer(socket, handler(received));
    socket.shutdown(tcp::socket::shutdown_both, error);
  }

  void answer(tcp::socket& socket, const ServerResponse& response) {
    boost::system::error_code error;
    if (response.hang) {
      std::unique_lock lock(mutex);
      ended.wait(lock, [this] { return stopping; });
      return;
    }
    if (response.cut) {
      const std::string head =
          "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(response.body.size() * 2 + 100) +
          "\r\nConnection: close\r\n\r\n";
      asio::write(socket, asio::buffer(head + response.body), error);
      return;
    }
    http::response<http::string_body> message(static_cast<http::status>(response.status), 11);
    for (const auto& [name, value] : response.headers) message.set(name, value);
    message.body() = response.body;
    message.keep_alive(false);
    message.prepare_payload();
    http::write(socket, message, error);
  }

  Handler handler;
  asio::io_context context;
  tcp::acceptor acceptor{context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  std::mutex mutex;
  std::condition_variable ended;
  bool stopping = false;
  std::vector<std::jthread> connections;  // Only the accepting thread adds to it, and it ends first.
  std::jthread accepting;
};

TestServer::TestServer(Handler handler) : state_(std::make_unique<State>(std::move(handler))) {
  state_->accepting = std::jthread([this] { state_->accept_all(); });
}

TestServer::~TestServer() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->ended.notify_all();
  // Closing a socket does not wake a thread that waits in accept(); this does.
  ::shutdown(state_->acceptor.native_handle(), SHUT_RDWR);
}

std::string TestServer::url() const {
  return "http://127.0.0.1:" + std::to_string(state_->acceptor.local_endpoint().port());
}

}  // namespace vat::tts::testing
