// The check that a file is Silero's network in whisper.cpp's format, before whisper.cpp sees it: its reader
// takes lengths and shapes from the file on trust. Private to asr's Silero detector and its fuzzer.
#pragma once

#include <string_view>

#include "base/result.h"

namespace vat::asr {

/// Success when `bytes` is exactly one network of the shape that Silero 5 and 6 have for 16 kHz, with every
/// weight in it and nothing behind it; else kBadData, whose detail says where it differs. Any thread.
[[nodiscard]] Result<> check_silero_file(std::string_view bytes);

}  // namespace vat::asr
