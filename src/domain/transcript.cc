#include "domain/transcript.h"

#include <algorithm>
#include <array>
#include <utility>

namespace vat {
namespace {

enum class Fault { kNone, kStart, kEnd };

/// Of an item after one that starts at `earliest`.
template <class Item>
Fault fault_of(const Item& item, Millis earliest, Millis latest) {
  if (item.start < earliest || item.start > latest) return Fault::kStart;
  return item.end < item.start || item.end > latest ? Fault::kEnd : Fault::kNone;
}

constexpr std::array<std::pair<RemovalReason, std::string_view>, 4> kReasons = {{
    {RemovalReason::kSilence, "silence"},
    {RemovalReason::kNoSpeech, "no_speech"},
    {RemovalReason::kStockPhrase, "stock_phrase"},
    {RemovalReason::kRepetition, "repetition"},
}};

}  // namespace

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

Result<> check_times(const Transcript& transcript) {
  const auto within = [](Millis time) { return time >= Millis(0) && time <= kMaxRecordingLength; };
  if (within(transcript.duration) && within(transcript.speech) && !find_time_fault(transcript.segments))
    return {};
  return fail(ErrorCode::kBadData, "The times of the transcript run backwards or past 1,000 hours.");
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
