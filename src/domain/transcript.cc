#include "domain/transcript.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/text.h"

namespace vat {
namespace {

enum class Fault { kNone, kStart, kEnd };

/// Of an item after one that starts at `earliest`.
template <class Item>
Fault fault_of(const Item& item, Millis earliest, Millis latest) {
  if (item.start < earliest || item.start > latest) return Fault::kStart;
  return item.end < item.start || item.end > latest ? Fault::kEnd : Fault::kNone;
}

/// Each ends no earlier than it starts, within [0, latest].
template <class Items>
bool all_within(const Items& items, Millis latest) {
  return std::all_of(items.begin(), items.end(), [latest](const auto& item) {
    return fault_of(item, Millis(0), latest) == Fault::kNone;
  });
}

constexpr std::array<std::pair<RemovalReason, std::string_view>, 4> kReasons = {{
    {RemovalReason::kSilence, "silence"},
    {RemovalReason::kNoSpeech, "no_speech"},
    {RemovalReason::kStockPhrase, "stock_phrase"},
    {RemovalReason::kRepetition, "repetition"},
}};

}  // namespace

bool is_silence(const SoundEvent& sound) {
  constexpr std::array<std::string_view, 6> kSilences = {"blankaudio", "silence",  "silent",
                                                         "noaudio",    "nospeech", "pause"};
  std::string key;
  for (const std::string& word : comparable_words(sound.text)) key += word;
  std::erase(key, '_');
  return std::find(kSilences.begin(), kSilences.end(), key) != kSilences.end();
}

std::string_view removal_reason_name(RemovalReason reason) {
  return std::find_if(kReasons.begin(), kReasons.end(),
                      [&](const auto& known) { return known.first == reason; })
      ->second;
}

std::optional<RemovalReason> parse_removal_reason(std::string_view name) {
  const auto* const found =
      std::find_if(kReasons.begin(), kReasons.end(), [&](const auto& known) { return known.second == name; });
  if (found == kReasons.end()) return std::nullopt;
  return found->first;
}

std::optional<TimeFault> find_time_fault(std::span<const Segment> segments, Millis latest) {
  Millis earliest(0);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const Segment& segment = segments[i];
    if (const Fault fault = fault_of(segment, earliest, latest); fault != Fault::kNone)
      return TimeFault{.segment = i, .word = std::nullopt, .end = fault == Fault::kEnd};
    earliest = segment.start;
    Millis earliest_word(0);
    for (std::size_t j = 0; j < segment.words.size(); ++j) {
      if (const Fault fault = fault_of(segment.words[j], earliest_word, latest); fault != Fault::kNone)
        return TimeFault{.segment = i, .word = j, .end = fault == Fault::kEnd};
      earliest_word = segment.words[j].start;
    }
  }
  return std::nullopt;
}

bool asides_within(const Removed& removed, std::span<const SoundEvent> sounds, Millis latest) {
  return all_within(removed.passages, latest) && all_within(sounds, latest);
}

Result<> check_times(const Transcript& transcript) {
  const auto within = [](Millis time) { return time >= Millis(0) && time <= kMaxRecordingLength; };
  const Coverage coverage = transcript.coverage.value_or(Coverage());
  if (within(transcript.duration) && within(transcript.speech) && !find_time_fault(transcript.segments) &&
      within(coverage.speech) && within(coverage.with_words) &&
      all_within(coverage.without_words, kMaxRecordingLength) &&
      asides_within(transcript.removed, transcript.sounds, kMaxRecordingLength))
    return {};
  return fail(ErrorCode::kBadData, "The times of the transcript run backwards or past 1,000 hours.");
}

Result<> check_speakers(const Transcript& transcript) {
  constexpr std::size_t kMaxId = 32;
  const auto refuse = [](const char* detail) {
    return fail(ErrorCode::kBadData, "The speakers of the transcript do not fit its text.", detail);
  };
  if (transcript.speakers.size() > kMaxSpeakers) return refuse("too many speakers");
  std::set<std::string_view> ids;
  for (const Speaker& speaker : transcript.speakers) {
    if (speaker.id.empty() || speaker.id.size() > kMaxId || speaker.name.size() > kMaxSpeakerName)
      return refuse("an id or a name is too long");
    if (!(speaker.pitch >= 0 && speaker.pitch <= kMaxPitch)) return refuse("a pitch");
    if (!ids.insert(speaker.id).second) return refuse("an id is there twice");
  }
  for (const Segment& segment : transcript.segments)
    if (!segment.speaker.empty() && !ids.contains(segment.speaker)) return refuse("a segment's speaker");
  Millis earliest(0);
  for (const SpeakerTurn& turn : transcript.turns) {
    if (turn.speaker >= ids.size()) return refuse("a turn's speaker");
    if (fault_of(turn, earliest, kMaxRecordingLength) != Fault::kNone) return refuse("a turn's time");
    earliest = turn.start;
  }
  return {};
}

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
