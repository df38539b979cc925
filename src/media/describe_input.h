// probe() of an input that is open. Private to this module.
#pragma once

#include "media/input.h"
#include "media/probe.h"

namespace vat::media {

/// kNoAudio when it has no audio track.
[[nodiscard]] Result<MediaInfo> describe_input(const Input& input);

}  // namespace vat::media
