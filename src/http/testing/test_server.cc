#include "http/testing/test_server.h"

#include <thread>

namespace vat::http::testing {
namespace {

constexpr std::chrono::seconds kTimeout{30};

ServerOptions on_free_port(ServerOptions options) {
  options.port = 0;
  return options;
}

}  // namespace

TestServer::TestServer(const Fill& fill, ServerOptions options, int pool_threads)
    : pool_(pool_threads, 1'000),
      server_(on_free_port(std::move(options)), router_, pool_, [this](const AccessRecord& record) {
        const std::lock_guard lock(mutex_);
        accesses_.push_back({.target = record.request.target,
                             .route = record.request.route,
                             .id = record.request.id,
                             .remote_address = record.request.remote_address,
                             .status = record.status,
                             .bytes_in = record.bytes_in,
                             .bytes_out = record.bytes_out});
        changed_.notify_all();
      }) {
  fill(router_, pool_);
  if (!server_.start()) std::abort();
}

std::vector<Access> TestServer::accesses(std::size_t count) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kTimeout, [&] { return accesses_.size() >= count; });
  return accesses_;
}

bool TestServer::wait_for_connections(std::uint64_t count) {
  const auto until = std::chrono::steady_clock::now() + kTimeout;
  while (std::chrono::steady_clock::now() < until) {
    if (server_.statistics().connections == count) return true;
    std::this_thread::yield();
  }
  return false;
}

Handler answer(std::string text) {
  return [text = std::move(text)](Request&) -> Task<Result<Response>> {
    co_return text_response(200, "text/plain", text);
  };
}

Handler echo(std::size_t max_bytes) {
  return [max_bytes](Request& request) -> Task<Result<Response>> {
    Result<std::string> all = co_await request.body->read_all(max_bytes);
    if (!all) co_return fail(std::move(all).error());
    co_return text_response(200, "application/octet-stream", std::move(*all));
  };
}

void Event::set() {
  const std::lock_guard lock(mutex_);
  set_ = true;
  changed_.notify_all();
}

bool Event::wait() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kTimeout, [this] { return set_; });
}

}  // namespace vat::http::testing
