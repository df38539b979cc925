// The form of this module's handlers: coroutines that get the requesting user and return a Response or an
// Error, which the router's ErrorWriter formats. Private to api.
#pragma once

#include <functional>
#include <string>
#include <utility>

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

using UserHandler = std::function<Answer(const Caller& caller, http::Request& request)>;
/// Authenticates the caller (identity.h) before the handler runs; 401 otherwise, and 403 when the credential
/// lacks the scope: `read` for GET, `write` for the other methods. Every route except the public ones is
/// added through this or with_json().
[[nodiscard]] http::Handler signed_in(const Services& services, UserHandler handler);

/// The caller as signed_in() finds them, within the rates, whatever their scopes; credentials that are not
/// valid count as a failed sign-in of the address.
[[nodiscard]] http::Task<Result<Caller>> admitted_caller(const Services& services, http::Request& request);

/// `fields`: the members of the body's JSON object, to be read one by one; the handler calls
/// fields.finish().
using JsonHandler = std::function<Answer(const Caller& caller, http::Request& request, JsonFields& fields)>;
/// Also reads the body: 415 unless its type is application/json, 413 when it is longer than `max_bytes`, 400
/// when it is not a JSON object. With `optional_body`, a missing body is an empty object.
[[nodiscard]] http::Handler with_json(const Services& services, JsonHandler handler,
                                      std::size_t max_bytes = kMaxJsonBytes, bool optional_body = false);

/// The request's JSON object, with the errors of with_json().
[[nodiscard]] http::Task<Result<JsonFields>> read_json(const http::Request& request, std::size_t max_bytes,
                                                       bool optional_body);

/// Handlers for signed_in() and with_json() that only admins reach, with a credential that has the scope
/// `admin`; 403 otherwise.
[[nodiscard]] UserHandler for_admins(UserHandler handler);
[[nodiscard]] JsonHandler for_admins(JsonHandler handler);

/// The same for plain functions, which take the services as well.
[[nodiscard]] http::Handler route(const Services& services,
                                  Answer (*handler)(const Services&, const User&, http::Request&));
[[nodiscard]] http::Handler json_route(const Services& services,
                                       Answer (*handler)(const Services&, const User&, http::Request&,
                                                         JsonFields&),
                                       std::size_t max_bytes = kMaxJsonBytes, bool optional_body = false);

/// A body of JSON.
[[nodiscard]] http::Response json_response(int status, std::string body);

/// A body of JSON, which `write(json, item)` writes.
template <class Item, class Write>
[[nodiscard]] http::Response item_response(int status, const Item& item, Write write) {
  std::string body;
  JsonWriter json(body);
  write(json, item);
  return json_response(status, std::move(body));
}

/// {"items": [...]}, of which `write(json, item)` writes each.
template <class Items, class Write>
[[nodiscard]] http::Response list_response(const Items& items, Write write) {
  return item_response(200, items, [&](JsonWriter& json, const Items& all) {
    json.begin_object();
    json.key("items").array(all, [&](const auto& item) { write(json, item); });
    json.end_object();
  });
}

/// 204 once `work` has succeeded on the pool, else its error.
template <class Work>
[[nodiscard]] Answer empty_response_after(const Services& services, Work work) {
  VAT_CO_TRY(co_await services.pool.run(std::move(work)));
  co_return http::empty_response(204);
}

}  // namespace vat::api
