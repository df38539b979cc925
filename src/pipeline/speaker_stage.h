// Learns who speaks in a recording while its sound is recognised, and gives the words to them.
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
};

/// A failure costs the speakers, never the transcript. One thread at a time.
class SpeakerStage {
 public:
  /// `diarizer` may be null: there is none. All must outlive this.
  SpeakerStage(SpeakerChoice choice, Diarizer* diarizer, const SpeakerSources& sources, AudioSource& sound);
  ~SpeakerStage();

  /// The sound, to be read by the recogniser.
  [[nodiscard]] AudioSource& sound();

  /// Once it has been read to its end. What went wrong becomes a warning of the transcript. kCancelled after
  /// `stop`.
  [[nodiscard]] Result<> attribute(Transcript& transcript, const std::stop_token& stop);

 private:
  class Listener;
  [[nodiscard]] Result<std::vector<SpeakerTurn>> turns(const std::stop_token& stop);
  [[nodiscard]] Result<std::vector<SpeakerTurn>> turns_of_channels(const std::stop_token& stop) const;

  const SpeakerChoice choice_;
  const SpeakerSources& sources_;
  AudioSource& sound_;
  std::unique_ptr<Listener> listener_;  ///< Null unless voices are told apart.
};

}  // namespace vat::pipeline
