#include "http/server.h"

#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <condition_variable>
#include <future>
#include <mutex>

#include "base/log.h"
#include "http/connection.h"
#include "http/loop.h"
#include "http/server_core.h"
#include "http/sockets.h"
#include "http/tls.h"

namespace vat::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::chrono::milliseconds kPauseWithoutDescriptors{100};
constexpr int kAcceptedAtOnce = 64;

/// Precise enough for the shortest timeout, and no busier than that.
std::chrono::milliseconds tick_of(const ServerOptions& options) {
  const auto shortest =
      std::min({options.header_timeout, options.idle_timeout, options.body_timeout, options.write_timeout});
  return std::clamp(shortest / 8, std::chrono::milliseconds(5), std::chrono::milliseconds(1'000));
}

/// Each connection uses a descriptor, and the usual limit is as low as 1,024.
void raise_descriptor_limit(std::size_t wanted) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
  limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
  (void)setrlimit(RLIMIT_NOFILE, &limit);
}

/// "192.0.2.1"; an IPv4 client of an IPv6 socket is shown and counted as IPv4.
std::string address_text(const sockaddr_storage& storage) {
  if (storage.ss_family == AF_INET) {
    const auto& in = reinterpret_cast<const sockaddr_in&>(storage);
    return asio::ip::address_v4(ntohl(in.sin_addr.s_addr)).to_string();
  }
  const auto& in = reinterpret_cast<const sockaddr_in6&>(storage);
  asio::ip::address_v6::bytes_type bytes{};
  std::copy_n(in.sin6_addr.s6_addr, bytes.size(), bytes.begin());
  const asio::ip::address_v6 address(bytes);
  if (address.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, address).to_string();
  return address.to_string();
}

}  // namespace

bool ConnectionCount::enter(const std::string& address) {
  const std::lock_guard lock(mutex_);
  if (count_ >= max_) return false;
  std::size_t& of_address = by_address_[address];
  if (of_address >= max_per_address_) return false;
  ++of_address;
  ++count_;
  return true;
}

void ConnectionCount::leave(const std::string& address) {
  const std::lock_guard lock(mutex_);
  const auto found = by_address_.find(address);
  if (--found->second == 0) by_address_.erase(found);
  if (--count_ == 0) none_.notify_all();
}

bool ConnectionCount::wait_for_none(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return none_.wait_for(lock, timeout, [this] { return count_ == 0; });
}

void ConnectionCount::wait_for_none() {
  std::unique_lock lock(mutex_);
  none_.wait(lock, [this] { return count_ == 0; });
}

std::size_t ConnectionCount::now() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

struct Server::State {
  State(ServerOptions options, const Router& router, BlockingPool& pool,
        std::function<void(const AccessRecord&)> on_access)
      : core(std::move(options), router, pool, std::move(on_access)) {}

  ServerCore core;
  std::vector<std::unique_ptr<Loop>> loops;
  std::unique_ptr<tcp::acceptor> acceptor;  ///< On the first loop.
  std::unique_ptr<asio::steady_timer> pause;
  std::size_t next_loop = 0;
  std::uint16_t port = 0;
  mutable std::mutex tls_mutex;
  std::shared_ptr<TlsContext> tls;  ///< Null without TLS.
  bool running = false;

  Result<> listen();
  void wait_for_clients();
  void accept_clients();
  bool accept_one();
  void open(UniqueFd socket, std::string address, bool is_v6);
  void close_acceptor();
  Result<> load_certificate();

  template <class Function>
  void on_loops(Function function) {
    for (const auto& loop : loops) asio::post(loop->context(), [&loop = *loop, function] { function(loop); });
  }
};

Result<> Server::State::listen() {
  boost::system::error_code error;
  const asio::ip::address address = asio::ip::make_address(core.options.address, error);
  if (error)
    return fail(ErrorCode::kInvalidArgument,
                "\"" + core.options.address + "\" is not an IP address; use one such as 127.0.0.1.");
  const tcp::endpoint endpoint(address, core.options.port);
  acceptor = std::make_unique<tcp::acceptor>(loops.front()->context());
  pause = std::make_unique<asio::steady_timer>(loops.front()->context());
  acceptor->open(endpoint.protocol(), error);
  if (!error) acceptor->set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(4096, error);
  if (!error) acceptor->native_non_blocking(true, error);
  if (error == asio::error::address_in_use)
    return fail(ErrorCode::kExists, "The port " + std::to_string(core.options.port) +
                                        " is in use by another program; choose another.");
  if (error == asio::error::access_denied)
    return fail(ErrorCode::kPermission,
                "The port " + std::to_string(core.options.port) +
                    " needs privileges that this program does not have; choose one above 1023.");
  if (error)
    return fail(ErrorCode::kInvalidArgument,
                "The address " + core.options.address + " cannot be used to listen on.", error.message());
  port = acceptor->local_endpoint().port();
  return {};
}

void Server::State::wait_for_clients() {
  acceptor->async_wait(tcp::acceptor::wait_read, [this](boost::system::error_code error) {
    if (!error && acceptor->is_open()) accept_clients();
  });
}

