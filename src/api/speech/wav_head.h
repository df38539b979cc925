// The head of a WAV file as it streams by. Private to api.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace vat::api {

/// Where the samples of a WAV file begin (the RIFF chunk "data"), among its first bytes; npos while more are
/// needed. kBadData for what is no WAV file.
[[nodiscard]] Result<std::size_t> wav_head_bytes(std::string_view begin);

}  // namespace vat::api
