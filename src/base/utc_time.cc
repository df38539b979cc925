#include "base/utc_time.h"

#include <array>
#include <cstddef>
#include <ctime>

#include "base/ascii.h"

namespace vat {
namespace {

/// `number` at `place` in so many digits. Lists of jobs write hundreds of times, and snprintf is slow.
void put_digits(std::string& text, std::size_t place, std::size_t digits, unsigned number) {
  for (std::size_t i = digits; i > 0; --i) {
    text[place + i - 1] = static_cast<char>('0' + number % 10);
    number /= 10;
  }
}

/// Reads a text from its front; everything fails once something did.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    if (rest_.size() < count) ok_ = false;
    for (std::size_t i = 0; ok_ && i < count; ++i) {
      const char c = rest_[i];
      if (!is_digit(c)) ok_ = false;
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
    while (count < rest_.size() && is_digit(rest_[count])) {
      millis += weight * (rest_[count++] - '0');
      weight /= 10;
    }
    if (count == 0 || count > 9) ok_ = false;
    rest_.remove_prefix(count);
    return millis;
  }
  void refuse_unless(bool good) { ok_ = ok_ && good; }
  [[nodiscard]] bool done() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

std::chrono::year_month_day read_date(Scanner& scan) {
  const int year = scan.digits(4);
  scan.one_of("-");
  const int month = scan.digits(2);
  scan.one_of("-");
  const int day = scan.digits(2);
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  scan.refuse_unless(date.ok());
  return date;
}

std::chrono::minutes read_hours_and_minutes(Scanner& scan) {
  const int hours = scan.digits(2);
  scan.one_of(":");
  const int minutes = scan.digits(2);
  scan.refuse_unless(hours <= 23 && minutes <= 59);
  return std::chrono::minutes(hours * 60 + minutes);
}

std::chrono::milliseconds read_time_of_day(Scanner& scan) {
  const std::chrono::minutes minutes = read_hours_and_minutes(scan);
  scan.one_of(":");
  const int seconds = scan.digits(2);
  const int millis = scan.fraction();
  scan.refuse_unless(seconds <= 60);
  return minutes + std::chrono::milliseconds(seconds == 60 ? 59'999 : seconds * 1000 + millis);
}

std::chrono::minutes read_offset(Scanner& scan) {
  const char sign = scan.one_of("Zz+-");
  if (sign != '+' && sign != '-') return std::chrono::minutes(0);
  const std::chrono::minutes offset = read_hours_and_minutes(scan);
  return sign == '-' ? -offset : offset;
}

}  // namespace

UtcTime utc_now() { return to_utc(std::chrono::system_clock::now()); }

UtcClock make_steady_clock() {
  using Steady = std::chrono::steady_clock;
  return [began = std::chrono::system_clock::now(), mark = Steady::now()] {
    return to_utc(began +
                  std::chrono::duration_cast<std::chrono::system_clock::duration>(Steady::now() - mark));
  };
}

std::string to_rfc3339(UtcTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::string text = "0000-00-00T00:00:00.000Z";
  put_digits(text, 0, 4, static_cast<unsigned>(static_cast<int>(date.year())));
  put_digits(text, 5, 2, static_cast<unsigned>(date.month()));
  put_digits(text, 8, 2, static_cast<unsigned>(date.day()));
  put_digits(text, 11, 2, static_cast<unsigned>(clock.hours().count()));
  put_digits(text, 14, 2, static_cast<unsigned>(clock.minutes().count()));
  put_digits(text, 17, 2, static_cast<unsigned>(clock.seconds().count()));
  put_digits(text, 20, 3, static_cast<unsigned>(clock.subseconds().count()));
  return text;
}

std::optional<UtcTime> parse_rfc3339(std::string_view text) {
  Scanner scan(text);
  const std::chrono::year_month_day date = read_date(scan);
  scan.one_of("Tt ");
  const std::chrono::milliseconds time_of_day = read_time_of_day(scan);
  const std::chrono::minutes offset = read_offset(scan);
  if (!scan.done()) return std::nullopt;
  const UtcTime time = std::chrono::sys_days(date) + time_of_day - offset;
  // The zone may have taken it out of the years that RFC 3339 can write.
  const UtcTime first(std::chrono::sys_days(std::chrono::year(0) / 1 / 1));
  const UtcTime last(std::chrono::sys_days(std::chrono::year(10'000) / 1 / 1));
  return time >= first && time < last ? std::optional(time) : std::nullopt;
}

// The C library writes and reads the names of days and months in English: the program never sets a locale.

std::string to_http_date(UtcTime time) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

std::optional<UtcTime> parse_http_date(std::string_view text) {
  const std::string date(text);
  for (const char* form :
       {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
    std::tm parts{};
    const char* const end = ::strptime(date.c_str(), form, &parts);
    if (end != nullptr && *end == '\0') return from_unix_seconds(::timegm(&parts));
  }
  return std::nullopt;
}

}  // namespace vat
