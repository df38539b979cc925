// A stretch of a recording for one recogniser: pieces of the recording with the long silences between them
// cut out, and the mapping from its times back to the recording's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"
#include "domain/audio.h"
#include "domain/checkpoint.h"

namespace vat::asr {

/// Consecutive samples that the chunk and the recording share. All in 16 kHz samples.
struct Piece {
  std::int64_t chunk_offset = 0;  ///< Its start in the chunk.
  std::int64_t source_begin = 0;  ///< Its start in the recording.
  std::int64_t length = 0;

  friend bool operator==(const Piece&, const Piece&) = default;
};

/// The place of a chunk in the recording: everything but its audio. Small; the stitcher keeps it.
struct ChunkPlace {
  std::size_t index = 0;      ///< 0, 1, 2, ... in recording order.
  std::vector<Piece> pieces;  ///< In order, never empty, without gaps in the chunk; frame-aligned.
  /// Samples at the start that are also the last ones of the previous chunk, because the cut is in speech; 0
  /// after a cut in silence. The overlap is within one piece of either chunk.
  std::int64_t overlap_before = 0;
  /// Samples at the end that are also in the next chunk; its `overlap_before`.
  std::int64_t overlap_after = 0;
  /// The quietest place in the preceding overlap, in samples of the recording; begin() if there is none.
  std::int64_t cut_before = 0;

  [[nodiscard]] std::int64_t begin() const { return pieces.front().source_begin; }
  [[nodiscard]] std::int64_t end() const { return pieces.back().source_begin + pieces.back().length; }
  /// Length of the chunk's audio, in samples.
  [[nodiscard]] std::int64_t length() const { return pieces.back().chunk_offset + pieces.back().length; }

  /// The recording's time of a time in the chunk. Monotone. At a splice it is the nearest piece's: its end
  /// for `kEnd`, its start for `kStart`; times outside the chunk are clamped.
  enum class Edge { kStart, kEnd };
  [[nodiscard]] Millis to_recording(Millis in_chunk, Edge edge) const;
  /// The recording's times of a word. A word belongs to one piece, the one that holds most of it, so that
  /// none spans a silence that was cut out. Monotone in both arguments.
  [[nodiscard]] TimeSpan to_recording(TimeSpan in_chunk) const;
};

/// A ChunkPlace with its audio.
struct Chunk : ChunkPlace {
  std::vector<float> samples;  ///< 16 kHz mono in [-1, 1]; length() of them.
  /// The detector's speech probability of each frame of `samples`; the last frame may be partial.
  std::vector<float> speech;
  std::size_t speech_frame = 0;  ///< Samples in one frame of `speech`.

  /// Identifies the chunk by its place and the hash of its samples and pieces (FNV-1a, 64 bits).
  [[nodiscard]] ChunkKey key() const;
};

}  // namespace vat::asr
