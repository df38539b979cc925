// The form of this module's handlers: coroutines that get the requesting user and return a Response or an
// Error, which the router's ErrorWriter formats. Private to api.
#pragma once

#include <functional>
#include <string>

#include "api/common/json_fields.h"
#include "api/services.h"
#include "base/json_writer.h"
#include "base/result.h"
#include "domain/user.h"
#include "http/message.h"
#include "http/router.h"
#include "http/task.h"

namespace vat::api {

inline constexpr std::size_t kMaxJsonBytes = 128U * 1024;

using Answer = http::Task<Result<http::Response>>;

using UserHandler = std::function<Answer(const User& user, http::Request& request)>;
/// Authenticates the user (identity.h) before the handler runs; 401 otherwise. Every route except the public
/// ones is added through this or with_json().
[[nodiscard]] http::Handler signed_in(const Services& services, UserHandler handler);

/// `fields`: the members of the body's JSON object, to be read one by one; the handler calls
/// fields.finish().
using JsonHandler = std::function<Answer(const User& user, http::Request& request, JsonFields& fields)>;
/// Also reads the body: 415 unless its type is application/json, 413 when it is longer than `max_bytes`, 400
/// when it is not a JSON object. With `optional_body`, a missing body is an empty object.
[[nodiscard]] http::Handler with_json(const Services& services, JsonHandler handler,
                                      std::size_t max_bytes = kMaxJsonBytes, bool optional_body = false);

/// The same for plain functions, which take the services as well.
[[nodiscard]] http::Handler route(const Services& services,
                                  Answer (*handler)(const Services&, const User&, http::Request&));
[[nodiscard]] http::Handler json_route(const Services& services,
                                       Answer (*handler)(const Services&, const User&, http::Request&,
                                                         JsonFields&),
                                       std::size_t max_bytes = kMaxJsonBytes, bool optional_body = false);

/// A body of JSON.
[[nodiscard]] http::Response json_response(int status, std::string body);

/// {"items": [...]}, of which `write(json, item)` writes each.
template <class Items, class Write>
[[nodiscard]] http::Response list_response(const Items& items, Write write) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("items").array(items, [&](const auto& item) { write(json, item); });
  json.end_object();
  return json_response(200, std::move(body));
}

}  // namespace vat::api
