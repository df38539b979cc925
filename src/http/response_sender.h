// A response onto the wire: its head, and its body in whatever form the handler gave. Used inside the module.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/connection.h"

namespace vat::http {

struct SendPlan {
  bool is_1_1 = true;      ///< The request's version.
  bool head_only = false;  ///< The request was a HEAD.
  bool keep_alive = true;
  std::string_view request_id;
};

struct Sent {
  bool keep_alive = false;  ///< The next request may come.
  std::uint64_t body_bytes = 0;
};

/// Never fails: when the client is gone, or the body breaks off, the connection ends.
[[nodiscard]] Task<Sent> send_response(Connection& connection, Response& response, SendPlan plan);

}  // namespace vat::http
