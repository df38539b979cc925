#include "domain/utc_time.h"

#include <cstddef>

namespace vat {
namespace {

/// `number` at `place` in so many digits. Lists of jobs write hundreds of times, and snprintf is slow.
void put_digits(std::string& text, std::size_t place, std::size_t digits, unsigned number) {
  for (std::size_t i = digits; i > 0; --i) {
    text[place + i - 1] = static_cast<char>('0' + number % 10);
    number /= 10;
  }
}

}  // namespace

UtcTime utc_now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
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

}  // namespace vat
