#include "domain/attribution.h"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/text.h"

namespace vat {
namespace {

/// A word that no turn covers belongs to one that is no farther away.
constexpr Millis kReach{1000};
/// A longer silence parts what is said before it from what is said after it.
constexpr Millis kTogether{1000};
/// Others speak over a segment when they do so for at least this long.
constexpr Millis kOverlap{300};

using Who = std::optional<std::size_t>;

/// The turns by speaker, those of each in order and apart from one another.
class TurnTable {
 public:
  explicit TurnTable(const std::vector<SpeakerTurn>& turns) {
    for (const SpeakerTurn& turn : turns) {
      if (turn.speaker >= spans_.size()) spans_.resize(turn.speaker + 1);
      std::vector<TimeSpan>& own = spans_[turn.speaker];
      if (!own.empty() && turn.start <= own.back().end)
        own.back().end = std::max(own.back().end, turn.end);
      else
        own.push_back({turn.start, turn.end});
    }
  }

  [[nodiscard]] std::size_t speakers() const { return spans_.size(); }

  /// How much of the stretch the speaker's turns cover.
  [[nodiscard]] Millis cover(std::size_t speaker, Millis start, Millis end) const {
    Millis sum(0);
    for (auto at = first_after(speaker, start); at != spans_[speaker].end() && at->start < end; ++at)
      sum += std::min(end, at->end) - std::max(start, at->start);
    return sum;
  }

  /// Whose turns cover most of the stretch, or come nearest to it. `before` is taken when it is as good.
  [[nodiscard]] Who best(Millis start, Millis end, Who before) const {
    Who found;
    Millis most(0);
    Millis nearest = kReach + Millis(1);
    for (std::size_t speaker = 0; speaker < spans_.size(); ++speaker) {
      const Millis covered = cover(speaker, start, end);
      const Millis away = covered > Millis(0) ? Millis(0) : distance(speaker, start, end);
      const bool as_good = covered == most && away == nearest && before == speaker;
      if (covered < most || (covered == most && away >= nearest && !as_good)) continue;
      found = speaker;
      most = covered;
      nearest = away;
    }
    return nearest <= kReach ? found : std::nullopt;
  }

 private:
  using Span = std::vector<TimeSpan>::const_iterator;
  /// The first that ends after the time.
  [[nodiscard]] Span first_after(std::size_t speaker, Millis time) const {
    const std::vector<TimeSpan>& own = spans_[speaker];
    return std::upper_bound(own.begin(), own.end(), time,
                            [](Millis value, const TimeSpan& span) { return value < span.end; });
  }
  [[nodiscard]] Millis distance(std::size_t speaker, Millis start, Millis end) const {
    const Span after = first_after(speaker, start);
    Millis away = kReach + Millis(1);
    if (after != spans_[speaker].end()) away = std::min(away, std::max(after->start - end, Millis(0)));
    if (after != spans_[speaker].begin()) away = std::min(away, start - std::prev(after)->end);
    return away;
  }

  std::vector<std::vector<TimeSpan>> spans_;
};

bool ends_sentence(std::string_view word) {
  constexpr std::array<std::string_view, 8> kEnds = {".", "?", "!", "…", "。", "？", "！", "؟"};
  for (const std::string_view closing : {"\"", "”", "»", ")", "'"})
    if (word.ends_with(closing)) word.remove_suffix(closing.size());
  return std::any_of(kEnds.begin(), kEnds.end(), [word](auto end) { return word.ends_with(end); });
}

/// The words of all segments, and who says each.
class WordVotes {
 public:
  WordVotes(const Transcript& transcript, const TurnTable& turns) : turns_(turns) {
    for (const Segment& segment : transcript.segments)
      for (const Word& word : segment.words) words_.push_back(&word);
    votes_.resize(words_.size());
    for (std::size_t i = 0; i < words_.size(); ++i)
      votes_[i] = turns_.best(words_[i]->start, end_of(i), i > 0 ? votes_[i - 1] : Who());
    for (std::size_t i = 1; i + 1 < words_.size(); ++i) return_lone(i);
    for (std::size_t i = 1; i < words_.size(); ++i) keep_sentence(i);
  }

  /// Of the next `count` words: those that nobody is near to go with their neighbours among them.
  [[nodiscard]] std::vector<Who> take(std::size_t count) {
    std::vector<Who> own(votes_.begin() + static_cast<std::ptrdiff_t>(taken_),
                         votes_.begin() + static_cast<std::ptrdiff_t>(taken_ + count));
    taken_ += count;
    for (std::size_t i = 1; i < own.size(); ++i)
      if (!own[i]) own[i] = own[i - 1];
    for (std::size_t i = own.size(); i-- > 1;)
      if (!own[i - 1]) own[i - 1] = own[i];
    return own;
  }

 private:
  [[nodiscard]] Millis end_of(std::size_t i) const {
    return std::max(words_[i]->end, words_[i]->start + Millis(1));
  }
  [[nodiscard]] bool together(std::size_t i) const {
    return words_[i]->start - words_[i - 1]->end < kTogether;
  }
  /// Whether the turns leave no doubt that the word is not the other speaker's.
  [[nodiscard]] bool is_sure(std::size_t i, Who other) const {
    const Millis length = end_of(i) - words_[i]->start;
    return votes_[i] && turns_.cover(*votes_[i], words_[i]->start, end_of(i)) * 2 >= length &&
           turns_.cover(*other, words_[i]->start, end_of(i)) * 4 <= length;
  }
  void give(std::size_t i, Who other) {
    if (other && !is_sure(i, other)) votes_[i] = other;
  }
  void return_lone(std::size_t i) {
    if (votes_[i] != votes_[i - 1] && votes_[i - 1] == votes_[i + 1] && together(i) && together(i + 1))
      give(i, votes_[i - 1]);
  }
  /// The last word of a sentence goes with the words before it, the first with those after it.
  void keep_sentence(std::size_t i) {
    if (votes_[i] == votes_[i - 1] || !together(i)) return;
    const bool before_ends = ends_sentence(words_[i - 1]->text);
    if (!before_ends && ends_sentence(words_[i]->text)) return give(i, votes_[i - 1]);
    const bool before_begins = i >= 2 && votes_[i - 2] == votes_[i - 1] && ends_sentence(words_[i - 2]->text);
    if (!before_ends && before_begins) give(i - 1, votes_[i]);
  }

