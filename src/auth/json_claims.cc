#include "auth/json_claims.h"

#include <boost/json/parse.hpp>
#include <cmath>

#include "base/base64.h"

namespace vat::auth {
namespace {

namespace json = boost::json;

constexpr double kMaxSeconds = 253'402'300'799;  // the year 9999

}  // namespace

std::optional<json::object> parse_json_object(std::string_view text) {
  json::parse_options options;
  options.max_depth = 16;
  boost::system::error_code error;
  json::value value = json::parse(json::string_view(text.data(), text.size()), error, {}, options);
  if (error || !value.is_object()) return std::nullopt;
  return std::move(value.as_object());
}

std::string text_member(const json::object& object, std::string_view name) {
  const json::value* const found = object.if_contains(json::string_view(name.data(), name.size()));
  if (found == nullptr || !found->is_string()) return {};
  const json::string& text = found->get_string();
  return std::string(text.data(), text.size());
}

bool true_member(const json::object& object, std::string_view name) {
  const json::value* const found = object.if_contains(json::string_view(name.data(), name.size()));
  // Some providers write it as a word.
  return found != nullptr &&
         ((found->is_bool() && found->get_bool()) || (found->is_string() && found->get_string() == "true"));
}

std::optional<std::int64_t> seconds_member(const json::object& object, std::string_view name) {
  const json::value* const found = object.if_contains(json::string_view(name.data(), name.size()));
  if (found == nullptr || !found->is_number()) return std::nullopt;
  const auto seconds = found->to_number<double>();
  if (!std::isfinite(seconds) || seconds < 0 || seconds > kMaxSeconds) return std::nullopt;
  return static_cast<std::int64_t>(seconds);
}

std::optional<std::string> base64url_decode(std::string_view text) {
  std::string standard(text);
  for (char& c : standard) {
    if (c == '+' || c == '/' || c == '=') return std::nullopt;
    if (c == '-') c = '+';
    if (c == '_') c = '/';
  }
  standard.append((4 - standard.size() % 4) % 4, '=');
  return base64_decode(standard);
}

bool names(const json::object& object, std::string_view member, std::string_view word) {
  const json::value* const found = object.if_contains(json::string_view(member.data(), member.size()));
  if (found == nullptr) return false;
  const auto is_word = [&](const json::value& value) {
    return value.is_string() &&
           std::string_view(value.get_string().data(), value.get_string().size()) == word;
  };
  if (is_word(*found)) return true;
  if (!found->is_array()) return false;
  for (const json::value& one : found->get_array()) {
    if (is_word(one)) return true;
  }
  return false;
}

}  // namespace vat::auth
