#include "asr/hotwords.h"

#include <algorithm>
#include <utility>

#include "base/nearest.h"
#include "base/text.h"

namespace vat::asr {
namespace {

constexpr std::size_t kMaxFound = 8;        // of a segment; each costs a dozen steps of the decoder
constexpr std::size_t kMoreWords = 2;       // "they are under" for "thereunder"
constexpr std::size_t kMaxWords = 6;
constexpr double kMaxDifference = 0.5;      // of the letters

/// Letters of Latin script that often stand for one sound become one; doubled ones count once.
std::string comparable(std::string_view text) {
  std::string letters;
  for (const std::string& word : comparable_words(text)) {
    for (char letter : word) {
      if (letter == '\'' || letter == '-') continue;
      if (letter == 'c' || letter == 'q') letter = 'k';
      if (letter == 'z') letter = 's';
      if (letter == 'y') letter = 'i';
      if (letters.empty() || letters.back() != letter) letters += letter;
    }
  }
  return letters;
}

struct Candidate {
  double difference = 0;
  SoundsLike found;
};

}  // namespace

Hotwords::Hotwords(std::string_view list) {
  while (!list.empty()) {
    const std::string_view phrase = trim(take_part(list, ','));
    std::string letters = comparable(phrase);
    if (!letters.empty())
      phrases_.push_back({std::string(phrase), std::move(letters), comparable_words(phrase).size()});
  }
}

std::vector<SoundsLike> Hotwords::find(std::span<const std::string> words) const {
  std::vector<std::string> letters;
  for (const std::string& word : words) letters.push_back(comparable(word));
  std::vector<Candidate> candidates;
  for (const Phrase& phrase : phrases_) {
    for (std::size_t begin = 0; begin < words.size(); ++begin) {
      std::string said;
      const std::size_t most = std::min({words.size(), begin + phrase.words + kMoreWords, begin + kMaxWords});
      for (std::size_t end = begin + 1; end <= most; ++end) {
        said += letters[end - 1];
        const bool divided = said == phrase.letters && end - begin != phrase.words;
        if (said.find(phrase.letters) != std::string::npos && !divided) break;
        const double longer = static_cast<double>(std::max(said.size(), phrase.letters.size()));
        const double difference = static_cast<double>(edit_distance(said, phrase.letters)) / longer;
        if (difference <= kMaxDifference) candidates.push_back({difference, {begin, end, phrase.text}});
      }
    }
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.difference < b.difference; });
  std::vector<SoundsLike> found;
  for (Candidate& candidate : candidates) {
    const bool taken = std::any_of(found.begin(), found.end(), [&](const SoundsLike& other) {
      return other.phrase == candidate.found.phrase && other.begin < candidate.found.end &&
             candidate.found.begin < other.end;
    });
    if (!taken && found.size() < kMaxFound) found.push_back(std::move(candidate.found));
  }
  return found;
}

}  // namespace vat::asr
