#include "asr/segment_words.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace vat::asr {

std::vector<Word> estimate_words(const Segment& segment) {
  std::vector<Word> words;
  const std::string_view text = segment.text;
  const Millis length = std::max(Millis(0), segment.end - segment.start);
  const auto time_at = [&](std::size_t byte) {
    return segment.start + length * static_cast<std::int64_t>(byte) / static_cast<std::int64_t>(text.size());
  };
  for (std::size_t begin = text.find_first_not_of(' '); begin != std::string_view::npos;) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    Word word{
        .start = time_at(begin), .end = time_at(end), .text = std::string(text.substr(begin, end - begin))};
    words.push_back(std::move(word));
    begin = text.find_first_not_of(' ', end);
  }
  return words;
}

std::vector<Word> words_of(const Segment& segment) {
  return segment.words.empty() ? estimate_words(segment) : segment.words;
}

std::size_t count_words(const Segment& segment) {
  return segment.words.empty() ? estimate_words(segment).size() : segment.words.size();
}

std::size_t count_words(std::span<const Segment> segments) {
  std::size_t count = 0;
  for (const Segment& segment : segments) count += count_words(segment);
  return count;
}

void set_words(Segment& segment, std::vector<Word> words) {
  segment.words = std::move(words);
  segment.text = std::string(trim(join_words(segment.words)));
  if (segment.words.empty()) return;
  segment.start = segment.words.front().start;
  segment.end = segment.words.back().end;
}

std::string word_key(const std::string& word) {
  std::string key;
  for (const std::string& part : comparable_words(word)) key += part;
  return key.empty() ? word : key;
}

}  // namespace vat::asr
