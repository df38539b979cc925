#include "api/testing/local_client.h"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <list>
#include <memory>
#include <mutex>
#include <utility>

#include "base/uuid.h"
#include "http/target.h"

namespace vat::api::testing {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kTimeout{30};
constexpr std::size_t kPiece = 1000;

std::string read_stretch(const http::FileBody& body) {
  std::string bytes(body.length, '\0');
  std::size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t count = ::pread(body.file->get(), bytes.data() + got, bytes.size() - got,
                                  static_cast<off_t>(body.offset + got));
    if (count <= 0) break;
    got += static_cast<std::size_t>(count);
  }
  bytes.resize(got);
  return bytes;
}

/// Returns a text in pieces, and rejects one that is too long like the server.
class TextBody final : public http::BodyReader {
 public:
  TextBody(std::string text, std::uint64_t max) : text_(std::move(text)), max_(max) {}
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return text_.size(); }
  [[nodiscard]] http::Task<Result<std::string_view>> read() override {
    if (text_.size() > max_) co_return fail(ErrorCode::kLimit, "The body is too long.");
    const std::string_view piece = std::string_view(text_).substr(at_, kPiece);
    at_ += piece.size();
    co_return piece;
  }

 private:
  std::string text_;
  std::uint64_t max_;
  std::size_t at_ = 0;
};

class TextWriter final : public http::BodyWriter {
 public:
  TextWriter(std::string& text, std::function<bool(const std::string&)> enough)
      : text_(text), enough_(std::move(enough)) {}
  [[nodiscard]] http::Task<Result<>> write(std::string_view bytes) override {
    text_ += bytes;
    if (enough_ && enough_(text_)) stopping_ = true;
    co_return Result<>();
  }
  [[nodiscard]] http::Task<Result<>> write_file(const http::FileBody& file) override {
    co_return co_await write(read_stretch(file));
  }
  [[nodiscard]] bool stopping() const override { return stopping_ || Clock::now() >= deadline_; }
  [[nodiscard]] http::Task<bool> wait(http::Signal& signal, std::chrono::milliseconds timeout) override {
    if (stopping()) co_return true;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now());
    co_return co_await signal.wait(std::min(timeout, left));
  }

 private:
  std::string& text_;
  std::function<bool(const std::string&)> enough_;
  const Clock::time_point deadline_ = Clock::now() + kTimeout;
  bool stopping_ = false;
};

}  // namespace

Reply LocalClient::json(http::Method method, std::string target, std::string body, HttpHeaders headers) {
  headers.emplace_back("Content-Type", "application/json");
  return send(method, std::move(target), std::move(body), std::move(headers));
}

boost::asio::io_context& LocalClient::lasting_context() {
  static std::mutex mutex;
  static std::list<boost::asio::io_context> contexts;
  const std::lock_guard lock(mutex);
  return contexts.emplace_back();
}

Reply LocalClient::send(http::Method method, std::string target, std::string body, HttpHeaders headers) {
  http::Request request;
  request.method = method;
  request.target = std::move(target);
  request.headers = std::move(headers);
  request.id = "test-request";
  request.remote_address = address;
  request.secure = secure;
  request.host = host;
  Reply reply;
  if (const auto parsed = http::parse_target(request); !parsed) {
    reply.status = 400;
    return reply;
  }
  const http::Router::Match match = router_.match(request);
  TextBody reader(std::move(body), match.options.max_body_bytes);
  request.body = &reader;
  context_.restart();
  boost::asio::co_spawn(context_, run(match, request, reply, {}), [](const std::exception_ptr& error) {
    if (error) std::rethrow_exception(error);
  });
  context_.run();
  return reply;
}

Reply LocalClient::follow(std::string target, HttpHeaders headers,
                          std::function<bool(const std::string& text)> enough) {
  http::Request request;
  request.target = std::move(target);
  request.headers = std::move(headers);
  request.id = "test-request";
  request.host = host;
  Reply reply;
  if (const auto parsed = http::parse_target(request); !parsed) return reply;
  const http::Router::Match match = router_.match(request);
  TextBody reader({}, 0);
  request.body = &reader;
  context_.restart();
  boost::asio::co_spawn(context_, run(match, request, reply, std::move(enough)),
                        [](const std::exception_ptr& error) {
                          if (error) std::rethrow_exception(error);
                        });
  context_.run();
  return reply;
}

http::Task<> LocalClient::run(const http::Router::Match& match, http::Request& request, Reply& reply,
                              std::function<bool(const std::string&)> enough) {
  http::Response response;
  if (match.refusal) {
    response = router_.write_error(request, *match.refusal);
  } else if (match.handler == nullptr) {
    const int status = match.allowed.empty() ? 404 : 405;
    response = request.method == http::Method::kOptions && status == 405
                   ? http::empty_response(204)
                   : router_.write_error(request, http_refusal(status, "There is nothing here."));
  } else {
    Result<http::Response> answer = co_await (*match.handler)(request);
    response = answer ? *std::move(answer) : router_.write_error(request, answer.error());
  }
  router_.finish(request, response);
  reply.status = response.status;
  reply.headers = response.headers;
  if (auto* const text = std::get_if<std::string>(&response.body)) reply.body = std::move(*text);
  if (const auto* const bytes = std::get_if<http::StaticBody>(&response.body)) reply.body = bytes->bytes;
  if (const auto* const file = std::get_if<http::FileBody>(&response.body)) reply.body = read_stretch(*file);
  if (const auto* const stream = std::get_if<http::StreamBody>(&response.body)) {
    TextWriter writer(reply.body, std::move(enough));
    // Its error means that the client has gone, which this one does not.
    const Result<> written = co_await (*stream)(writer);
    if (!written) reply.status = -1;
  }
}

}  // namespace vat::api::testing
