// Words for the tests of transcripts. Test-only.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "domain/transcript.h"

namespace vat {

/// From and to so many milliseconds.
[[nodiscard]] inline Word make_word(int start, int end, std::string text) {
  return {.start = Millis(start), .end = Millis(end), .text = std::move(text), .confidence = 0.5F};
}

/// Each as "Ask 0-500".
[[nodiscard]] inline std::vector<std::string> show_times(const std::vector<Word>& words) {
  std::vector<std::string> shown;
  for (const Word& word : words) {
    shown.push_back(word.text + " " + std::to_string(word.start.count()) + "-" +
                    std::to_string(word.end.count()));
  }
  return shown;
}

}  // namespace vat
