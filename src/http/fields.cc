#include "http/fields.h"

#include <algorithm>

#include "domain/http_client.h"

namespace vat::http {
namespace {

/// "0.5", "1", "1.000" in thousandths (RFC 9110, section 12.4.2); 0 for anything else.
int parse_weight(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return 0;
  if (text.size() == 1) return text[0] == '1' ? 1000 : 0;
  if (text[1] != '.') return 0;
  int weight = 0;
  int unit = 100;
  for (const char c : text.substr(2)) {
    if (!is_digit(c)) return 0;
    weight += (c - '0') * unit;
    unit /= 10;
  }
  if (text[0] == '1') return weight == 0 ? 1000 : 0;
  return weight;
}

/// Reads a token or a quoted string from the front of `rest`.
std::optional<std::string> take_value(std::string_view& rest) {
  std::string value;
  if (rest.empty() || rest.front() != '"') {
    std::size_t end = 0;
    // Browsers put what is no token here unquoted ("boundary=a:b", "filename=a b.mp4"), so all but ';' is
    // taken.
    while (end < rest.size() && rest[end] != ';') ++end;
    value = trim_blanks(rest.substr(0, end));
    rest.remove_prefix(end);
    if (value.empty() || value.find('"') != std::string::npos) return std::nullopt;
    return value;
  }
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return value;
    }
    // Browsers write a quote as \" (RFC 2616) or %22, but leave the backslashes of Windows' paths alone.
    if (rest[i] == '\\' && i + 1 < rest.size() && (rest[i + 1] == '"' || rest[i + 1] == '\\')) ++i;
    value.push_back(rest[i]);
  }
  return std::nullopt;
}

}  // namespace

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split_list(std::string_view field, char separator) {
  std::vector<std::string_view> elements;
  std::size_t start = 0;
  bool quoted = false;
  for (std::size_t i = 0; i <= field.size(); ++i) {
    if (i < field.size()) {
      if (field[i] == '"') quoted = !quoted;
      if (field[i] != separator || quoted) continue;
    }
    const std::string_view element = trim_blanks(field.substr(start, i - start));
    if (!element.empty()) elements.push_back(element);
    start = i + 1;
  }
  return elements;
}

const std::string* FieldValue::find(std::string_view name) const {
  for (const FieldParameter& parameter : parameters)
    if (parameter.name == name) return &parameter.value;
  return nullptr;
}

std::optional<FieldValue> parse_field_value(std::string_view field) {
  FieldValue parsed;
  const std::size_t end = std::min(field.find(';'), field.size());
  parsed.value = to_lower(trim_blanks(field.substr(0, end)));
  std::string_view rest = field.substr(end);
  while (!rest.empty()) {
    rest.remove_prefix(1);  // The ';'.
    rest = trim_blanks(rest);
    if (rest.empty()) break;
    if (rest.front() == ';') continue;
    const std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    std::string name = to_lower(trim_blanks(rest.substr(0, equals)));
    rest = trim_blanks(rest.substr(equals + 1));
    auto value = take_value(rest);
    if (!is_http_token(name) || !value || parsed.find(name) != nullptr) return std::nullopt;
    parsed.parameters.push_back({std::move(name), std::move(*value)});
    rest = trim_blanks(rest);
    if (!rest.empty() && rest.front() != ';') return std::nullopt;
  }
  return parsed;
}

std::vector<Weighted> parse_weighted_list(std::string_view field) {
  std::vector<Weighted> list;
  for (const std::string_view element : split_list(field)) {
    const std::vector<std::string_view> parts = split_list(element, ';');
    if (parts.empty()) continue;
    Weighted weighted{.name = parts.front(), .weight = 1000};
    for (std::size_t i = 1; i < parts.size(); ++i)
      if (parts[i].size() >= 2 && to_lower(parts[i][0]) == 'q' && parts[i][1] == '=')
        weighted.weight = parse_weight(parts[i].substr(2));
    list.push_back(weighted);
  }
  return list;
}

}  // namespace vat::http
