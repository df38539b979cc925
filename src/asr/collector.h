// Puts the texts of a recording's chunks together, in whichever order they are finished. Internal to asr.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "asr/chunk.h"
#include "asr/stitcher.h"
#include "asr/transcriber.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/recognizer.h"
#include "domain/transcript.h"

namespace vat::asr {

/// Takes the chunks' texts in any order, and passes segments on to the request's progress in the recording's
/// order. Any thread may call.
class Collector {
 public:
  /// Both must outlive the collector. A failure requests the stop.
  Collector(const TranscriptionRequest& request, std::stop_source& stop)
      : request_(request), stop_(stop), total_(request.source.duration().value_or(Millis(0))) {}

  /// A chunk that an earlier run finished.
  void add_known(const Chunk& chunk, ChunkText text);
  void add(const Chunk& chunk, ChunkText text);
  /// The first failure wins and stops the rest.
  void fail_with(Error error);
  /// Of one thread, in seconds.
  void add_recognition_time(double seconds);

  /// All chunks were added, of a recording of this length: the transcript without what its model says of
  /// itself; or the failure.
  [[nodiscard]] Result<Transcript> finish(Millis duration);

 private:
  /// A chunk that is finished, but perhaps not the next one.
  struct Ready {
    ChunkPlace place;
    ChunkText text;
    std::vector<TimeSpan> speech;  ///< In the recording's time.
  };

  void take_speech(const std::vector<TimeSpan>& speech);
  void take_asides(const ChunkPlace& place, ChunkText& text);
  void take_language(const ChunkText& text);
  void give_on(std::vector<Segment> segments, Millis done);

  const TranscriptionRequest& request_;
  std::stop_source& stop_;
  const Millis total_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();

  std::mutex mutex_;
  std::map<std::size_t, Ready> waiting_;
  std::size_t next_index_ = 0;
  Millis known_{0};  ///< Length of the chunks that an earlier run finished.
  Stitcher stitcher_;
  std::vector<TimeSpan> speech_;  ///< Of the chunks that the stitcher has.
  Transcript transcript_;
  std::optional<Error> error_;
};

}  // namespace vat::asr
