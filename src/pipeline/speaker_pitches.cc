#include "pipeline/speaker_pitches.h"

#include <algorithm>
#include <map>
#include <span>
#include <string>

namespace vat::pipeline {
namespace {

/// More of a voice hardly changes the median.
constexpr Millis kEnough{30'000};

/// Where each speaks alone, by Speaker::id.
using Solos = std::map<std::string, std::vector<TimeSpan>, std::less<>>;

/// Their segments without the turns of others.
Solos solos_of(const Transcript& transcript) {
  Solos solos;
  const std::vector<SpeakerTurn>& turns = transcript.turns;
  std::size_t first = 0;  // no turn before it reaches into a later segment
  for (const Segment& segment : transcript.segments) {
    std::vector<TimeSpan>& own = solos[segment.speaker];
    while (first < turns.size() && turns[first].end <= segment.start) ++first;
    Millis at = segment.start;
    for (std::size_t i = first; i < turns.size() && turns[i].start < segment.end; ++i) {
      if (transcript.speakers[turns[i].speaker].id == segment.speaker) continue;
      if (turns[i].start > at) own.push_back({at, turns[i].start});
      at = std::max(at, turns[i].end);
    }
    if (at < segment.end) own.push_back({at, segment.end});
  }
  return solos;
}

/// When everybody whose pitch is not known has been heard for long enough, or for the last time.
Millis known_at(const std::vector<Speaker>& speakers, const Solos& solos) {
  Millis latest(0);
  for (const Speaker& speaker : speakers) {
    const auto own = solos.find(speaker.id);
    if (speaker.pitch > 0 || own == solos.end()) continue;
    Millis heard(0);
    for (const TimeSpan& solo : own->second) {
      latest = std::max(latest, solo.end);
      heard += solo.end - solo.start;
      if (heard >= kEnough) break;
    }
  }
  return latest;
}

}  // namespace

void set_pitches(std::vector<Speaker>& speakers, const Transcript& transcript, const tts::PitchTrack& track) {
  const Solos solos = solos_of(transcript);
  for (Speaker& speaker : speakers)
    if (const auto own = solos.find(speaker.id); speaker.pitch == 0 && own != solos.end())
      speaker.pitch = track.median(own->second);
}

Result<> hear_pitches(std::vector<Speaker>& speakers, const Transcript& transcript, AudioSource& recording,
                      const std::stop_token& stop) {
  tts::PitchTrack track;
  std::vector<float> block(kRecognitionRate);
  std::int64_t left = time_to_samples(known_at(speakers, solos_of(transcript)));
  while (left > 0) {
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "The reading was stopped.");
    const auto wanted = static_cast<std::size_t>(std::min<std::int64_t>(left, std::ssize(block)));
    VAT_ASSIGN(const std::size_t count, recording.read(std::span(block).first(wanted)));
    if (count == 0) break;
    track.push(std::span(block).first(count));
    left -= static_cast<std::int64_t>(count);
  }
  set_pitches(speakers, transcript, track);
  return {};
}

}  // namespace vat::pipeline
