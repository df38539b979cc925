// Elements of field syntax (RFC 9110, section 5.6): lists, quoted strings, weights.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"

namespace vat::http {

/// Without spaces and tabs at both ends.
[[nodiscard]] std::string_view trim_blanks(std::string_view text);
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
