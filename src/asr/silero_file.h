// Checks that a file is Silero's network in whisper.cpp's format before whisper.cpp loads it, whose reader
// trusts the lengths and shapes in the file. Private to the Silero detector and its fuzzer.
#pragma once

#include <string_view>

#include "base/result.h"

namespace vat::asr {

/// Success when `bytes` is exactly one network of the shape that Silero 5 and 6 have for 16 kHz, with every
/// weight and nothing after it; else kBadData, whose detail says where it differs. Any thread.
[[nodiscard]] Result<> check_silero_file(std::string_view bytes);

}  // namespace vat::asr
