// The audio track that is asked for. Private to this module.
#pragma once

#include "media/input.h"

namespace vat::media {

/// By its number, from 1; 0 is the one that plays by default. kNoAudio, kInvalidArgument, kBadMedia for one
/// that claims more channels or a higher rate than can be decoded. The input owns it.
[[nodiscard]] Result<AVStream*> choose_track(const Input& input, int track);

}  // namespace vat::media
