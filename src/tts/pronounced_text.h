// A text in which some words have phonemes. They stand between Unicode's marks of an annotation, U+FFF9 words
// U+FFFA number U+FFFB, which rules for sentences and lines pass over; the number, in tag characters, is an
// index into a list of phonemes. Internal to tts. Safe to call from any thread; text is well-formed UTF-8.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/synthesizer.h"

namespace vat::tts {

/// Letters, stress, length and the rest of what IPA is written with, and at least one letter.
[[nodiscard]] bool is_ipa_text(std::string_view text);

/// A user's text without the characters that are marks here.
[[nodiscard]] std::string without_pronunciation_marks(std::string_view text);

/// Appends the words between marks, and the phonemes to the list.
void append_pronounced(std::string& text, std::string_view words, std::string_view ipa,
                       std::vector<std::string>& list);

struct PronouncedText {
  std::string text;  ///< Without marks.
  std::vector<Pronunciation> pronunciations;
};

/// Reads the marks. Words of which a mark is missing, because the text was cut within them, are only words.
[[nodiscard]] PronouncedText read_pronounced(std::string_view text, const std::vector<std::string>& list);

/// The text as SSML, with its phonemes.
[[nodiscard]] std::string to_ssml(const PronouncedText& said);

/// The utterance without what nobody says (marks.h) and without space around it.
[[nodiscard]] Utterance without_marks(Utterance utterance);

}  // namespace vat::tts
