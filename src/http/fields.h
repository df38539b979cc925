// Elements of field syntax (RFC 9110, section 5.6): ASCII without locale, lists, tokens, quoted strings.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vat::http {

[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
[[nodiscard]] constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] bool is_token_char(char c);
[[nodiscard]] bool is_token(std::string_view text);
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);
[[nodiscard]] std::string to_lower(std::string_view text);
/// Without spaces and tabs at both ends.
[[nodiscard]] std::string_view trim_blanks(std::string_view text);
/// A number of decimal digits only; empty for anything else, or if it does not fit.
[[nodiscard]] std::optional<std::uint64_t> parse_decimal(std::string_view text);
/// The elements of a list separated by `separator` outside quoted strings, trimmed, without empty ones.
[[nodiscard]] std::vector<std::string_view> split_list(std::string_view field, char separator = ',');

struct FieldParameter {
  std::string name;  ///< Lower case.
  std::string value;
};
/// "form-data; name=\"a\\\"b\"; x=y": the value before the first ';', and the parameters, unquoted.
struct FieldValue {
  std::string value;  ///< Lower case.
  std::vector<FieldParameter> parameters;
  [[nodiscard]] const std::string* find(std::string_view name) const;
};
/// Empty if it does not parse, or a parameter is repeated.
[[nodiscard]] std::optional<FieldValue> parse_field_value(std::string_view field);

/// The weight of an element such as "gzip;q=0.5" in thousandths, and its name. 1000 if missing, 0 if not
/// valid.
struct Weighted {
  std::string_view name;  ///< Without parameters other than q.
  int weight = 1000;
};
[[nodiscard]] std::vector<Weighted> parse_weighted_list(std::string_view field);

}  // namespace vat::http
