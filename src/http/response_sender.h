// Sends a response: its header, and its body in whatever form the handler returned it.
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
  bool keep_alive = false;  ///< The connection may carry another request.
  std::uint64_t body_bytes = 0;
};

/// Never fails: when the client has disconnected, or the body breaks off, the connection ends.
[[nodiscard]] Task<Sent> send_response(Connection& connection, Response& response, SendPlan plan);

}  // namespace vat::http
