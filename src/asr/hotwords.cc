#include "asr/hotwords.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/nearest.h"
#include "base/text.h"

namespace vat::asr {
namespace {

constexpr std::size_t kMaxFound = 8;   // of a segment; each costs a dozen steps of the decoder
constexpr std::size_t kMoreWords = 2;  // "they are under" for "thereunder"
constexpr std::size_t kMaxWords = 6;
constexpr double kMaxDifference = 0.5;  // of the letters

/// Letters and digits alone, in one case.
std::string letters_of(std::string_view text) {
  std::string letters;
  for (const std::string& word : comparable_words(text))
    std::copy_if(word.begin(), word.end(), std::back_inserter(letters),
                 [](char byte) { return byte != '\'' && byte != '-'; });
  return letters;
}

/// Letters of Latin script that often stand for one sound become one; doubled ones count once.
std::string sound_of(std::string_view letters) {
  std::string sound;
  for (char letter : letters) {
    if (letter == 'c' || letter == 'q') letter = 'k';
    if (letter == 'z') letter = 's';
    if (letter == 'y') letter = 'i';
    if (sound.empty() || sound.back() != letter) sound += letter;
  }
  return sound;
}

/// The commas of Chinese, Japanese and Arabic as that of ASCII.
std::string with_plain_commas(std::string_view list) {
  std::string plain(list);
  for (const std::string_view comma : {"，", "、", "،"})
    for (std::size_t at = plain.find(comma); at != std::string::npos; at = plain.find(comma, at))
      plain.replace(at, comma.size(), ",");
  return plain;
}

}  // namespace

Hotwords::Hotwords(std::string_view list) {
  const std::string plain = with_plain_commas(list);
  for (std::string_view rest = plain; !rest.empty();) {
    const std::string_view phrase = trim(take_part(rest, ','));
    std::string letters = letters_of(phrase);
    if (letters.empty()) continue;
    std::string sound = sound_of(letters);
    phrases_.push_back(
        {std::string(phrase), std::move(letters), std::move(sound), comparable_words(phrase).size()});
  }
}

void Hotwords::compare(const Phrase& phrase, std::span<const std::string> letters,
                       std::vector<Candidate>& candidates) const {
  for (std::size_t begin = 0; begin < letters.size(); ++begin) {
    std::string said;
    const std::size_t most = std::min({letters.size(), begin + phrase.words + kMoreWords, begin + kMaxWords});
    for (std::size_t end = begin + 1; end <= most; ++end) {
      said += letters[end - 1];
      const bool divided = said == phrase.letters && end - begin != phrase.words;
      if (stands_in(said) && !divided) break;
      const std::string sound = sound_of(said);
      const double longer = static_cast<double>(std::max(sound.size(), phrase.sound.size()));
      const double difference = static_cast<double>(edit_distance(sound, phrase.sound)) / longer;
      if (difference <= kMaxDifference)
        candidates.push_back({difference, {begin, end, phrase.text, difference == 0}});
    }
  }
}

bool Hotwords::stands_in(std::string_view letters) const {
  return std::any_of(phrases_.begin(), phrases_.end(), [letters](const Phrase& phrase) {
    return letters.find(phrase.letters) != std::string_view::npos;
  });
}

std::vector<SoundsLike> Hotwords::find(std::span<const std::string> words) const {
  std::vector<std::string> letters;
  std::transform(words.begin(), words.end(), std::back_inserter(letters), letters_of);
  std::vector<Candidate> candidates;
  for (const Phrase& phrase : phrases_) compare(phrase, letters, candidates);
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
