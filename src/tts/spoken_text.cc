#include "tts/spoken_text.h"

#include <unicode/locid.h>
#include <unicode/rbnf.h>
#include <unicode/regex.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/number.h"
#include "base/text.h"
#include "tts/languages.h"
#include "tts/spoken_words.h"

namespace vat::tts {
namespace {

/// The groups of a match; the whole match is the first.
using Groups = std::vector<std::string>;
/// What stands in its place; empty: what it was.
using Rewrite = std::function<std::optional<std::string>(const Groups&)>;

/// Steps of the regular expressions' machine, a bound that no text comes near.
constexpr std::int32_t kMaxRegexTime = 10'000;

std::string replace_matches(const std::string& text, const std::string& pattern, const Rewrite& rewrite) {
  UErrorCode status = U_ZERO_ERROR;
  const auto input = icu::UnicodeString::fromUTF8(text);
  icu::RegexMatcher matcher(icu::UnicodeString::fromUTF8(pattern), input, 0, status);
  matcher.setTimeLimit(kMaxRegexTime, status);
  icu::UnicodeString output;
  std::int32_t copied = 0;
  while (U_SUCCESS(status) != 0 && matcher.find(status) != 0) {
    Groups groups;
    for (std::int32_t i = 0; i <= matcher.groupCount(); ++i)
      matcher.group(i, status).toUTF8String(groups.emplace_back());
    const auto words = rewrite(groups);
    const std::int32_t begin = matcher.start(status);
    output.append(input, copied, begin - copied);
    output.append(icu::UnicodeString::fromUTF8(words ? *words : groups[0]));
    copied = matcher.end(status);
  }
  if (U_FAILURE(status) != 0) return text;
  output.append(input, copied, input.length() - copied);
  std::string result;
  output.toUTF8String(result);
  return result;
}

/// The number by one of ICU's sets of rules; its digits if the language has no such set.
std::string spell(std::int64_t number, const std::string& language, const char* rules) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::RuleBasedNumberFormat format(icu::URBNF_SPELLOUT, icu::Locale::createCanonical(language.c_str()),
                                          status);
  icu::UnicodeString words;
  icu::FieldPosition ignored(icu::FieldPosition::DONT_CARE);
  if (U_SUCCESS(status) != 0) format.format(number, icu::UnicodeString(rules), words, ignored, status);
  std::string text;
  words.findAndReplace(icu::UnicodeString(char16_t{0xAD}), icu::UnicodeString());  // soft hyphens
  words.toUTF8String(text);
  return U_FAILURE(status) != 0 ? std::to_string(number) : text;
}

int month_number(std::string_view text) {
  const int month = parse_number<int>(text).value_or(0);
  return month >= 1 && month <= 12 ? month : 0;
}

/// "XIV" is 14; 0 for what is no numeral up to 89, which is as far as kings and chapters go.
int roman_value(std::string_view numeral) {
  const auto digit = [](char c) { return c == 'I' ? 1 : c == 'V' ? 5 : c == 'X' ? 10 : c == 'L' ? 50 : 0; };
  int value = 0;
  for (std::size_t i = 0; i < numeral.size(); ++i) {
    const int here = digit(numeral[i]);
    const bool before_greater = i + 1 < numeral.size() && digit(numeral[i + 1]) > here;
    value += before_greater ? -here : here;
  }
  return value;
}

std::string any_of_signs(std::span<const Counted> list) {
  return join(list, "|", [](const Counted& one) { return "\\Q" + std::string(one.sign) + "\\E"; });
}

class Speller {
 public:
  Speller(const SpokenWords& words, std::string language) : words_(words), language_(std::move(language)) {}

  std::string run(std::string text) const {
    text = web_addresses(text);
    text = abbreviations(text);
    text = dates(text);
    text = times(text);
    text = money(text);
    text = units(text);
    text = ranges(text);
    return numerals(text);
  }

 private:
  static const Counted* find(std::span<const Counted> list, std::string_view sign) {
    const auto found =
        std::find_if(list.begin(), list.end(), [sign](const Counted& one) { return one.sign == sign; });
    return found == list.end() ? nullptr : &*found;
  }
  static std::string count(const std::string& number, const Counted& thing) {
    return number + " " + std::string(number == "1" ? thing.one : thing.many);
  }
  /// "1,234.5" or "1.234,5".
  [[nodiscard]] std::string number_pattern() const {
    return words_.decimal_comma ? R"((?:\d{1,3}(?:[. ]\d{3})+|\d+)(?:,\d+)?)"
                                : R"((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)";
  }

