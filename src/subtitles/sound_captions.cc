#include "subtitles/sound_captions.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "base/text.h"

namespace vat::subtitles {
namespace {

/// The segment that is sung, if the sound is the note of one. `rest` has the segments from the sound's start
/// on, the next one last.
Segment* find_sung(std::vector<Segment>& rest, const SoundEvent& sound) {
  if (!comparable_words(sound.text).empty()) return nullptr;
  for (auto segment = rest.rbegin(); segment != rest.rend() && segment->start <= sound.end; ++segment) {
    if (segment->end <= sound.end && !segment->text.empty()) return &*segment;
  }
  return nullptr;
}

void enclose(Segment& segment, const std::string& note) {
  segment.text = note + " " + segment.text + " " + note;
  if (segment.words.empty()) return;
  segment.words.front().text = note + " " + segment.words.front().text;
  segment.words.back().text += " " + note;
}

/// Moves to `rest` the words of the last segment that are spoken from `time` on, if there are some before.
void part_last(std::vector<Segment>& shown, std::vector<Segment>& rest, Millis time) {
  if (shown.empty()) return;
  Segment& before = shown.back();
  const auto later = std::find_if(before.words.begin(), before.words.end(),
                                  [&](const Word& word) { return word.start >= time; });
  if (later == before.words.begin() || later == before.words.end()) return;
  Segment after = before;
  after.words.assign(later, before.words.end());
  before.words.erase(later, before.words.end());
  for (Segment* part : {&before, &after}) {
    part->start = part->words.front().start;
    part->end = part->words.back().end;
    part->text = join_words(part->words);
  }
  rest.push_back(std::move(after));
}

Segment caption_of(const SoundEvent& sound, const std::vector<Segment>& rest) {
  Segment caption{.start = sound.start, .end = sound.end, .text = sound.text};
  if (!rest.empty()) caption.end = std::max(caption.start, std::min(caption.end, rest.back().start));
  caption.words = {Word{.start = caption.start, .end = caption.end, .text = caption.text}};
  return caption;
}

/// Every time it is there, with the space beside it. False if it is not.
bool erase_text(std::string& text, std::string_view part) {
  bool found = false;
  for (std::size_t at = text.find(part); at != std::string::npos && !part.empty(); at = text.find(part, at)) {
    found = true;
    text.erase(at, part.size());
    if (at < text.size() && text[at] == ' ' && (at == 0 || text[at - 1] == ' ')) text.erase(at, 1);
  }
  if (found) text = std::string(trim(text));
  return found;
}

}  // namespace

Transcript with_sounds(const Transcript& transcript) {
  Transcript result;
  static_cast<TranscriptSummary&>(result) = transcript;
  std::vector<Segment> rest(transcript.segments.rbegin(), transcript.segments.rend());  // the next one last
  const auto move_next = [&] {
    result.segments.push_back(std::move(rest.back()));
    rest.pop_back();
  };
  for (const SoundEvent& sound : transcript.sounds) {
    if (is_silence(sound)) continue;
    while (!rest.empty() && rest.back().start < sound.start) move_next();
    if (Segment* const sung = find_sung(rest, sound)) {
      enclose(*sung, sound.text);
    } else {
      part_last(result.segments, rest, sound.start);
      result.segments.push_back(caption_of(sound, rest));
    }
  }
  while (!rest.empty()) move_next();
  return result;
}

void take_out_sounds(Transcript& edited) {
  std::vector<bool> found(edited.sounds.size());
  auto first = edited.segments.begin();
  for (std::size_t i = 0; i < edited.sounds.size(); ++i) {
    SoundEvent& sound = edited.sounds[i];
    while (first != edited.segments.end() && first->end < sound.start) ++first;
    for (auto segment = first; segment != edited.segments.end() && segment->start <= sound.end; ++segment) {
      if (!erase_text(segment->text, sound.text)) continue;
      found[i] = true;
      if (!segment->text.empty()) break;
      sound.start = segment->start;
      sound.end = segment->end;
      break;
    }
  }
  if (std::none_of(found.begin(), found.end(), [](bool is_found) { return is_found; })) return;
  std::erase_if(edited.segments, [](const Segment& segment) { return segment.text.empty(); });
  std::size_t index = 0;
  std::erase_if(edited.sounds,
                [&](const SoundEvent& sound) { return !found[index++] && !is_silence(sound); });
}

std::size_t count_audible(const std::vector<SoundEvent>& sounds) {
  return static_cast<std::size_t>(std::count_if(sounds.begin(), sounds.end(),
                                                [](const SoundEvent& sound) { return !is_silence(sound); }));
}

}  // namespace vat::subtitles
