// The voice in a short recording, by which a speaker is known.
#pragma once

#include <filesystem>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "media/media.h"
#include "pipeline/speaker_models.h"

namespace vat::pipeline {

/// For KnownSpeaker, of a recording of 2 to 10 seconds in which one person speaks. Fetches the models if need
/// be. kBadMedia for another length, silence, or what is no recording; the errors of SpeakerModels::get() and
/// of the media. Blocks; any thread.
[[nodiscard]] Result<std::vector<float>> voice_of_sample(media::Media& media, SpeakerModels& speakers,
                                                         const std::filesystem::path& file,
                                                         const std::stop_token& stop);

}  // namespace vat::pipeline