  [[nodiscard]] std::string web_addresses(const std::string& text) const {
    const auto say = [this](const std::string& address) {
      std::string said;
      for (const char c : address) {
        if (c == '.')
          said += " " + std::string(words_.dot) + " ";
        else if (c == '@')
          said += " " + std::string(words_.at) + " ";
        else if (c == '/')
          said += " " + std::string(words_.slash) + " ";
        else if (c == '-' || c == '_')
          said += ' ';
        else
          said += c;
      }
      return said;
    };
    const std::string mail = replace_matches(text, R"(\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b)",
                                             [&](const Groups& g) { return say(g[0]); });
    return replace_matches(
        mail,
        R"((?<![\w@])(?:https?://)?(?:www\.)?((?:[a-z0-9-]+\.)+(?:com|org|net|edu|gov|io|de|es|fr|uk|eu|info)(?:/[\w/-]*\w)?)/?(?![\w]))",
        [&](const Groups& g) { return say(g[1]); });
  }

  [[nodiscard]] std::string abbreviations(std::string text) const {
    for (const SpokenAbbreviation& one : words_.abbreviations)
      text = replace_matches(text, R"((?<![\p{L}\d.]))" + std::string(one.pattern),
                             [&](const Groups&) { return std::string(one.words); });
    const std::string number = R"((?<![\p{L}])(?:No\.|Nr\.|n[º°]|N[º°]|núm\.|#) ?(?=\d))";
    text = replace_matches(text, number, [&](const Groups&) { return std::string(words_.number) + " "; });
    return replace_matches(text, R"((?<=\s)&(?=\s))",
                           [&](const Groups&) { return std::string(words_.conjunction); });
  }

  [[nodiscard]] std::optional<std::string> date(const std::string& year, const std::string& month,
                                                const std::string& day) const {
    const int number = month_number(month);
    const int of_month = parse_number<int>(day).value_or(0);
    if (number == 0 || of_month < 1 || of_month > 31) return std::nullopt;
    const std::string name(words_.months.at(static_cast<std::size_t>(number - 1)));
    const std::string said_year = this->year(year);
    if (language_ == "en") return name + " " + spell(of_month, "en", "%spellout-ordinal") + ", " + said_year;
    if (language_ == "de") return spell(of_month, "de", "%spellout-ordinal-r") + " " + name + " " + said_year;
    if (language_ == "es") return std::to_string(of_month) + " de " + name + " de " + said_year;
    return (of_month == 1 ? "premier" : std::to_string(of_month)) + " " + name + " " + said_year;
  }
  [[nodiscard]] std::string year(const std::string& digits) const {
    if (language_ != "en" && language_ != "de") return digits;
    return spell(parse_number<std::int64_t>(digits).value_or(0), language_, "%spellout-numbering-year");
  }

  [[nodiscard]] std::string dates(std::string text) const {
    text = replace_matches(text, R"((?<![\d-])(\d{4})-(\d{2})-(\d{2})(?![\d-]))",
                           [&](const Groups& g) { return date(g[1], g[2], g[3]); });
    const bool dots = language_ == "de";
    const std::string between = dots ? R"(\.)" : "/";
    text = replace_matches(
        text, R"((?<![\d/.])(\d{1,2}))" + between + R"((\d{1,2}))" + between + R"((\d{4})(?![\d/]))",
        [&](const Groups& g) {
          return words_.month_first ? date(g[3], g[1], g[2]) : date(g[3], g[2], g[1]);
        });
    const std::string months = join(words_.months, "|");
    if (language_ == "de")
      text = replace_matches(text, R"((?<!\d)(\d{1,2})\. (?=(?:)" + months + R"()\b))", [&](const Groups& g) {
        return spell(parse_number<int>(g[1]).value_or(0), "de", "%spellout-ordinal-r") + " ";
      });
    if (language_ == "de")
      text = replace_matches(text,
                             R"(\b(am|vom|zum|den|dem|ab|seit|bis) (\p{L}+te)r (?=(?:)" + months + R"()\b))",
                             [](const Groups& g) { return g[1] + " " + g[2] + "n "; });
    const std::string before = language_ == "en"
                                   ? "(?:in|since|until|by|of|from|year|" + months + R"((?: \d{1,2},)?))"
                                   : "(?:im Jahre?|seit|bis|Jahr|" + months + ")";
    if (language_ != "en" && language_ != "de") return text;
    return replace_matches(text, R"(\b()" + before + R"() (1[1-9]\d\d|20\d\d)(?![\d.,]\d|\d| ?[%°$€£]))",
                           [&](const Groups& g) { return g[1] + " " + year(g[2]); });
  }

