// How long the audio of a file may be. Private to this module.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"

namespace vat::media {

/// kBadMedia when a file of so many bytes has delivered more samples (16 kHz) than any real one could: a day,
/// one more second for each 16 bytes, and at most a thousand hours. A pipe, whose size is empty, may go on.
[[nodiscard]] Result<> check_length(std::int64_t samples, std::optional<std::int64_t> bytes,
                                    const std::string& name);

}  // namespace vat::media
