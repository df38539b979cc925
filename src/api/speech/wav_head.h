// Parses the header of a streamed WAV file. Private to api.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace vat::api {

/// Where the samples of a WAV file begin (the RIFF chunk "data"), among its first bytes; npos while more are
/// needed. kBadData if it is not a WAV file.
[[nodiscard]] Result<std::size_t> wav_head_bytes(std::string_view begin);

}  // namespace vat::api