  [[nodiscard]] std::string times(const std::string& text) const {
    return replace_matches(
        text, R"((?<![\d:.,])([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?(?![\d:])(?: ?(?:Uhr|h)\b)?)",
        [&](const Groups& g) -> std::optional<std::string> {
          if (std::count(g[0].begin(), g[0].end(), ':') > 1) return std::nullopt;
          const std::string hour = std::to_string(parse_number<int>(g[1]).value_or(0));
          const int minute = parse_number<int>(g[2]).value_or(0);
          const std::string minutes = std::to_string(minute);
          if (language_ == "de") return hour + " Uhr" + (minute == 0 ? "" : " " + minutes);
          if (language_ == "fr")
            return hour + (hour == "1" ? " heure" : " heures") + (minute == 0 ? "" : " " + minutes);
          if (language_ == "es") return hour + (minute == 0 ? " en punto" : " y " + minutes);
          if (minute == 0) return hour + " o'clock";
          return hour + (minute < 10 ? " oh " : " ") + minutes;
        });
  }

  [[nodiscard]] std::optional<std::string> amount(const std::string& number, const std::string& sign,
                                                  const std::string& magnitude) const {
    const Counted* const money = find(words_.currencies, sign);
    if (money == nullptr) return std::nullopt;
    const std::string of = language_ == "es" || language_ == "fr" ? "de " : "";
    if (!magnitude.empty()) return number + " " + magnitude + " " + of + std::string(money->many);
    const std::size_t mark = number.find(words_.decimal_comma ? ',' : '.');
    const Counted* const coin = find(words_.small_coins, sign);
    if (mark == std::string::npos || coin == nullptr || number.size() != mark + 3)
      return count(number, *money);
    const std::string whole = number.substr(0, mark);
    const std::string coins = std::to_string(parse_number<int>(number.substr(mark + 1)).value_or(0));
    if (coins == "0") return count(whole, *money);
    if (whole == "0") return count(coins, *coin);
    return count(whole, *money) + " " + std::string(words_.conjunction) + " " + count(coins, *coin);
  }

  [[nodiscard]] std::string money(const std::string& text) const {
    const std::string signs = "(" + any_of_signs(words_.currencies) + ")";
    const std::string magnitude =
        R"((?: (thousand|million|billion|trillion|Millionen|Milliarden|millones|millions|milliards)\b)?)";
    const std::string before = replace_matches(text, signs + " ?(" + number_pattern() + ")" + magnitude,
                                               [&](const Groups& g) { return amount(g[2], g[1], g[3]); });
    return replace_matches(before,
                           R"((?<![\d.,])()" + number_pattern() + ")" + magnitude + R"([  ]?)" + signs,
                           [&](const Groups& g) { return amount(g[1], g[3], g[2]); });
  }

  [[nodiscard]] std::string units(const std::string& text) const {
    const std::string signs = "(" + any_of_signs(words_.units) + ")";
    const std::string named = replace_matches(
        text, R"((?<![\d.,\p{L}])()" + number_pattern() + R"()[  ]?)" + signs + R"((?![\p{L}\d²/]))",
        [&](const Groups& g) { return count(g[1], *find(words_.units, g[2])); });
    return replace_matches(named, R"((\d)[  ]?%)",
                           [&](const Groups& g) { return g[1] + " " + std::string(words_.percent); });
  }

  [[nodiscard]] std::string ranges(const std::string& text) const {
    return replace_matches(text, R"((?<![\d.,–/-])(\d{1,4})[–-](\d{1,4})(?![\d–/-]|[.,]\d))",
                           [&](const Groups& g) -> std::optional<std::string> {
                             const int first = parse_number<int>(g[1]).value_or(0);
                             if (parse_number<int>(g[2]).value_or(0) <= first) return std::nullopt;
                             return g[1] + " " + std::string(words_.range) + " " + g[2];
                           });
  }

  [[nodiscard]] std::string numerals(const std::string& text) const {
    const std::string numeral = R"( ((?:X{1,3}|XL|L)?(?:IX|IV|V?I{1,3}|V)|X{1,3}|XL)(?![\p{L}\d]))";
    const std::string kings =
        replace_matches(text, R"(\b()" + std::string(words_.rulers) + ")" + numeral, [&](const Groups& g) {
          const int value = roman_value(g[2]);
          if (language_ == "en") return g[1] + " the " + spell(value, "en", "%spellout-ordinal");
          if (language_ == "de") return g[1] + " der " + spell(value, "de", "%spellout-ordinal");
          if (language_ == "es" && value <= 10)
            return g[1] + " " + spell(value, "es", "%spellout-ordinal-masculine");
          if (language_ == "fr" && value == 1) return g[1] + " premier";
          return g[1] + " " + std::to_string(value);
        });
    return replace_matches(kings, R"(\b()" + std::string(words_.parts) + ")" + numeral,
                           [&](const Groups& g) { return g[1] + " " + std::to_string(roman_value(g[2])); });
  }

  const SpokenWords& words_;
  const std::string language_;
};

}  // namespace

std::string spoken_text(std::string_view text, const std::string& language) {
  const std::string primary = language.empty() ? "en" : primary_language(language);
  const SpokenWords* const words = spoken_words(primary);
  return words == nullptr ? std::string(text) : Speller(*words, primary).run(std::string(text));
}

}  // namespace vat::tts
