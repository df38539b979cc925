// Transcribes one recording: plans chunks, lets the pool recognise them, checkpoints each, removes
// hallucinations, and joins the seams.
#pragma once

#include <memory>
#include <stop_token>

#include "asr/chunk_pool.h"
#include "base/result.h"
#include "domain/audio.h"
#include "domain/checkpoint.h"
#include "domain/progress.h"
#include "domain/recognizer.h"
#include "domain/transcript.h"

namespace vat::asr {

struct TranscriptionRequest {
  AudioSource& source;
  SpeechDetector& detector;
  std::shared_ptr<const RecognitionModel> model;
  RecognitionOptions options;
  CheckpointStore* checkpoint = nullptr;  ///< Finished chunks are looked up and stored here; may be null.
  ProgressSink progress;                  ///< Stage::kTranscribe, with each segment as it becomes final.
};

/// Blocks until the transcript is complete. Reads the source on the calling thread while the pool recognises;
/// memory is bounded by the pool's threads, whatever the length. kCancelled soon after `stop`: finished
/// chunks are in the checkpoint by then. `progress` is called on the pool's threads, one at a time.
[[nodiscard]] Result<Transcript> transcribe(ChunkPool& pool, const TranscriptionRequest& request,
                                            std::stop_token stop);

}  // namespace vat::asr
