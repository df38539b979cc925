// The stages of a recording one by one: each takes the result of the previous, and the caller decides what is
// kept between them.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "asr/chunk_pool.h"
#include "base/file.h"
#include "base/result.h"
#include "domain/audio.h"
#include "domain/checkpoint.h"
#include "domain/diarizer.h"
#include "domain/progress.h"
#include "domain/transcript.h"
#include "media/media.h"
#include "pipeline/engines.h"
#include "pipeline/options.h"
#include "pipeline/speaker_models.h"
#include "pipeline/speaker_stage.h"
#include "pipeline/speaker_voices.h"
#include "pipeline/speech.h"
#include "subtitles/cues.h"

namespace vat::pipeline {

/// Shared by all recordings of a process. References must outlive every call.
struct Resources {
  asr::ChunkPool& pool;
  Engines& engines;
  const Speech& speech;
  media::Media& media = media::media_in_process();
  SpeakerModels* speakers = nullptr;  ///< Null: nothing tells voices apart.

  /// The same, but for who speaks.
  [[nodiscard]] Resources with_speech(const Speech& other) const {
    return {pool, engines, other, media, speakers};
  }
};

/// Callbacks for progress; may be called from several threads, one at a time. Each may be empty.
struct Observer {
  ProgressSink progress;
  /// For a person: a fallback, a warning.
  std::function<void(const std::string& sentence)> note;
  FetchProgress fetch;  ///< If a model has to be downloaded first; on the calling thread.
};

/// The engine and detector for one recording.
struct PreparedRecognition {
  LoadedEngine engine;
  std::unique_ptr<SpeechDetector> detector;
  /// Tells voices apart. Null where that is not wanted; the error is why nothing does, though it is.
  Result<Diarizer*> diarizer = nullptr;
  /// Everything beside the sound that a chunk's text depends on: track, weights, options. Finished chunks of
  /// another identity are of no use.
  std::string identity;
};

/// Fetches and loads what the options ask for. Errors: those of Engines::load(); kCancelled after `stop`.
/// What tells voices apart is fetched as well, but its failure costs the speakers alone.
[[nodiscard]] Result<PreparedRecognition> prepare_recognition(const Resources& resources,
                                                              const JobOptions& options,
                                                              const Observer& observer, std::stop_token stop);

/// Blocks until the transcript is complete; kCancelled after `stop`. Chunks are looked up and kept in
/// `checkpoint`, unless that is null. Speakers are told apart as the options say; what that lacks or breaks
/// is a warning of the transcript.
[[nodiscard]] Result<Transcript> transcribe(const Resources& resources, AudioSource& sound,
                                            PreparedRecognition recognition, const JobOptions& options,
                                            CheckpointStore* checkpoint, const Observer& observer,
                                            std::stop_token stop, const SpeakerSources& speakers = {});

/// Speaks the paragraphs of the transcript into `target`, each in its speaker's voice. Empty, with a note,
/// when there are no words.
[[nodiscard]] Result<std::optional<tts::NarrationReport>> speak_transcript(
    const Resources& resources, const Transcript& transcript, const SpeechOptions& options, const Cast& cast,
    const SpeechTarget& target, const Observer& observer, std::stop_token stop);

struct DubTarget {
  std::filesystem::path path;  ///< Complete or not at all.
  Overwrite overwrite = Overwrite::kRefuse;
  std::string extension;           ///< From dub_extension().
  std::filesystem::path scratch;   ///< An existing folder for temporary files.
  int track = 0;                   ///< Of the original, that the background is taken from.
  SpeechMaster* master = nullptr;  ///< Of what is spoken; null: not made.
};

/// A copy of the video `input` with the transcript spoken in its timing, over the original sound as the
/// options say, and the cues as subtitles. Empty, with a note, when there are no words; then there is no
/// file.
[[nodiscard]] Result<std::optional<tts::TimedReport>> dub_recording(
    const Resources& resources, const std::filesystem::path& input, const Transcript& transcript,
    const subtitles::ShapedCues& cues, const SpeechOptions& options, const Cast& cast,
    const DubTarget& target, const Observer& observer, std::stop_token stop);

/// The format of the sound that a dub is made of.
[[nodiscard]] media::AudioFormat dub_speech_format(const SpeechOptions& options, std::string_view extension);

/// What dub_recording() does with the sound, once it is there.
struct DubSound {
  std::filesystem::path file;    ///< In dub_speech_format().
  std::vector<TimeSpan> spoken;  ///< Where it speaks.
};
[[nodiscard]] Result<> finish_dub(media::Media& media, const std::filesystem::path& input,
                                  const DubSound& sound, const Transcript& transcript,
                                  const subtitles::ShapedCues& cues, const SpeechOptions& options,
                                  const DubTarget& target, const Observer& observer, std::stop_token stop);

}  // namespace vat::pipeline
