// The speakers of a transcript for people: their names, corrections, and how much each says. Every function
// may be called from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/speakers.h"
#include "domain/transcript.h"

namespace vat {

/// An empty name takes the name away. kNotFound for an unknown id; kInvalidArgument for a name that is too
/// long.
[[nodiscard]] Result<> rename_speaker(Transcript& transcript, std::string_view id, std::string_view name);

/// All that `from` says is `into`'s, who keeps the name, or has that of `from` if there is none, and whose
/// pitch is that of both, by how long each talks. kNotFound for an unknown id; kInvalidArgument for one and
/// the same.
[[nodiscard]] Result<> merge_speakers(Transcript& transcript, std::string_view from, std::string_view into);

/// The name, or "Speaker 2" for an unnamed "S2".
[[nodiscard]] std::string speaker_label(const Speaker& speaker);
/// Of a Segment::speaker; empty for an empty or unknown id.
[[nodiscard]] std::string speaker_label(const TranscriptSummary& transcript, std::string_view id);

/// The id of the speaker of that name or label, who is added if there is none. Empty for an empty name, and
/// for one speaker more than kMaxSpeakers.
[[nodiscard]] std::string speaker_of_name(TranscriptSummary& transcript, std::string_view name);

/// Gives the speakers of a transcript whose pitch is not known that of those who spoke at the same times
/// `before`.
void keep_pitches(Transcript& transcript, const Transcript& before);

/// What one speaker has to say.
struct SpeakerShare {
  Millis talking{0};         ///< Length of the segments.
  std::size_t segments = 0;  ///< How many.
  TimeSpan sample;           ///< A good place to know the voice by: of the longest that nobody speaks over.
};
/// One for each of transcript.speakers.
[[nodiscard]] std::vector<SpeakerShare> speaker_shares(const Transcript& transcript);

/// The speakers of an earlier text by time.
class KnownSpeakers {
 public:
  /// `before` must outlive this.
  explicit KnownSpeakers(const Transcript& before) : before_(before) {}
  /// Who speaks most of this stretch; empty if nobody does. The stretches come in order of their starts.
  [[nodiscard]] std::string within(Millis start, Millis end);

 private:
  const Transcript& before_;
  std::size_t first_ = 0;  ///< No segment before it reaches into a later stretch.
};

}  // namespace vat
