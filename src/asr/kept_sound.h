// The kept audio of a recording that is not in a chunk yet, and the choice of where to cut it. Internal to
// ChunkPlanner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "asr/chunk.h"

namespace vat::asr {

/// Where one chunk ends and the next begins, in frames of the kept audio.
struct Cut {
  std::int64_t end = 0;         ///< One past the chunk's last frame.
  std::int64_t next_begin = 0;  ///< Less than `end` if the two overlap.
  std::int64_t place = 0;       ///< The cut itself: in silence, or at the quietest place of the overlap.
};

/// Audio by frames, with the speech probability of each and the mapping to the recording.
class KeptSound {
 public:
  /// `frame`: samples in a frame.
  explicit KeptSound(std::size_t frame) : frame_(frame) {}

  /// `source_begin` is a multiple of the frame; only the recording's last frame may be cut short.
  void append(std::int64_t source_begin, std::span<const float> samples, std::span<const float> speech);
  /// Everything up to the cut, without index and overlap_before; everything before `cut.next_begin` is
  /// discarded.
  [[nodiscard]] Chunk take(const Cut& cut);

  [[nodiscard]] std::int64_t frames() const { return static_cast<std::int64_t>(speech_.size()); }
  [[nodiscard]] std::size_t frame_samples() const { return frame_; }
  [[nodiscard]] const std::vector<float>& samples() const { return samples_; }
  [[nodiscard]] const std::vector<float>& speech() const { return speech_; }
  [[nodiscard]] const std::vector<Piece>& pieces() const { return pieces_; }

 private:
  void forget(std::int64_t frames);

  std::size_t frame_;
  std::vector<float> samples_;
  std::vector<float> speech_;
  std::vector<Piece> pieces_;  // `chunk_offset` counts from the first sample here
};

/// All lengths in frames.
struct CutOptions {
  std::int64_t longest = 1;         ///< Of a chunk.
  double fill = 0.6;                ///< Minimum part of `longest` that a chunk should fill.
  std::int64_t shortest_pause = 1;  ///< Shorter silences are not cut.
  std::int64_t clear_pause = 1;     ///< Silences from here on may be cut even if the chunk is then less full.
  std::int64_t overlap = 2;
  float offset = 0.2F;  ///< Speech probability below which a frame is silent.
  double frames_per_second = 50;
};

/// Where the first chunk of `sound`, which is longer than options.longest, ends. `complete`: nothing will be
/// appended, so that the last two chunks can share the rest.
[[nodiscard]] Cut choose_cut(const KeptSound& sound, const CutOptions& options, bool complete);

}  // namespace vat::asr
