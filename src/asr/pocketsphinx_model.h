// Recognition of English by PocketSphinx, with the model of Debian's package pocketsphinx-en-us: less
// accurate than Whisper, but available without a download.
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "domain/recognizer.h"

namespace vat::asr {

/// Looks for the model in `directory`, or, if that is empty, where the library and the distributions install
/// it: a folder with en-us.lm.bin, cmudict-en-us.dict and the acoustic model in en-us/. kUnavailable when it
/// is missing.
///
/// Each recogniser owns a decoder of about 90 MB, loaded in a third of a second by make_recognizer();
/// decoders share nothing, because the library's language model has caches that threads may not share. A
/// recogniser notices a stop within a fraction of a second during the search, and within about a second in
/// the last passes over a 30 s chunk. detect_language() returns "en" with probability 0, which means: not
/// measured.
[[nodiscard]] Result<std::shared_ptr<const RecognitionModel>> load_pocketsphinx(
    const std::filesystem::path& directory = {});

}  // namespace vat::asr
