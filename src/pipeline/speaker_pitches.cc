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

Solos solos_of(const std::vector<Segment>& segments) {
  Solos solos;
  for (const Segment& segment : segments)
    if (!segment.overlapped) solos[segment.speaker].push_back({segment.start, segment.end});
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

void set_pitches(std::vector<Speaker>& speakers, const std::vector<Segment>& segments,
                 const tts::PitchTrack& track) {
  const Solos solos = solos_of(segments);
  for (Speaker& speaker : speakers)
    if (const auto own = solos.find(speaker.id); speaker.pitch == 0 && own != solos.end())
      speaker.pitch = track.median(own->second);
}

Result<> hear_pitches(std::vector<Speaker>& speakers, const std::vector<Segment>& segments,
                      AudioSource& recording, const std::stop_token& stop) {
  tts::PitchTrack track;
  std::vector<float> block(kRecognitionRate);
  std::int64_t left = time_to_samples(known_at(speakers, solos_of(segments)));
  while (left > 0) {
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "The reading was stopped.");
    const auto wanted = static_cast<std::size_t>(std::min<std::int64_t>(left, std::ssize(block)));
    VAT_ASSIGN(const std::size_t count, recording.read(std::span(block).first(wanted)));
    if (count == 0) break;
    track.push(std::span(block).first(count));
    left -= static_cast<std::int64_t>(count);
  }
  set_pitches(speakers, segments, track);
  return {};
}

}  // namespace vat::pipeline
