#include "api/common/query.h"

#include "base/number.h"
#include "base/text.h"

namespace vat::api {
namespace {

constexpr std::int64_t kMaxItems = 200;
constexpr std::size_t kUsualItems = 50;

}  // namespace

Result<std::optional<std::int64_t>> query_integer(const http::Request& request, std::string_view name,
                                                  std::int64_t min, std::int64_t max) {
  const std::optional<std::string_view> text = request.query_value(name);
  if (!text) return std::nullopt;
  const std::optional<std::int64_t> value = parse_number(*text, min, max);
  if (!value) {
    return fail_field(std::string(name), "The parameter " + std::string(name) +
                                             " must be a whole number from " + std::to_string(min) + " to " +
                                             std::to_string(max) + ".");
  }
  return value;
}

Result<std::string> query_text(const http::Request& request, std::string_view name, std::size_t max_bytes) {
  const std::optional<std::string_view> text = request.query_value(name);
  if (!text) return std::string();
  const std::string field(name);
  if (text->size() > max_bytes) {
    return fail_field(field,
                      "The parameter " + field + " is longer than " + std::to_string(max_bytes) + " bytes.");
  }
  if (!is_utf8(*text) || text->find('\0') != std::string_view::npos)
    return fail_field(field, "The parameter " + field + " is not valid UTF-8.");
  return std::string(*text);
}

Result<std::optional<UtcTime>> query_time(const http::Request& request, std::string_view name) {
  const std::optional<std::string_view> text = request.query_value(name);
  if (!text) return std::nullopt;
  const std::optional<UtcTime> time = parse_rfc3339(*text);
  if (!time) {
    return fail_field(std::string(name),
                      "The parameter " + std::string(name) +
                          " must be a time such as 2026-11-25T08:00:00Z (write + as %2B).");
  }
  return time;
}

Result<bool> query_flag(const http::Request& request, std::string_view name) {
  const std::string_view text = request.query_value(name).value_or("false");
  if (text == "true" || text == "1" || text.empty()) return true;
  if (text == "false" || text == "0") return false;
  return fail_field(std::string(name), "The parameter " + std::string(name) + " must be true or false.");
}

Result<std::size_t> query_limit(const http::Request& request) {
  VAT_ASSIGN(const std::optional<std::int64_t> limit, query_integer(request, "limit", 1, kMaxItems));
  return limit ? static_cast<std::size_t>(*limit) : kUsualItems;
}

}  // namespace vat::api
