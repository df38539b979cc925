#include "subtitles/cue_times.h"

#include <algorithm>
#include <cstdint>

#include "base/ascii.h"
#include "base/text.h"

namespace vat::subtitles {
namespace {

/// Hours with more digits than this are not a time; kMaxReadTime has as many.
constexpr std::size_t kMaxHourDigits = 9;
constexpr std::string_view kArrow = "-->";

/// Reads times from the front of a line.
class TimeParser {
 public:
  explicit TimeParser(std::string_view line) : rest_(trim(line)) {}

  /// "00:00:01,500 --> 00:00:02.5 position:10%".
  std::optional<std::pair<Millis, Millis>> times() {
    const std::optional<Millis> start = time();
    skip_space();
    if (!start || rest_.substr(0, kArrow.size()) != kArrow) return std::nullopt;
    rest_.remove_prefix(kArrow.size());
    skip_space();
    const std::optional<Millis> end = time();
    if (!end || (!rest_.empty() && rest_.front() != ' ' && rest_.front() != '\t')) return std::nullopt;
    return std::pair(*start, *end);
  }

  /// A time with a fraction, or with hours: what nobody writes in a sentence by chance.
  bool skip_full_time() {
    skip_space();
    const std::string_view before = rest_;
    if (!time()) return false;
    const std::string_view taken = before.substr(0, before.size() - rest_.size());
    return taken.find_first_of(",.") != std::string_view::npos ||
           std::count(taken.begin(), taken.end(), ':') == 2;
  }

  /// What may have been an arrow: any signs, but no letters of ASCII, which would be words.
  bool skip_sign() {
    constexpr std::size_t kLongest = 16;  // bytes: "--&gt;", "–-›"
    skip_space();
    const std::string_view before = rest_;
    if (constexpr std::string_view kEscaped = "--&gt;"; rest_.starts_with(kEscaped))
      rest_.remove_prefix(kEscaped.size());
    while (!rest_.empty() && !is_alphanumeric(rest_.front())) rest_.remove_prefix(1);
    return before.size() - rest_.size() <= kLongest;
  }

 private:
  void skip_space() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) rest_.remove_prefix(1);
  }

  std::optional<std::int64_t> number(std::size_t max_digits) {
    std::size_t digits = 0;
    std::int64_t value = 0;
    while (digits < rest_.size() && is_digit(rest_[digits]) && digits < max_digits) {
      value = value * 10 + (rest_[digits++] - '0');
    }
    if (digits == 0) return std::nullopt;
    rest_.remove_prefix(digits);
    return value;
  }

  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// The digits after the comma or dot, as milliseconds: ",5" are 500.
  std::optional<std::int64_t> fraction() {
    if (!take(',') && !take('.')) return 0;
    const std::size_t before = rest_.size();
    const std::optional<std::int64_t> value = number(3);
    if (!value) return std::nullopt;
    std::int64_t millis = *value;
    for (std::size_t digits = before - rest_.size(); digits < 3; ++digits) millis *= 10;
    while (!rest_.empty() && is_digit(rest_.front())) rest_.remove_prefix(1);
    return millis;
  }

  /// "01:02:03,456", "02:03.456", "1:2:3".
  std::optional<Millis> time() {
    const auto first = number(kMaxHourDigits);
    if (!first || !take(':')) return std::nullopt;
    const auto second = number(2);
    if (!second) return std::nullopt;
    const std::optional<std::int64_t> third = take(':') ? number(2) : std::optional<std::int64_t>(-1);
    if (!third) return std::nullopt;
    const bool with_hours = *third >= 0;
    const std::int64_t hours = with_hours ? *first : 0;
    const std::int64_t minutes = with_hours ? *second : *first;
    const std::int64_t seconds = with_hours ? *third : *second;
    const auto millis = fraction();
    if (!millis || seconds > 59 || (with_hours && minutes > 59)) return std::nullopt;
    return Millis(((hours * 60 + minutes) * 60 + seconds) * 1000 + *millis);
  }

  std::string_view rest_;
};

}  // namespace

std::optional<std::pair<Millis, Millis>> parse_cue_times(std::string_view line) {
  return TimeParser(line).times();
}

bool begins_with_time(std::string_view line) { return TimeParser(line).skip_full_time(); }

bool joins_two_times(std::string_view line) {
  TimeParser parser(line);
  return parser.skip_full_time() && parser.skip_sign() && parser.skip_full_time();
}

bool has_arrow(std::string_view line) { return line.find(kArrow) != std::string_view::npos; }

}  // namespace vat::subtitles
