// Cuts a recording into chunks for recognisers: detects speech, leaves long silences out, cuts in pauses, and
// overlaps two chunks only where speech has no pause.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "asr/chunk.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/audio.h"
#include "domain/recognizer.h"

namespace vat::asr {

/// The defaults err on the side of keeping: a kept silence costs time, a dropped word is lost. Values out of
/// range are clamped.
struct PlanOptions {
  Millis longest{29'000};  ///< Of a chunk; at least 2 s, at most RecognitionModel::longest_chunk().
  double fill = 0.6;       ///< Minimum part of `longest` that chunks fill, where pauses allow; 0.4 to 0.7.
  float onset = 0.35F;     ///< Speech probability from which on speech begins.
  float offset = 0.2F;     ///< Speech probability below which speech may end.
  Millis minimum_speech{200};     ///< Shorter sounds are noise.
  Millis minimum_silence{500};    ///< Shorter pauses belong to the speech around them.
  Millis padding{300};            ///< Kept before and after speech, so that no onset is lost.
  Millis longest_silence{1'000};  ///< Longer silences inside a chunk shrink to their two paddings.
  Millis shortest_pause{160};     ///< Shorter pauses are not cut without an overlap.
  Millis overlap{2'500};          ///< Shared by two chunks when the cut is in speech; at most longest / 5.
};

/// Pulls the recording as chunks are requested. Holds less than two chunks of audio, however long the
/// recording is. The plan depends only on the audio, the detector and the options, so that it is the same
/// when work is resumed. One thread at a time.
class ChunkPlanner {
 public:
  /// Both must outlive the planner. The source is read from its current position, which counts as time zero.
  ChunkPlanner(AudioSource& source, SpeechDetector& detector, const PlanOptions& options = {});
  ~ChunkPlanner();
  ChunkPlanner(ChunkPlanner&&) noexcept;

  /// The next chunk; empty at the end of the recording, and at once if it contains no speech. Errors are the
  /// source's or the detector's; after one, the planner may only be destroyed.
  [[nodiscard]] Result<std::optional<Chunk>> next();

  /// Length of what was kept so far, each sample once.
  [[nodiscard]] Millis speech() const;
  /// How much of the recording has been read; its length once next() returned empty.
  [[nodiscard]] Millis position() const;
  /// Samples in memory now.
  [[nodiscard]] std::size_t held_samples() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vat::asr
