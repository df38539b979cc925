// The stages of a recording one by one: each takes what the one before made.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "asr/chunk_pool.h"
#include "base/file.h"
#include "base/result.h"
#include "domain/checkpoint.h"
#include "domain/progress.h"
#include "domain/transcript.h"
#include "pipeline/engines.h"
#include "pipeline/options.h"
#include "pipeline/speech.h"
#include "subtitles/cues.h"

namespace vat::pipeline {

/// What all recordings of a process share. References outlive every call.
struct Workshop {
  asr::ChunkPool& pool;
  Engines& engines;
  const Speech& speech;
  std::filesystem::path checkpoints;  ///< Folder for the chunks of unfinished work of process_recording();
                                      ///< empty keeps none.
};

/// What is known once sound and model are open, before the first word.
struct RecordingFacts {
  std::string engine;
  std::string model;
  Millis duration{0};  ///< Zero when the recording does not say.
};

/// Told as the work goes on; may be called from several threads, one at a time. Each may be empty.
struct Reporter {
  ProgressSink progress;
  std::function<void(const std::string& sentence)>
      note;                                          ///< What a person should know: a fallback, a warning.
  FetchProgress fetch;                               ///< When a model has to be fetched first.
  std::function<void(const RecordingFacts&)> facts;  ///< Once, on the calling thread.
};

/// Yields where finished chunks are kept, or nullptr to keep none. `identity` is everything beside the sound
/// that a chunk's text depends on: track, weights, options.
using OpenCheckpoint = std::function<Result<CheckpointStore*>(const std::string& identity)>;

/// `input` is a file, or "-" for stdin. Blocks until every word is there; kCancelled after `stop`. An empty
/// `open_checkpoint` keeps no chunks.
[[nodiscard]] Result<Transcript> transcribe_recording(const Workshop& workshop,
                                                      const std::filesystem::path& input,
                                                      const JobOptions& options,
                                                      const OpenCheckpoint& open_checkpoint,
                                                      const Reporter& reporter, std::stop_token stop);

/// Speaks the paragraphs of the transcript into `target`. Empty, with a note, when there are no words.
[[nodiscard]] Result<std::optional<tts::NarrationReport>> speak_transcript(
    const Workshop& workshop, const Transcript& transcript, const SpeechOptions& options,
    const SpeechTarget& target, const Reporter& reporter, std::stop_token stop);

struct DubTarget {
  std::filesystem::path path;  ///< Complete or not at all.
  Overwrite overwrite = Overwrite::kRefuse;
  std::string extension;          ///< From dub_extension().
  std::filesystem::path scratch;  ///< An existing folder for what is only needed meanwhile.
};

/// A copy of the video `input` with the transcript spoken in its timing, and the cues as subtitles. False,
/// with a note, when there are no words; then there is no file.
[[nodiscard]] Result<bool> dub_recording(const Workshop& workshop, const std::filesystem::path& input,
                                         const Transcript& transcript, const subtitles::ShapedCues& cues,
                                         const SpeechOptions& options, const DubTarget& target,
                                         const Reporter& reporter, std::stop_token stop);

}  // namespace vat::pipeline
