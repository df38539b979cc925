#include "api/common/cookies.h"

#include <algorithm>

namespace vat::api {
namespace {

/// Calls `each(name, value)` until it returns true.
template <class Each>
void each_cookie(std::string_view field, Each each) {
  while (!field.empty()) {
    const std::size_t end = std::min(field.find(';'), field.size());
    std::string_view one = field.substr(0, end);
    field.remove_prefix(std::min(end + 1, field.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    const std::size_t equals = one.find('=');
    if (equals == std::string_view::npos) continue;
    if (each(one.substr(0, equals), one.substr(equals + 1))) return;
  }
}

}  // namespace

std::string_view find_cookie(const http::Request& request, std::string_view name) {
  std::string_view found;
  each_cookie(request.header("Cookie"), [&](std::string_view one, std::string_view value) {
    if (one != name) return false;
    found = value;
    return true;
  });
  return found;
}

std::vector<std::string> cookie_names(const http::Request& request, std::string_view prefix) {
  std::vector<std::string> names;
  each_cookie(request.header("Cookie"), [&](std::string_view one, std::string_view /*value*/) {
    if (one.starts_with(prefix)) names.emplace_back(one);
    return false;
  });
  return names;
}

std::string set_cookie(std::string_view name, std::string_view value, std::chrono::seconds lifetime,
                       bool secure) {
  std::string field(name);
  field.append("=").append(value);
  field += "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + std::to_string(lifetime.count());
  if (secure) field += "; Secure";
  return field;
}

}  // namespace vat::api
