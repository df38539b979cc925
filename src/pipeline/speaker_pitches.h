// How high the speakers of a transcript speak.
#pragma once

#include <stop_token>
#include <vector>

#include "base/result.h"
#include "domain/audio.h"
#include "domain/transcript.h"
#include "tts/pitch.h"

namespace vat::pipeline {

/// Gives those of the speakers whose pitch is not known the one that the recording has where they speak in
/// the transcript and nobody else does. `track`: of its recording.
void set_pitches(std::vector<Speaker>& speakers, const Transcript& transcript, const tts::PitchTrack& track);

/// The same from the recording itself, which is read until enough of everybody has been heard. Errors:
/// kCancelled after `stop`, and those of the recording. Blocks.
[[nodiscard]] Result<> hear_pitches(std::vector<Speaker>& speakers, const Transcript& transcript,
                                    AudioSource& recording, const std::stop_token& stop);

}  // namespace vat::pipeline
