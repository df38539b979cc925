// A stretch of a recording as one recogniser hears it: pieces of the recording with the long silences between
// them cut out, and the way back from its times to the recording's. Made by ChunkPlanner, heard by a
// Recognizer, and consumed by Stitcher.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"
#include "domain/audio.h"
#include "domain/checkpoint.h"

namespace vat::asr {

/// Consecutive samples that the chunk and the recording have in common. All in 16 kHz samples.
struct Piece {
  std::int64_t chunk_offset = 0;  ///< Where it begins in the chunk.
  std::int64_t source_begin = 0;  ///< Where it begins in the recording.
  std::int64_t length = 0;

  friend bool operator==(const Piece&, const Piece&) = default;
};

/// A stretch of time, `end` >= `start`.
struct TimeSpan {
  Millis start{0};
  Millis end{0};

  friend bool operator==(const TimeSpan&, const TimeSpan&) = default;
};

/// What a chunk is in the recording: everything but its sound. Small; the stitcher keeps it.
struct ChunkPlace {
  std::size_t index = 0;      ///< 0, 1, 2, ... in recording order.
  std::vector<Piece> pieces;  ///< In order, never empty, without gaps in the chunk; frame-aligned.
  /// Samples at the front that are also the last ones of the chunk before, because the cut had to go through
  /// speech; 0 after a cut in silence. The overlap lies in one piece of either chunk.
  std::int64_t overlap_before = 0;
  /// Samples at the end that the next chunk hears again; its `overlap_before`.
  std::int64_t overlap_after = 0;
  /// The quietest place inside the overlap before, in samples of the recording; begin() when there is none.
  std::int64_t cut_before = 0;

  [[nodiscard]] std::int64_t begin() const { return pieces.front().source_begin; }
  [[nodiscard]] std::int64_t end() const { return pieces.back().source_begin + pieces.back().length; }
  /// Length of the chunk's own sound, in samples.
  [[nodiscard]] std::int64_t length() const { return pieces.back().chunk_offset + pieces.back().length; }

  /// The recording's time of a time in the chunk. Monotone. At a splice it is the nearest piece's: its end
  /// for `kEnd`, its begin for `kStart`; times outside the chunk become its first or last.
  enum class Edge { kStart, kEnd };
  [[nodiscard]] Millis to_recording(Millis in_chunk, Edge edge) const;
  /// The recording's times of a word. A word lies in one piece, the one that holds most of it, so that none
  /// lasts through a silence that was cut out. Monotone in both arguments.
  [[nodiscard]] TimeSpan to_recording(TimeSpan in_chunk) const;
};

/// A ChunkPlace with its sound.
struct Chunk : ChunkPlace {
  std::vector<float> samples;  ///< 16 kHz mono in [-1, 1]; length() of them.
  /// The detector's speech probability of each frame of `samples`, the last frame maybe cut short.
  std::vector<float> speech;
  std::size_t speech_frame = 0;  ///< Samples in one frame of `speech`.

  /// Names the chunk by its place and by the hash of its samples and pieces (FNV-1a, 64 bits).
  [[nodiscard]] ChunkKey key() const;
};

}  // namespace vat::asr
