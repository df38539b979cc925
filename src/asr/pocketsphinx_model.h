// Recognition of English by PocketSphinx, with the model of Debian's package pocketsphinx-en-us: less
// accurate than Whisper, but on the machine already. Used where no Whisper model can be had.
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "domain/recognizer.h"

namespace vat::asr {

/// Looks for the model in `directory`, or, when that is empty, where the library and the distributions keep
/// it: a folder with en-us.lm.bin, cmudict-en-us.dict and the acoustic model in en-us/. kUnavailable when it
/// is not there.
///
/// Each recogniser owns a decoder of about 90 MB, loaded in a third of a second by make_recognizer();
/// decoders share nothing, since the library's language model keeps caches that threads may not share. A
/// recogniser notices a stop within a fraction of a second while it listens, and within about a second in the
/// last passes over a 30 s chunk. detect_language() answers "en" with probability 0, which stands for: not
/// measured.
[[nodiscard]] Result<std::shared_ptr<const RecognitionModel>> load_pocketsphinx(
    const std::filesystem::path& directory = {});

}  // namespace vat::asr
