// Puts what the chunks gave together into one text on the recording's time axis, each word from exactly one
// chunk.
#pragma once

#include <vector>

#include "asr/chunk.h"
#include "base/time.h"
#include "domain/recognizer.h"
#include "domain/transcript.h"

namespace vat::asr {

/// Takes the chunks in order of their index and gives each segment away as soon as no later chunk can change
/// it. Times never run backwards over everything it gives. Holds the end of one chunk's text at most. One
/// thread at a time.
class Stitcher {
 public:
  /// `text` is what a recogniser heard in the chunk at `place`, its times relative to the chunk. Returns the
  /// segments that are final now, in order; the others come with the next chunk or with finish().
  [[nodiscard]] std::vector<Segment> add(const ChunkPlace& place, ChunkText text);
  /// There is no further chunk: the rest.
  [[nodiscard]] std::vector<Segment> finish();

 private:
  /// In the recording's time, and always with words: where the engine gave none, their times are estimates.
  struct WordedSegment {
    Segment segment;
    bool estimated = false;
  };
  static std::vector<WordedSegment> to_recording(const ChunkPlace& place, std::vector<Segment> segments);
  static void join(std::vector<WordedSegment>& left, std::vector<WordedSegment>& right,
                   const ChunkPlace& right_place);
  void release(std::vector<WordedSegment> segments, std::vector<Segment>& into);

  std::vector<WordedSegment> held_;  // the next chunk may hear their last words better
  Millis last_end_{0};               // of everything given away
};

}  // namespace vat::asr
