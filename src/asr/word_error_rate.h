// How far a recognised text is from the one that was said.
#pragma once

#include <cstddef>
#include <string_view>

namespace vat::asr {

/// The fewest single-word edits that turn what was said into what was heard.
struct WordErrors {
  std::size_t substitutions = 0;
  std::size_t insertions = 0;  ///< Heard, but not said.
  std::size_t deletions = 0;   ///< Said, but not heard.
  std::size_t words = 0;       ///< That were said.

  /// Word error rate: edits over words said. Above 1 when much was invented; 1 for words heard where none was
  /// said.
  [[nodiscard]] double rate() const;
  WordErrors& operator+=(const WordErrors& other);
  friend bool operator==(const WordErrors&, const WordErrors&) = default;
};

/// Compares without case and punctuation (`comparable_words`). Takes time in the product of both lengths and
/// memory in the length of `heard`. Any thread.
[[nodiscard]] WordErrors count_word_errors(std::string_view said, std::string_view heard);

}  // namespace vat::asr
