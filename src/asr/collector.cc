#include "asr/collector.h"

#include <algorithm>
#include <utility>

#include "asr/coverage.h"

namespace vat::asr {
namespace {

std::vector<TimeSpan> speech_in_recording(const Chunk& chunk) {
  std::vector<TimeSpan> speech = find_speech(chunk.speech, chunk.speech_frame);
  for (TimeSpan& span : speech) span = chunk.to_recording(span);
  return speech;
}

/// A sound or a removed passage.
template <class Aside>
void move_to_recording(const ChunkPlace& place, Aside& aside) {
  const TimeSpan moved = place.to_recording({aside.start, aside.end});
  aside.start = moved.start;
  aside.end = moved.end;
}

/// Of segments with languages of their own: the one that is spoken longest.
std::string main_language(const std::vector<Segment>& segments) {
  std::map<std::string, Millis> spoken;
  for (const Segment& segment : segments) spoken[segment.language] += segment.end - segment.start;
  const auto longest = std::max_element(spoken.begin(), spoken.end(),
                                        [](const auto& a, const auto& b) { return a.second < b.second; });
  return longest == spoken.end() ? "" : longest->first;
}

}  // namespace

void Collector::add_known(const Chunk& chunk, ChunkText text) {
  {
    const std::lock_guard lock(mutex_);
    known_ += samples_to_time(chunk.length());
  }
  add(chunk, std::move(text));
}

void Collector::add(const Chunk& chunk, ChunkText text) {
  Ready added{.place = chunk, .text = std::move(text), .speech = speech_in_recording(chunk)};
  const std::lock_guard lock(mutex_);
  waiting_.emplace(chunk.index, std::move(added));
  for (auto next = waiting_.find(next_index_); next != waiting_.end(); next = waiting_.find(next_index_)) {
    Ready ready = std::move(next->second);
    waiting_.erase(next);
    ++next_index_;
    take_asides(ready.place, ready.text);
    take_language(ready.text);
    take_speech(ready.speech);
    const Millis end = samples_to_time(ready.place.end());
    give_on(stitcher_.add(ready.place, std::move(ready.text)), end);
  }
}

void Collector::fail_with(Error error) {
  const std::lock_guard lock(mutex_);
  if (!error_) error_ = std::move(error);
  stop_.request_stop();
}

void Collector::add_recognition_time(double seconds) {
  const std::lock_guard lock(mutex_);
  transcript_.timings.recognition += seconds;
}

Result<Transcript> Collector::finish(Millis duration) {
  const std::lock_guard lock(mutex_);
  if (error_) return fail(std::move(*error_));
  give_on(stitcher_.finish(), duration);
  transcript_.duration = duration;
  if (std::string main = main_language(transcript_.segments); !main.empty() && main != transcript_.language) {
    transcript_.language = std::move(main);
    transcript_.language_probability = 0;
  }
  // Chunks overlap, and a chunk's repeated attempts are behind its first.
  const auto earlier = [](const auto& a, const auto& b) { return a.start < b.start; };
  std::stable_sort(transcript_.sounds.begin(), transcript_.sounds.end(), earlier);
  std::stable_sort(transcript_.removed.passages.begin(), transcript_.removed.passages.end(), earlier);
  transcript_.coverage = measure_coverage(outside_sounds(speech_, transcript_.sounds), transcript_.segments,
                                          {.whole_segments = request_.options.translate});
  transcript_.timings.total =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  return std::move(transcript_);
}

/// The overlap of two chunks counts once.
void Collector::take_speech(const std::vector<TimeSpan>& speech) {
  for (TimeSpan span : speech) {
    if (!speech_.empty()) span.start = std::max(span.start, speech_.back().end);
    if (span.start < span.end) speech_.push_back(span);
  }
}

/// What is not in the segments. A sound that both chunks of an overlap have counts once.
void Collector::take_asides(const ChunkPlace& place, ChunkText& text) {
  for (RemovedPassage& passage : text.removed.passages) move_to_recording(place, passage);
  transcript_.removed += text.removed;
  std::vector<SoundEvent>& sounds = transcript_.sounds;
  for (SoundEvent& sound : text.sounds) {
    move_to_recording(place, sound);
    if (!sounds.empty() && sounds.back().text == sound.text && sound.start < sounds.back().end) {
      sounds.back().end = std::max(sounds.back().end, sound.end);
    } else {
      sounds.push_back(std::move(sound));
    }
  }
}

void Collector::take_language(const ChunkText& text) {
  if (!transcript_.language.empty() || text.language.empty()) return;
  transcript_.language = text.language;
  transcript_.language_probability = text.language_probability;
}

void Collector::give_on(std::vector<Segment> segments, Millis done) {
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  Progress progress{.stage = Stage::kTranscribe, .fraction = -1, .done = done, .total = total_};
  if (total_ > Millis(0)) progress.fraction = std::min(1.0, to_seconds(done) / to_seconds(total_));
  progress.speed = std::max(0.0, to_seconds(done - known_)) / std::max(seconds, 1e-3);
  for (Segment& segment : segments) {
    progress.segment = &segment;
    if (request_.progress) request_.progress(progress);
    transcript_.segments.push_back(std::move(segment));
  }
  progress.segment = nullptr;
  if (request_.progress && segments.empty()) request_.progress(progress);
}

}  // namespace vat::asr
