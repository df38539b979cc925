// Distinguishes a truncated recording from one whose audio is simply shorter than its video. Private to this
// module.
#pragma once

#include <optional>
#include <string>

#include "media/input.h"

namespace vat::media {

/// One sentence if the file ends before the audio of `stream` should, else empty. To be called after the last
/// packet; `seconds_read` is the length of the audio read, after `before` seconds of other parts. Moves the
/// input's read position.
[[nodiscard]] std::optional<std::string> find_shortfall(Input& input, const AVStream* stream,
                                                        double seconds_read, double before);

}  // namespace vat::media