void Server::State::accept_clients() {
  // Lets others on this thread run between bursts.
  for (int i = 0; i < kAcceptedAtOnce; ++i)
    if (!accept_one()) {
      if (errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM) break;
      log(LogLevel::kWarning, "No file descriptors are left for new connections.");
      pause->expires_after(kPauseWithoutDescriptors);
      pause->async_wait([this](boost::system::error_code error) {
        if (!error && acceptor->is_open()) wait_for_clients();
      });
      return;
    }
  wait_for_clients();
}

/// False, with errno, if there was none.
bool Server::State::accept_one() {
  sockaddr_storage storage{};
  UniqueFd socket(accept_connection(acceptor->native_handle(), storage));
  if (!socket) return errno == ECONNABORTED || errno == EINTR;
  std::string address = address_text(storage);
  if (!core.connections.enter(address)) {
    ++core.refused;
    if (core.options.certificate.empty()) {
      static constexpr std::string_view kBusy =
          "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 10\r\nConnection: "
          "close\r\n\r\n";
      (void)::send(socket.get(), kBusy.data(), kBusy.size(), MSG_DONTWAIT | kNoSignal);
    }
    return true;
  }
  ++core.accepted;
  open(std::move(socket), std::move(address), storage.ss_family == AF_INET6);
  return true;
}

void Server::State::open(UniqueFd socket, std::string address, bool is_v6) {
  const int on = 1;
  (void)::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  std::unique_ptr<Transport> transport;
  {
    const std::lock_guard lock(tls_mutex);
    transport = tls ? tls->make_transport(socket.get()) : make_plain_transport(socket.get());
  }
  if (!transport) return core.connections.leave(address);
  Loop& loop = *loops[next_loop++ % loops.size()];
  auto start = [this, &loop, fd = std::make_shared<UniqueFd>(std::move(socket)), is_v6,
                transport = std::make_shared<std::unique_ptr<Transport>>(std::move(transport)),
                address = std::move(address)]() mutable {
    Connection::Socket own(loop.context());
    boost::system::error_code error;
    own.assign(is_v6 ? tcp::v6() : tcp::v4(), fd->get(), error);
    if (error) return core.connections.leave(address);
    (void)fd->release();
    auto connection =
        std::make_shared<Connection>(core, loop, std::move(own), std::move(*transport), address);
    asio::co_spawn(loop.context(), serve(std::move(connection)), asio::detached);
  };
  asio::post(loop.context(), std::move(start));
}

void Server::State::close_acceptor() {
  std::promise<void> closed;
  asio::post(loops.front()->context(), [this, &closed] {
    boost::system::error_code ignored;
    acceptor->close(ignored);
    pause->cancel();
    closed.set_value();
  });
  closed.get_future().wait();
}

Result<> Server::State::load_certificate() {
  if (core.options.certificate.empty()) return {};
  VAT_ASSIGN(auto fresh, TlsContext::load(core.options.certificate, core.options.private_key));
  const std::lock_guard lock(tls_mutex);
  tls = std::move(fresh);
  return {};
}

Server::Server(ServerOptions options, const Router& router, BlockingPool& pool,
               std::function<void(const AccessRecord&)> on_access)
    : state_(std::make_unique<State>(std::move(options), router, pool, std::move(on_access))) {}

Server::~Server() { stop(std::chrono::milliseconds(0)); }

Result<> Server::start() {
  State& state = *state_;
  raise_descriptor_limit(state.core.options.max_connections + 256);
  VAT_TRY(state.load_certificate());
  VAT_ASSIGN(state.core.proxies, TrustedProxies::parse(state.core.options.trusted_proxies));
  for (int i = 0; i < std::max(1, state.core.options.threads); ++i)
    state.loops.push_back(std::make_unique<Loop>(tick_of(state.core.options)));
  if (Result<> listening = state.listen(); !listening) {
    state.acceptor.reset();
    state.pause.reset();
    state.loops.clear();
    return listening;
  }
  state.running = true;
  state.wait_for_clients();
  for (const auto& loop : state.loops) loop->start();
  return {};
}

std::uint16_t Server::port() const { return state_->port; }

Result<> Server::reload_certificate() { return state_->load_certificate(); }

ServerStatistics Server::statistics() const {
  const ServerCore& core = state_->core;
  return {.connections = core.connections.now(),
          .requests_running = core.requests_running,
          .accepted = core.accepted,
          .refused = core.refused};
}

void Server::stop(std::chrono::milliseconds deadline) {
  State& state = *state_;
  if (!std::exchange(state.running, false)) return;
  state.core.stopping = true;
  state.close_acceptor();
  // After the last connection that the acceptor posted.
  state.on_loops([](Loop& loop) { loop.wind_down(); });
  if (!state.core.connections.wait_for_none(deadline)) {
    state.on_loops([](Loop& loop) { loop.abort(); });
    state.core.connections.wait_for_none();
  }
  for (const auto& loop : state.loops) loop->finish();
  state.acceptor.reset();
  state.pause.reset();
  // The loops live as long as the server: a pool thread may still be about to wake one.
}

}  // namespace vat::http
