#include "http/target.h"

#include <algorithm>

#include "base/text.h"
#include "http/fields.h"

namespace vat::http {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  bool plain = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    if (c == '\0') return std::nullopt;
    plain = plain && static_cast<unsigned char>(c) < 0x80;
    decoded.push_back(c);
  }
  if (!plain && !is_utf8(decoded)) return std::nullopt;
  return decoded;
}

bool is_host_char(char c) {
  return is_alphanumeric(c) || std::string_view("-._~%!$&'()*+,;=").find(c) != std::string_view::npos;
}

bool is_port(std::string_view text) { return text.empty() || (text.size() <= 5 && all_digits(text)); }

/// The length of "scheme://" at the start of an absolute URL; 0 if there is none.
std::size_t scheme_length(std::string_view target) {
  for (const std::string_view scheme : {std::string_view("http://"), std::string_view("https://")})
    if (target.size() > scheme.size() && equals_ignoring_case(target.substr(0, scheme.size()), scheme))
      return scheme.size();
  return 0;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text) { return decode(text, false); }

std::optional<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> values;
  while (!text.empty()) {
    std::string_view pair = take_part(text, '&');
    if (pair.empty()) continue;
    auto name = decode(take_part(pair, '='), true);
    auto value = decode(pair, true);
    if (!name || !value) return std::nullopt;
    values.emplace_back(std::move(*name), std::move(*value));
  }
  return values;
}

bool is_host(std::string_view text) {
  if (text.empty()) return false;
  std::size_t end = 0;
  if (text.front() == '[') {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos || close < 3) return false;
    const std::string_view address = text.substr(1, close - 1);
    if (!std::all_of(address.begin(), address.end(),
                     [](char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; }))
      return false;
    end = close + 1;
  } else {
    while (end < text.size() && is_host_char(text[end])) ++end;
    if (end == 0) return false;
  }
  if (end == text.size()) return true;
  return text[end] == ':' && is_port(text.substr(end + 1));
}

Result<> parse_target(Request& request) {
  const auto bad = [] {
    return fail(ErrorCode::kInvalidArgument,
                "The URL of the request is not valid; encode its special characters as %XX.");
  };
  std::string_view target = request.target;
  if (target == "*" && request.method == Method::kOptions) {
    request.path = "*";
    return {};
  }
  if (const std::size_t scheme = scheme_length(target); scheme > 0) {
    const std::size_t end = std::min(target.find_first_of("/?", scheme), target.size());
    if (!is_host(target.substr(scheme, end - scheme))) return bad();
    request.host = target.substr(scheme, end - scheme);
    target.remove_prefix(end);
    if (target.empty() || target.front() == '?') request.path = "/";
  } else if (target.empty() || target.front() != '/') {
    return bad();
  }
  if (target.find('#') != std::string_view::npos) return bad();
  const std::size_t question = std::min(target.find('?'), target.size());
  const std::string_view path = target.substr(0, question);
  if (!percent_decode(path)) return bad();
  if (!path.empty()) request.path = path;
  if (question < target.size()) {
    auto query = parse_query(target.substr(question + 1));
    if (!query) return bad();
    request.query = std::move(*query);
  }
  return {};
}

}  // namespace vat::http