  const TurnTable& turns_;
  std::vector<const Word*> words_;
  std::vector<Who> votes_;
  std::size_t taken_ = 0;
};

struct Part {
  Segment segment;
  Who who;
};

/// Who says most of the words, by their number.
Who majority(const std::vector<Who>& votes) {
  Who found;
  std::ptrdiff_t most = 0;
  for (const Who vote : votes) {
    const std::ptrdiff_t count = vote ? std::count(votes.begin(), votes.end(), vote) : 0;
    if (count > most) std::tie(found, most) = std::pair(vote, count);
  }
  return found;
}

/// The segment in parts of one speaker each; whole where its text is not that of its words.
void split(Segment segment, const std::vector<Who>& votes, std::vector<Part>& parts) {
  const bool whole = std::adjacent_find(votes.begin(), votes.end(), std::not_equal_to<>()) == votes.end();
  if (whole || join_words(segment.words) != trim(segment.text)) {
    const Who who = whole ? votes.front() : majority(votes);
    return parts.push_back({std::move(segment), who});
  }
  std::vector<Word> words = std::move(segment.words);
  segment.words.clear();
  const Millis last_end = segment.end;
  for (std::size_t begin = 0, end = 0; begin < words.size(); begin = end) {
    while (end < words.size() && votes[end] == votes[begin]) ++end;
    Segment part = segment;
    part.words.assign(std::make_move_iterator(words.begin() + static_cast<std::ptrdiff_t>(begin)),
                      std::make_move_iterator(words.begin() + static_cast<std::ptrdiff_t>(end)));
    part.text = join_words(part.words);
    if (begin > 0) part.start = part.words.front().start;
    if (end < words.size()) {
      part.end = part.start;
      for (const Word& word : part.words) part.end = std::max(part.end, word.end);
    } else {
      part.end = std::max(last_end, part.start);
    }
    parts.push_back({std::move(part), votes[begin]});
  }
}

std::vector<Part> parts_of(Transcript& transcript, const TurnTable& turns) {
  WordVotes votes(transcript, turns);
  std::vector<std::vector<Who>> by_segment;
  for (const Segment& segment : transcript.segments) by_segment.push_back(votes.take(segment.words.size()));
  std::vector<Part> parts;
  Who before;
  for (std::size_t i = 0; i < by_segment.size(); ++i) {
    if (!parts.empty()) before = parts.back().who;
    Segment& segment = transcript.segments[i];
    if (segment.words.empty()) {
      const Millis end = std::max(segment.end, segment.start + Millis(1));
      const Who who = turns.best(segment.start, end, before);
      parts.push_back({std::move(segment), who});
    } else {
      split(std::move(segment), by_segment[i], parts);
    }
  }
  std::stable_sort(parts.begin(), parts.end(),
                   [](const Part& a, const Part& b) { return a.segment.start < b.segment.start; });
  return parts;
}

/// In order; impossible ones left out.
void tidy(std::vector<SpeakerTurn>& turns) {
  std::erase_if(turns, [](const SpeakerTurn& turn) {
    return turn.start < Millis(0) || turn.end <= turn.start || turn.end > kMaxRecordingLength ||
           turn.speaker >= kMaxSpeakers;
  });
  std::stable_sort(turns.begin(), turns.end(),
                   [](const SpeakerTurn& a, const SpeakerTurn& b) { return a.start < b.start; });
}

}  // namespace

void attribute_speakers(Transcript& transcript, std::vector<SpeakerTurn> turns,
                        const std::vector<std::string>& names) {
  tidy(turns);
  const TurnTable table(turns);
  std::vector<Part> parts = parts_of(transcript, table);
  std::vector<Who> numbers(table.speakers());
  transcript.speakers.clear();
  const auto number = [&](std::size_t speaker) {
    if (!numbers[speaker]) {
      numbers[speaker] = transcript.speakers.size();
      const std::string name = speaker < names.size() ? to_utf8(names[speaker]) : std::string();
      transcript.speakers.push_back(
          {"S" + std::to_string(*numbers[speaker] + 1), std::string(first_bytes(name, kMaxSpeakerName))});
    }
    return *numbers[speaker];
  };
  transcript.segments.clear();
  for (Part& part : parts) {
    part.segment.speaker.clear();
    if (part.who) part.segment.speaker = "S" + std::to_string(number(*part.who) + 1);
    transcript.segments.push_back(std::move(part.segment));
  }
  for (SpeakerTurn& turn : turns) turn.speaker = number(turn.speaker);
  transcript.turns = std::move(turns);
  mark_overlaps(transcript);
}

void mark_overlaps(Transcript& transcript) {
  const TurnTable table(transcript.turns);
  for (Segment& segment : transcript.segments) {
    Millis others(0);
    for (std::size_t i = 0; i < table.speakers(); ++i)
      if (transcript.speakers[i].id != segment.speaker) others += table.cover(i, segment.start, segment.end);
    segment.overlapped = !segment.speaker.empty() && others >= kOverlap;
  }
}

}  // namespace vat
