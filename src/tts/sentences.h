// Splits text for speaking: sentence by sentence, no piece longer than an engine accepts, nothing left out.
// Every function may be called from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace vat::tts {

struct Sentence {
  std::string text;            ///< UTF-8, trimmed, line breaks within a paragraph as spaces. Never empty.
  bool sentence_end = true;    ///< False when the sentence continues in the next piece.
  bool paragraph_end = false;  ///< A blank line or the end of the text follows.

  friend bool operator==(const Sentence&, const Sentence&) = default;
};

/// The text cut at sentence ends (UAX #29), blank lines and the items of lists. Abbreviations, initials,
/// numbers, addresses and quotations stay whole (0005-speech.md says how). A sentence over `max_bytes` is cut
/// at clause punctuation, else between words, else between code points. The pieces contain every character of
/// the text except white space and control characters; ill-formed UTF-8 becomes U+FFFD first. `language` (BCP
/// 47) selects the rules. `max_bytes` must be at least 4, the longest code point.
[[nodiscard]] std::vector<Sentence> split_sentences(std::string_view text, std::size_t max_bytes,
                                                    const std::string& language = "en");

/// Splits the pieces that are over another engine's limit.
[[nodiscard]] std::vector<Sentence> refit_sentences(std::vector<Sentence> sentences, std::size_t max_bytes,
                                                    const std::string& language = "en");

/// True when there is something to say in it: a letter or a digit, and not signs alone ("...", "♪", "$").
/// Ill-formed bytes say nothing.
[[nodiscard]] bool is_speakable(std::string_view text);

}  // namespace vat::tts
