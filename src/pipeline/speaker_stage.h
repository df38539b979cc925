// Learns who speaks in a recording, and how high, while its sound is recognised, and gives the words to them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "domain/audio.h"
#include "domain/diarizer.h"
#include "domain/transcript.h"
#include "pipeline/speaker_choice.h"
#include "subtitles/rttm.h"

namespace vat::pipeline {

/// Where to learn who speaks, besides the mixed sound.
struct SpeakerSources {
  /// Opens a channel of the recording, from 1; empty when it cannot be read again.
  std::function<Result<std::unique_ptr<AudioSource>>(int channel)> open_channel;
  /// What is known already; then nothing is worked out.
  const subtitles::NamedTurns* known = nullptr;
  /// Whose voices may be in it; transcribe() takes them from the options.
  std::span<const KnownSpeaker> voices;
};

/// A failure costs the speakers, never the transcript. One thread at a time.
class SpeakerStage {
 public:
  /// `diarizer` tells voices apart, if that is wanted; its error is why it cannot. All must outlive this.
  SpeakerStage(SpeakerChoice choice, Result<Diarizer*> diarizer, const SpeakerSources& sources,
               AudioSource& sound, std::stop_token stop);
  ~SpeakerStage();

  /// The sound, to be read by the recogniser.
  [[nodiscard]] AudioSource& sound();

  /// Once it has been read to its end. What went wrong becomes a warning of the transcript. kCancelled after
  /// the stop.
  [[nodiscard]] Result<> attribute(Transcript& transcript);

 private:
  class Listener;
  [[nodiscard]] Result<HeardSpeakers> heard();

  const SpeakerChoice choice_;
  const SpeakerSources& sources_;
  AudioSource& sound_;
  const std::stop_token stop_;
  std::unique_ptr<Listener> listener_;  ///< Null where nobody asks who speaks.
};

}  // namespace vat::pipeline
