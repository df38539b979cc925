// Which signs are spoken. Internal to tts. Safe to call from any thread.
#pragma once

#include <string>
#include <string_view>

namespace vat::tts {

/// The text without the marks that nobody reads aloud, each a space: notes (♪), emoji, arrows, boxes, ©, ™,
/// U+FFFD, private characters, a "#" or "*" that stands alone, and rules such as "=====". Signs that have
/// words stay (€, %, ×, °, №), as does all punctuation of sentences. Well-formed UTF-8 in, well-formed UTF-8
/// out.
[[nodiscard]] std::string without_marks(std::string_view text);

/// True when a letter, a digit or a sign made of them (℃, ㎏) is left without the marks.
[[nodiscard]] bool has_words(std::string_view text);

}  // namespace vat::tts
