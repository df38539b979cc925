#include "asr/language_parts.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "asr/coverage.h"

namespace vat::asr {
namespace {

/// Less speech is not enough to tell its language.
constexpr Millis kMinStretch(2'000);
/// A speaker who changes the language, or another one who answers, pauses for as long.
constexpr Millis kMinPauseBetween(300);
constexpr float kSureOfLanguage = 0.5F;

/// Of a chunk, in frames of its detector.
struct Stretch {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string language;  ///< Empty in doubt.
};

std::size_t frame_of(Millis time, const Chunk& chunk) {
  return static_cast<std::size_t>(time_to_samples(time)) / chunk.speech_frame;
}

/// Stretches of speech, each with half of the pauses around it.
std::vector<Stretch> find_stretches(const Chunk& chunk) {
  std::vector<Stretch> stretches{{.end = chunk.speech.size()}};
  Millis spoken{0};  // in the last stretch
  Millis last_end{0};
  for (const TimeSpan& span : find_speech(chunk.speech, chunk.speech_frame)) {
    if (spoken >= kMinStretch && span.start - last_end >= kMinPauseBetween) {
      const std::size_t cut = frame_of((last_end + span.start) / 2, chunk);
      stretches.back().end = cut;
      stretches.push_back({.begin = cut, .end = chunk.speech.size()});
      spoken = Millis(0);
    }
    spoken += span.end - span.start;
    last_end = span.end;
  }
  // The scrap at the end belongs to what is before it.
  if (spoken < kMinStretch && stretches.size() > 1) {
    stretches.pop_back();
    stretches.back().end = chunk.speech.size();
  }
  return stretches;
}

std::span<const float> samples_of(const Chunk& chunk, const Stretch& stretch) {
  const std::size_t begin = std::min(chunk.samples.size(), stretch.begin * chunk.speech_frame);
  // The last frame may be partial.
  const std::size_t end = stretch.end == chunk.speech.size()
                              ? chunk.samples.size()
                              : std::min(chunk.samples.size(), stretch.end * chunk.speech_frame);
  return std::span<const float>(chunk.samples).subspan(begin, end - begin);
}

void settle_doubts(std::vector<Stretch>& stretches, const std::string& usual) {
  const auto sure = std::find_if(stretches.begin(), stretches.end(),
                                 [](const Stretch& stretch) { return !stretch.language.empty(); });
  std::string language = sure == stretches.end() ? usual : sure->language;
  for (Stretch& stretch : stretches) {
    if (stretch.language.empty()) stretch.language = language;
    language = stretch.language;
  }
}

LanguagePart part_of(const Chunk& chunk, const Stretch& stretch) {
  const std::span<const float> samples = samples_of(chunk, stretch);
  LanguagePart part{.language = stretch.language};
  part.begin = samples_to_time(static_cast<std::int64_t>(stretch.begin * chunk.speech_frame));
  part.chunk.pieces = {{.length = static_cast<std::int64_t>(samples.size())}};
  part.chunk.samples.assign(samples.begin(), samples.end());
  part.chunk.speech.assign(chunk.speech.begin() + static_cast<std::ptrdiff_t>(stretch.begin),
                           chunk.speech.begin() + static_cast<std::ptrdiff_t>(stretch.end));
  part.chunk.speech_frame = chunk.speech_frame;
  return part;
}

}  // namespace

Result<std::vector<LanguagePart>> divide_by_language(Recognizer& recognizer, const Chunk& chunk,
                                                     const std::string& usual, const std::stop_token& stop) {
  std::vector<Stretch> stretches = find_stretches(chunk);
  for (Stretch& stretch : stretches) {
    VAT_ASSIGN(DetectedLanguage detected, recognizer.detect_language(samples_of(chunk, stretch), stop));
    if (detected.probability >= kSureOfLanguage) stretch.language = std::move(detected.code);
  }
  settle_doubts(stretches, usual);
  std::vector<Stretch> joined;
  for (Stretch& stretch : stretches) {
    if (!joined.empty() && joined.back().language == stretch.language) {
      joined.back().end = stretch.end;
    } else {
      joined.push_back(std::move(stretch));
    }
  }
  std::vector<LanguagePart> parts;
  for (const Stretch& stretch : joined) parts.push_back(part_of(chunk, stretch));
  return parts;
}

}  // namespace vat::asr
