// Removes hallucinations from a chunk's text: text that an engine invents in silence, and loops in which it
// repeats itself. Everything removed is counted and kept.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "domain/recognizer.h"
#include "domain/transcript.h"

namespace vat::asr {

/// The thresholds of the Whisper paper (Radford et al. 2022, section 4.5) where it has one.
struct HallucinationOptions {
  float no_speech_probability = 0.6F;  ///< Over this, together with
  float average_log_probability = -1;  ///< less than this, a segment is silence.
  float speech = 0.2F;                 ///< Detector's probability from which on a frame may be speech.
  float compression_ratio = 2.4F;      ///< Over this, a text repeats itself.
  double words_per_second = 8;         ///< Nobody repeats himself faster.
  bool echoes = true;                  ///< Remove them; only the end of a whole chunk can be one.
  double echo_length = 0.6;            ///< An echo takes at most this part of the time of what it repeats,
  float echo_confidence = 0.5F;        ///< and its words are on average no surer than this.
};

/// Removes from `text` and adds what it removed, in the chunk's time, to `text.removed`; also returns them.
/// `speech`: the speech probability of each frame of the chunk, from its first sample on, as Chunk has it;
/// empty if unknown. `frame`: samples in a frame.
///
/// Silence: removes a segment that the engine itself considers silence; one with no frame of speech in or
/// near it; and one of the phrases that engines are known to invent, where there is hardly any speech, or
/// less than half and the engine is in doubt.
///
/// A loop is reduced to its first round: the same words three times or more in a row (a single word four
/// times), within a segment or over several, but only when nobody can have said it: too fast, in no time at
/// all, or so much the same that the text's compression ratio says so (four rounds or more, a single word
/// twelve). "No, no, no!" stays.
///
/// An echo is removed: three words or more at the very end that were said before, of which the engine is
/// unsure and for which there is hardly time. In this way engines complete a sentence that a cut interrupted.
Removed filter_hallucinations(ChunkText& text, std::span<const float> speech, std::size_t frame,
                              const HallucinationOptions& options = {});

/// Bytes of the text over bytes of its zlib form; 0 for an empty text.
[[nodiscard]] float compression_ratio(std::string_view text);

}  // namespace vat::asr
