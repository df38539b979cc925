// The words of spoken_text() by language. Internal to tts.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace vat::tts {

/// Of a thing of which there are one or many.
struct Counted {
  std::string_view sign;  ///< "km".
  std::string_view one;
  std::string_view many;
};

/// An abbreviation as a regular expression (ICU), and what it means.
struct SpokenAbbreviation {
  std::string_view pattern;
  std::string_view words;
};

struct SpokenWords {
  std::array<std::string_view, 12> months;
  std::span<const Counted> units;
  std::span<const Counted> currencies;
  std::span<const Counted> small_coins;  ///< By the currency's sign.
  std::span<const SpokenAbbreviation> abbreviations;
  std::string_view percent;
  std::string_view conjunction;     ///< "and".
  std::string_view range;           ///< "to", between two numbers.
  std::string_view dot, at, slash;  ///< In addresses of the web.
  std::string_view number;          ///< For "No. 5".
  std::string_view rulers;          ///< Alternatives of a regular expression: names that numerals follow.
  std::string_view parts;           ///< The same: chapters and the like.
  bool month_first = false;         ///< 3/15/2024.
  bool decimal_comma = true;
};

/// Null for a language without words here. `language` is a primary subtag in lower case.
[[nodiscard]] const SpokenWords* spoken_words(std::string_view language);

}  // namespace vat::tts
