#include "api/common/query.h"

#include <charconv>
#include <system_error>

#include "base/text.h"

namespace vat::api {
namespace {

constexpr std::int64_t kMaxItems = 200;
constexpr std::size_t kUsualItems = 50;

/// Reads a text from its start; everything fails after the first failure.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    if (rest_.size() < count) ok_ = false;
    for (std::size_t i = 0; ok_ && i < count; ++i) {
      const char c = rest_[i];
      if (c < '0' || c > '9') ok_ = false;
      value = value * 10 + (c - '0');
    }
    if (ok_) rest_.remove_prefix(count);
    return value;
  }
  /// One of the characters, which it returns; 0 otherwise.
  char one_of(std::string_view characters) {
    if (!ok_ || rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) {
      ok_ = false;
      return 0;
    }
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  /// ".123456" in milliseconds; 0 when there is none.
  int fraction() {
    if (!ok_ || !rest_.starts_with('.')) return 0;
    rest_.remove_prefix(1);
    int millis = 0;
    int weight = 100;
    std::size_t count = 0;
    while (count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9') {
      millis += weight * (rest_[count++] - '0');
      weight /= 10;
    }
    if (count == 0 || count > 9) ok_ = false;
    rest_.remove_prefix(count);
    return millis;
  }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool done() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

std::chrono::minutes read_offset(Scanner& scan) {
  const char sign = scan.one_of("Zz+-");
  if (sign == 'Z' || sign == 'z' || sign == 0) return std::chrono::minutes(0);
  const int hours = scan.digits(2);
  scan.one_of(":");
  const int minutes = scan.digits(2);
  if (hours > 23 || minutes > 59) scan.one_of("");
  return std::chrono::minutes((sign == '-' ? -1 : 1) * (hours * 60 + minutes));
}

}  // namespace

std::optional<UtcTime> parse_rfc3339(std::string_view text) {
  Scanner scan(text);
  const int year = scan.digits(4);
  scan.one_of("-");
  const int month = scan.digits(2);
  scan.one_of("-");
  const int day = scan.digits(2);
  scan.one_of("Tt ");
  const int hour = scan.digits(2);
  scan.one_of(":");
  const int minute = scan.digits(2);
  scan.one_of(":");
  int second = scan.digits(2);
  int millis = scan.fraction();
  const std::chrono::minutes offset = read_offset(scan);
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!scan.done() || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  if (second == 60) {
    second = 59;
    millis = 999;
  }
  const UtcTime time(std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) -
                     offset + std::chrono::seconds(second) + std::chrono::milliseconds(millis));
  // The offset may have moved it out of the years of RFC 3339.
  const UtcTime first(std::chrono::sys_days(std::chrono::year(0) / 1 / 1));
  const UtcTime last(std::chrono::sys_days(std::chrono::year(10'000) / 1 / 1));
  return time >= first && time < last ? std::optional(time) : std::nullopt;
}

Result<std::optional<std::int64_t>> query_integer(const http::Request& request, std::string_view name,
                                                  std::int64_t min, std::int64_t max) {
  const std::optional<std::string_view> text = request.query_value(name);
  if (!text) return std::nullopt;
  std::int64_t value = 0;
  const char* const end = text->data() + text->size();
  const auto [parsed, error] = std::from_chars(text->data(), end, value);
  if (error != std::errc() || parsed != end || value < min || value > max) {
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
