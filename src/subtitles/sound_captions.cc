#include "subtitles/sound_captions.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "base/text.h"

namespace vat::subtitles {
namespace {

/// The segment that is sung, if the sound is the note of one.
Segment* find_sung(std::vector<Segment>& segments, const SoundEvent& sound) {
  if (!comparable_words(sound.text).empty()) return nullptr;
  const auto found = std::find_if(segments.begin(), segments.end(), [&](const Segment& segment) {
    return segment.start >= sound.start && segment.end <= sound.end && !segment.text.empty();
  });
  return found == segments.end() ? nullptr : &*found;
}

void enclose(Segment& segment, const std::string& note) {
  segment.text = note + " " + segment.text + " " + note;
  if (segment.words.empty()) return;
  segment.words.front().text = note + " " + segment.words.front().text;
  segment.words.back().text += " " + note;
}

/// The place for a segment that starts at `time`. Splits the one whose words go on after it.
std::vector<Segment>::iterator make_room(std::vector<Segment>& segments, Millis time) {
  const auto next = std::find_if(segments.begin(), segments.end(),
                                 [&](const Segment& segment) { return segment.start >= time; });
  if (next == segments.begin()) return next;
  Segment& before = *(next - 1);
  const auto later = std::find_if(before.words.begin(), before.words.end(),
                                  [&](const Word& word) { return word.start >= time; });
  if (later == before.words.begin() || later == before.words.end()) return next;
  Segment rest = before;
  rest.words.assign(later, before.words.end());
  before.words.erase(later, before.words.end());
  for (Segment* part : {&before, &rest}) {
    part->start = part->words.front().start;
    part->end = part->words.back().end;
    part->text = join_words(part->words);
  }
  return segments.insert(next, std::move(rest));
}

void insert(std::vector<Segment>& segments, const SoundEvent& sound) {
  const auto place = make_room(segments, sound.start);
  Segment caption{.start = sound.start, .end = sound.end, .text = sound.text};
  if (place != segments.end()) caption.end = std::max(caption.start, std::min(caption.end, place->start));
  caption.words = {Word{.start = caption.start, .end = caption.end, .text = caption.text}};
  segments.insert(place, std::move(caption));
}

}  // namespace

Transcript with_sounds(const Transcript& transcript) {
  Transcript shown = transcript;
  for (const SoundEvent& sound : transcript.sounds) {
    if (is_silence(sound)) continue;
    if (Segment* const sung = find_sung(shown.segments, sound))
      enclose(*sung, sound.text);
    else
      insert(shown.segments, sound);
  }
  return shown;
}

std::size_t count_audible(const std::vector<SoundEvent>& sounds) {
  return static_cast<std::size_t>(std::count_if(sounds.begin(), sounds.end(),
                                                [](const SoundEvent& sound) { return !is_silence(sound); }));
}

}  // namespace vat::subtitles
