// Which voice speaks for which speaker of a transcript.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/audio.h"
#include "domain/transcript.h"
#include "pipeline/options.h"
#include "pipeline/speech.h"

namespace vat::pipeline {

/// Voices by Speaker::id; empty: one voice speaks for all.
using Cast = std::map<std::string, std::string, std::less<>>;

/// Opens the recording at 16 kHz; may be empty, when it is not there any more.
using OpenSound = std::function<Result<std::unique_ptr<AudioSource>>()>;

/// For everybody who speaks: the voice that the options give to the name or the id; else the options' voice;
/// else, if several people speak, one that is near in pitch to theirs and different from the others'. A pitch
/// that the transcript does not know is measured in the recording. The same transcript, recording and options
/// have the same result. `note` is told of choices that cannot be followed. Errors: kNotFound for a voice
/// that does not exist, kCancelled; a recording that cannot be read only costs the pitches.
[[nodiscard]] Result<Cast> cast_speakers(const Speech& speech, const Transcript& transcript,
                                         const SpeechOptions& options, const OpenSound& open,
                                         const std::function<void(const std::string&)>& note,
                                         std::stop_token stop);

/// "af_heart (Anna), am_adam (Speaker 2)"; empty for an empty cast.
[[nodiscard]] std::string describe_cast(const Transcript& transcript, const Cast& cast);

/// The transcript in paragraphs, as a text to speak: plain, or, with a cast, SSML with voices. Empty without
/// words.
[[nodiscard]] std::string speech_text(const Transcript& transcript, const Cast& cast);

/// The voice of each paragraph's speaker, by what subtitles::paragraphs() calls them; empty ones are left
/// out.
[[nodiscard]] std::map<std::string, std::string> voices_by_label(const Transcript& transcript,
                                                                 const Cast& cast);

/// The language that a transcript is spoken in.
[[nodiscard]] std::string spoken_language(const Transcript& transcript);

}  // namespace vat::pipeline
