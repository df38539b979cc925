// Calls a router without sockets, so that tests of handlers are about handlers. Test-only.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "http/message.h"
#include "http/router.h"
#include "http/testing/reply.h"

namespace vat::api::testing {

using http::testing::Reply;

/// One thread at a time.
class LocalClient {
 public:
  /// `router` outlives the client.
  explicit LocalClient(const http::Router& router) : router_(router) {}

  /// Runs the request to its end, as a client at localhost:8000. A path that is none of the router's gives
  /// the 404 or 405 that the server would.
  Reply send(http::Method method, std::string target, std::string body = {}, HttpHeaders headers = {});
  Reply get(std::string target, HttpHeaders headers = {}) {
    return send(http::Method::kGet, std::move(target), {}, std::move(headers));
  }
  /// With a body of the type application/json.
  Reply json(http::Method method, std::string target, std::string body, HttpHeaders headers = {});

  /// Reads an endless response until `enough` accepts everything received (or half a minute has passed). It
  /// is called after every write.
  Reply follow(std::string target, HttpHeaders headers, std::function<bool(const std::string& text)> enough);

  /// Requests name this host.
  std::string host = "localhost:8000";
  /// And come from this address,
  std::string address = "127.0.0.1";
  /// in plain text unless set.
  bool secure = false;

 private:
  /// Lasts to the program's end: threads of a pool may still be leaving it when the answer is there.
  static boost::asio::io_context& lasting_context();

  http::Task<> run(const http::Router::Match& match, http::Request& request, Reply& reply,
                   std::function<bool(const std::string&)> enough);

  const http::Router& router_;
  boost::asio::io_context& context_ = lasting_context();
};

}  // namespace vat::api::testing
