// Tells what an engine writes about sounds ("[Music]", "(crickets chirping)", "♪") from words. Internal to
// asr.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "domain/recognizer.h"

namespace vat::asr {

/// A range of bytes in a text.
struct SoundMark {
  std::size_t begin = 0;
  std::size_t end = 0;

  friend bool operator==(const SoundMark&, const SoundMark&) = default;
};

/// The marks in a text, in order: musical notes; a short text in square brackets; and a few words in
/// parentheses or asterisks that are the whole text, or lower case between two sentences, because somebody
/// may also have said something in parentheses.
[[nodiscard]] std::vector<SoundMark> find_sound_marks(std::string_view text);

/// Moves the marks from the segments to `text.sounds`. A note beside words is a sound as long as their
/// segment. Segments of which no word remains are removed.
void take_sound_marks(ChunkText& text);

}  // namespace vat::asr
