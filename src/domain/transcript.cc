#include "domain/transcript.h"

namespace vat {

std::string join_words(const std::vector<Word>& words) {
  std::string text;
  for (const Word& word : words) {
    if (!text.empty() && !word.joined) text += ' ';
    text += word.text;
  }
  return text;
}

std::string Transcript::text() const {
  std::string text;
  for (const Segment& segment : segments) {
    const bool joined = !segment.words.empty() && segment.words.front().joined;
    if (!text.empty() && !joined && !segment.text.empty()) text += ' ';
    text += segment.text;
  }
  return text;
}

}  // namespace vat
