// Word error rate: how much a recognised text differs from the reference.
#pragma once

#include <cstddef>
#include <string_view>

namespace vat::asr {

/// The fewest single-word edits that turn the reference into the recognised text.
struct WordErrors {
  std::size_t substitutions = 0;
  std::size_t insertions = 0;  ///< Recognised, but not in the reference.
  std::size_t deletions = 0;   ///< In the reference, but not recognised.
  std::size_t words = 0;       ///< Of the reference.

  /// Edits divided by reference words. Above 1 when much was invented; 1 if the reference has no words but
  /// the text does.
  [[nodiscard]] double rate() const;
  WordErrors& operator+=(const WordErrors& other);
  friend bool operator==(const WordErrors&, const WordErrors&) = default;
};

/// Ignores case and punctuation (`comparable_words`). Takes time proportional to the product of both lengths
/// and memory to the length of `recognised`. Any thread.
[[nodiscard]] WordErrors count_word_errors(std::string_view reference_text, std::string_view recognised);

}  // namespace vat::asr
