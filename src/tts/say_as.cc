#include "tts/say_as.h"

#include <unicode/locid.h>
#include <unicode/rbnf.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "base/ascii.h"
#include "base/number.h"
#include "base/text.h"
#include "tts/code_points.h"
#include "tts/languages.h"

namespace vat::tts {
namespace {

/// The number in the language's words, by ICU's default rules of that kind; its digits if there are none.
std::string number_words(std::int64_t number, const std::string& language, bool ordinal) {
  UErrorCode status = U_ZERO_ERROR;
  icu::RuleBasedNumberFormat format(icu::URBNF_SPELLOUT, icu::Locale::createCanonical(language.c_str()),
                                    status);
  if (U_FAILURE(status) != 0) return std::to_string(number);
  if (ordinal) {
    // Languages name them "%spellout-ordinal", or that with a gender.
    for (std::int32_t i = 0; i < format.getNumberOfRuleSetNames(); ++i) {
      const icu::UnicodeString name = format.getRuleSetName(i);
      if (!name.startsWith(icu::UnicodeString("%spellout-ordinal"))) continue;
      format.setDefaultRuleSet(name, status);
      break;
    }
  }
  icu::UnicodeString words;
  format.format(number, words);
  words.findAndReplace(icu::UnicodeString(char16_t{0xAD}), icu::UnicodeString());  // soft hyphens
  std::string text;
  words.toUTF8String(text);
  return U_FAILURE(status) != 0 ? std::to_string(number) : text;
}

/// With commas, so that each is said by itself.
std::string spelled(std::string_view words) {
  std::string text;
  for_each_code_point(words, [&](UChar32 point, std::size_t begin, std::size_t end) {
    if (u_isUWhiteSpace(point) != 0) return;
    if (!text.empty()) text += ", ";
    icu::UnicodeString letter =
        icu::UnicodeString::fromUTF8({words.data() + begin, static_cast<std::int32_t>(end - begin)});
    letter.toUpper(icu::Locale::getRoot()).toUTF8String(text);
  });
  return text;
}

std::string digit_by_digit(std::string_view words, const std::string& language) {
  std::string text;
  for (const char c : words) {
    const bool digit = c >= '0' && c <= '9';
    if (!text.empty() && text.back() != ' ') text += digit ? " " : is_alphanumeric(c) ? "" : ", ";
    if (digit) {
      text += number_words(c - '0', language, false);
    } else if (is_alphanumeric(c) || c == '+') {
      text += c;
    }
  }
  return text;
}

std::optional<std::string> number_of(std::string_view words, const std::string& language, bool ordinal) {
  std::string digits;
  for (const char c : words)
    if (c != ',' && c != ' ' && c != '.') digits += c;
  const auto number = parse_number<std::int64_t>(digits);
  constexpr std::int64_t kMost = 999'999'999'999'999;
  if (!number || *number > kMost || *number < -kMost) return std::nullopt;
  return number_words(*number, language, ordinal);
}

/// As 2026-11-29, which is then read in the language's order.
std::optional<std::string> date_of(std::string_view words, std::string_view format) {
  if (format.size() != 3) return std::nullopt;
  std::array<int, 3> parts{};
  std::size_t count = 0;
  while (!words.empty() && count < parts.size()) {
    const std::size_t length = std::min(words.find_first_of("./- "), words.size());
    const auto part = parse_number<int>(words.substr(0, length));
    if (!part || *part < 0 || *part > 9999) return std::nullopt;
    parts[count++] = *part;
    words.remove_prefix(std::min(length + 1, words.size()));
  }
  const auto part_of = [&](char letter) {
    const std::size_t place = format.find(letter);
    return place < count ? parts[place] : 0;
  };
  const int year = part_of('y');
  const int month = part_of('m');
  const int day = part_of('d');
  if (count != 3 || !words.empty() || year < 1000 || month < 1 || month > 12 || day < 1 || day > 31)
    return std::nullopt;
  const auto two_digits = [](int number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  return std::to_string(year) + "-" + two_digits(month) + "-" + two_digits(day);
}

}  // namespace

std::optional<std::string> say_as(std::string_view words, std::string_view kind, std::string_view format,
                                  const std::string& language) {
  if (kind == "characters" || kind == "spell-out" || kind == "verbatim") return spelled(words);
  if (kind == "digits" || kind == "telephone") return digit_by_digit(words, language);
  if (kind == "cardinal" || kind == "number")
    return number_of(words, language, format == "ordinal").value_or(std::string(words));
  if (kind == "ordinal") return number_of(words, language, true).value_or(std::string(words));
  if (kind == "date") return date_of(words, format).value_or(std::string(words));
  if (kind == "time" || kind == "currency" || kind == "unit" || kind == "address") return std::string(words);
  return std::nullopt;
}

}  // namespace vat::tts
