// Which speech has words, and which has none. Internal to asr.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/time.h"
#include "domain/transcript.h"

namespace vat::asr {

struct CoverageOptions {
  float speech = 0.35F;  ///< Detector's probability from which on a frame is speech.
  Millis reach{300};     ///< How far off an engine's word times may be.
  Millis pause{1'000};   ///< Speech on both sides of a longer one is looked at apart.
  /// A translation is shorter or longer than what was said, so its words cover their segment.
  bool whole_segments = false;
  Millis min_speech{1'000};  ///< Less speech between two words is a sound, or a word's end.
};

/// Where the word ends if nobody drawls it: engines stretch a word over what they did not understand.
[[nodiscard]] Millis plausible_end(const Word& word);

/// Where the detector found speech, in order; from frames of `frame` samples, the first of which is at time
/// zero.
[[nodiscard]] std::vector<TimeSpan> find_speech(std::span<const float> probabilities, std::size_t frame,
                                                const CoverageOptions& options = {});

/// How much of the speech lies within the span.
[[nodiscard]] Millis speech_within(std::span<const TimeSpan> speech, const TimeSpan& span);

/// `speech` is in order, and so are the segments and their words; segments without word times count by an
/// estimate. Linear in both.
[[nodiscard]] Coverage measure_coverage(std::span<const TimeSpan> speech, std::span<const Segment> segments,
                                        const CoverageOptions& options = {});

/// The speech outside of the sounds: what the detector took for speech there is known to be none. Marks of
/// silence and of speech that was not understood are no such sounds. Linear in
/// both.
[[nodiscard]] std::vector<TimeSpan> outside_sounds(std::span<const TimeSpan> speech,
                                                   std::span<const SoundEvent> sounds);

/// The sentence that says where the speech has no words; for a coverage that has such stretches.
[[nodiscard]] std::string describe_gaps(const Coverage& coverage);

}  // namespace vat::asr
