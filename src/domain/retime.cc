#include "domain/retime.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/common_subsequence.h"
#include "base/text.h"

namespace vat {
namespace {

/// Cells of the table that aligns old and new words; past it the words are not kept.
constexpr std::size_t kMaxCells = 4'000'000;

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t at = 0;
  while ((at = text.find_first_not_of(" \t\r\n", at)) != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(" \t\r\n", at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

/// A word for comparison: without case and punctuation, unless it is nothing else.
std::string comparable(std::string_view word) {
  std::string joined;
  for (const std::string& part : comparable_words(word)) joined += part;
  return joined.empty() ? std::string(word) : joined;
}

/// For each new word the index of the old one that it is.
using Matches = std::vector<std::optional<std::size_t>>;

Matches match(const std::vector<std::string>& fresh, const std::vector<std::string>& old) {
  Matches matches(fresh.size());
  for (const auto& [at, before] : common_subsequence(fresh, old)) matches[at] = before;
  return matches;
}

/// Gives the words [first, last), which nobody recognised, equal parts of the time.
void share_time(std::vector<Word>& words, std::size_t first, std::size_t last, Millis start, Millis end) {
  const auto count = static_cast<std::int64_t>(last - first);
  const Millis length = std::max(end - start, Millis(0));
  for (std::size_t i = first; i < last; ++i) {
    const auto place = static_cast<std::int64_t>(i - first);
    words[i].start = start + length * place / count;
    words[i].end = start + length * (place + 1) / count;
  }
}

/// The words of `texts` within the segment, each at the time of its match among `recognised`, the others
/// between.
std::vector<Word> place(const std::vector<std::string_view>& texts, const Matches& matches,
                        std::span<const Word> recognised, const Segment& segment) {
  std::vector<Word> words(texts.size());
  std::size_t shared = 0;  // the first word whose time is not known yet
  Millis known_until = segment.start;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    words[i].text = std::string(texts[i]);
    words[i].confidence = 1;
    if (!matches[i]) continue;
    const Word& same = recognised[*matches[i]];
    words[i].confidence = same.confidence;
    words[i].start = std::clamp(same.start, known_until, std::max(known_until, segment.end));
    words[i].end = std::clamp(same.end, words[i].start, std::max(words[i].start, segment.end));
    share_time(words, shared, i, known_until, words[i].start);
    known_until = words[i].end;
    shared = i + 1;
  }
  share_time(words, shared, words.size(), known_until, segment.end);
  return words;
}

}  // namespace

std::vector<Word> retime_words(const Segment& segment, std::span<const Word> recognised) {
  if (recognised.empty()) return {};
  const std::vector<Word> before(recognised.begin(), recognised.end());
  if (join_words(before) == segment.text) return before;
  if (std::any_of(before.begin() + 1, before.end(), [](const Word& word) { return word.joined; })) return {};
  const std::vector<std::string_view> texts = split_words(segment.text);
  if (texts.size() * before.size() > kMaxCells) return {};
  std::vector<std::string> fresh;
  for (const std::string_view text : texts) fresh.push_back(comparable(text));
  std::vector<std::string> old;
  for (const Word& word : before) old.push_back(comparable(word.text));
  return place(texts, match(fresh, old), recognised, segment);
}

RecognisedWords::RecognisedWords(const Transcript& transcript) {
  for (const Segment& segment : transcript.segments)
    words_.insert(words_.end(), segment.words.begin(), segment.words.end());
}

std::span<const Word> RecognisedWords::within(Millis start, Millis end) {
  const auto middle = [](const Word& word) { return word.start + (word.end - word.start) / 2; };
  while (first_ < words_.size() && middle(words_[first_]) < start) ++first_;
  std::size_t last = first_;
  while (last < words_.size() && middle(words_[last]) <= end) ++last;
  return std::span(words_).subspan(first_, last - first_);
}

}  // namespace vat
