// Tells a recording that was cut off from one whose sound is simply shorter than its picture. Private to this
// module.
#pragma once

#include <optional>
#include <string>

#include "media/input.h"

namespace vat::media {

/// One sentence when the file ends before the sound of `stream` should, else empty. Call it after the last
/// packet; `seconds_read` is how much sound there was. Moves the input's read position.
[[nodiscard]] std::optional<std::string> find_shortfall(Input& input, const AVStream* stream,
                                                        double seconds_read);

}  // namespace vat::media
