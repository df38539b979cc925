// Joins the texts of the chunks into one on the recording's time axis, each word from exactly one chunk.
#pragma once

#include <vector>

#include "asr/chunk.h"
#include "base/time.h"
#include "domain/recognizer.h"
#include "domain/transcript.h"

namespace vat::asr {

/// Takes the chunks in order of their index and returns each segment as soon as no later chunk can change it.
/// Times never run backwards. Holds at most the end of one chunk's text. One thread at a time.
class Stitcher {
 public:
  /// `text` is a recogniser's text for the chunk at `place`, with times relative to the chunk. Returns the
  /// segments that are final now, in order; the others follow with the next chunk or with finish().
  [[nodiscard]] std::vector<Segment> add(const ChunkPlace& place, ChunkText text);
  /// There are no further chunks: returns the rest.
  [[nodiscard]] std::vector<Segment> finish();

 private:
  /// In the recording's time, and always with words: if the engine returned none, their times are estimates.
  struct WordedSegment {
    Segment segment;
    bool estimated = false;
  };
  static std::vector<WordedSegment> to_recording(const ChunkPlace& place, std::vector<Segment> segments);
  static void join(std::vector<WordedSegment>& left, std::vector<WordedSegment>& right,
                   const ChunkPlace& right_place);
  void release(std::vector<WordedSegment> segments, std::vector<Segment>& into);

  std::vector<WordedSegment> held_;  // the next chunk may have their last words better
  Millis last_end_{0};               // of everything returned
};

}  // namespace vat::asr
