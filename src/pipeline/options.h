// All options of a job, and their validation: the same for the command line and the service.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/recognizer.h"
#include "domain/speakers.h"
#include "media/audio_format.h"
#include "media/background.h"
#include "subtitles/formats.h"

namespace vat::pipeline {

struct RecognitionChoice {
  std::string engine = "auto";    ///< "auto", "whisper", "sherpa", "pocketsphinx".
  std::string model = "base";     ///< A name of the catalogue, or a model file.
  std::string device = "auto";    ///< "auto", "cpu", "gpu", "gpu:N".
  std::string weights = "auto";   ///< "auto", "original", or a name of modelfile::kConvertibleTo.
  std::string detector = "auto";  ///< Voice activity: "auto", "silero", "webrtc".

  friend bool operator==(const RecognitionChoice&, const RecognitionChoice&) = default;
};

struct SpeechOptions {
  std::string engine = "auto";  ///< "auto" or a name of Synthesizer::name().
  std::string voice;            ///< Empty: the engine's default for the language, or one for each speaker.
  /// Voices of speakers, by their name or id.
  std::map<std::string, std::string> voices;
  double speed = 1.0;  ///< 0.25 to 4.
  media::AudioFormat format = media::AudioFormat::kMp3;
  std::optional<double> loudness = -16;  ///< LUFS (EBU R 128); empty leaves the loudness unchanged.

  media::Background background = media::Background::kOff;  ///< The original sound under a dub.

  friend bool operator==(const SpeechOptions&, const SpeechOptions&) = default;
};

struct JobOptions {
  int track = 0;  ///< Audio track from 1; 0 is the default one.
  RecognitionChoice choice;
  RecognitionOptions recognition;
  std::vector<subtitles::Format> formats = {subtitles::Format::kTxt, subtitles::Format::kSrt,
                                            subtitles::Format::kVtt, subtitles::Format::kJson};
  std::string preset;            ///< Of the cues; empty: "netflix" for English, "netflix-other" for the rest.
  bool sounds = false;           ///< Include sounds in the text and the cues.
  std::string speakers = "off";  ///< parse_speakers().
  std::vector<KnownSpeaker> known_speakers;  ///< Who has a name if heard; a few.
  bool speech = true;                        ///< Speak the transcript.
  SpeechOptions spoken;
  bool dub =
      false;  ///< A copy of the video with the speech as a track in the original's timing, and subtitles.

  friend bool operator==(const JobOptions&, const JobOptions&) = default;
};

/// kInvalidArgument for the first invalid option, which the message names; Error::field is its name in
/// options_json.h. Whether a model or a voice exists is checked later.
[[nodiscard]] Result<> validate(const JobOptions& options);

}  // namespace vat::pipeline
