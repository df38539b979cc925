#include "asr/whisper_words.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"

namespace vat::asr {
namespace {

/// Collects the tokens of one word.
class WordBuilder {
 public:
  void add(const TextToken& token) {
    if (count_ == 0) start_ = token.start;
    end_ = token.end;
    bytes_ += token.bytes;
    log_probability_ += std::log(std::max(token.probability, 1e-6F));
    ++count_;
  }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

  /// Appends the word to `words`, unless it is blank, and starts the next one.
  void finish(std::vector<Word>& words, bool without_spaces) {
    const std::string_view text = trim(bytes_);
    if (!text.empty()) {
      Word word{.start = start_, .end = std::max(start_, end_), .text = to_utf8(text)};
      word.confidence = std::exp(log_probability_ / static_cast<float>(count_));
      word.joined = without_spaces && bytes_.front() != ' ';
      words.push_back(std::move(word));
    }
    *this = {};
  }

 private:
  std::string bytes_;
  Millis start_{0};
  Millis end_{0};
  float log_probability_ = 0;
  int count_ = 0;
};

/// Punctuation that belongs to the preceding word, even if it is a token of its own without a space.
bool closes_word(std::string_view bytes) {
  static constexpr std::array<std::string_view, 22> kClosing = {
      ".",  ",",  "!",  "?",  ":",  ";",  ")",  "]",  "}",  "\"", "'",
      "。", "，", "、", "！", "？", "：", "；", "）", "」", "』", "…"};
  return std::find(kClosing.begin(), kClosing.end(), bytes) != kClosing.end();
}

}  // namespace

bool written_without_spaces(std::string_view language) {
  static constexpr std::array<std::string_view, 7> kLanguages = {"zh", "ja", "th", "lo", "my", "km", "yue"};
  return std::find(kLanguages.begin(), kLanguages.end(), language) != kLanguages.end();
}

std::vector<Word> tokens_to_words(const std::vector<TextToken>& tokens, std::string_view language) {
  const bool without_spaces = written_without_spaces(language);
  std::vector<Word> words;
  WordBuilder word;
  for (const TextToken& token : tokens) {
    const bool starts_word = token.bytes.starts_with(' ') ||
                             (without_spaces && is_utf8(word.bytes()) && !closes_word(token.bytes));
    if (starts_word && !word.empty()) word.finish(words, without_spaces);
    word.add(token);
  }
  if (!word.empty()) word.finish(words, without_spaces);
  return words;
}

}  // namespace vat::asr
