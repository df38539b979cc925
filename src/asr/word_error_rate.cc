#include "asr/word_error_rate.h"

#include <string>
#include <vector>

#include "base/text.h"

namespace vat::asr {
namespace {

std::size_t edits(const WordErrors& errors) {
  return errors.substitutions + errors.insertions + errors.deletions;
}

/// The best of the three ways into a cell of Levenshtein's table; a substitution wins ties.
WordErrors best_step(WordErrors diagonal, bool same, WordErrors above, WordErrors left) {
  if (same) return diagonal;
  ++diagonal.substitutions;
  ++above.deletions;
  ++left.insertions;
  WordErrors best = diagonal;
  if (edits(above) < edits(best)) best = above;
  if (edits(left) < edits(best)) best = left;
  return best;
}

}  // namespace

double WordErrors::rate() const {
  if (words == 0) return edits(*this) == 0 ? 0.0 : 1.0;
  return static_cast<double>(edits(*this)) / static_cast<double>(words);
}

WordErrors& WordErrors::operator+=(const WordErrors& other) {
  substitutions += other.substitutions;
  insertions += other.insertions;
  deletions += other.deletions;
  words += other.words;
  return *this;
}

WordErrors count_word_errors(std::string_view reference_text, std::string_view recognised) {
  const std::vector<std::string> reference = comparable_words(reference_text);
  const std::vector<std::string> hypothesis = comparable_words(recognised);
  // One row of the table: the errors between the reference words so far and each prefix of the recognised
  // words.
  std::vector<WordErrors> row(hypothesis.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j].insertions = j;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    WordErrors diagonal = row[0];
    row[0].deletions = i + 1;
    for (std::size_t j = 0; j < hypothesis.size(); ++j) {
      const WordErrors above = row[j + 1];
      row[j + 1] = best_step(diagonal, reference[i] == hypothesis[j], above, row[j]);
      diagonal = above;
    }
  }
  WordErrors result = row.back();
  result.words = reference.size();
  return result;
}

}  // namespace vat::asr
