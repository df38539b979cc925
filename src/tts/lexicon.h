// A user's pronunciations: which words are said in which way. Public.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vat::tts {

/// What a lexicon may have at most.
inline constexpr std::size_t kMaxLexiconBytes = 64U << 10U;
inline constexpr std::size_t kMaxLexiconWords = 2'000;

/// A text of lines: `word = respelling`, or IPA as `word = /ˈaɪ.pi.eɪ/` or `word = [ˈaɪ.pi.eɪ]`. Blank lines
/// and lines that begin with "#" say nothing. A word may be several words with spaces; the last line of a
/// word counts. A word in small letters is found in any case, one with a capital only as it is written.
/// Immutable, so safe to use from any thread.
class Lexicon {
 public:
  /// kBadData, about the first line that is none, with its number; kLimit for what is too long.
  [[nodiscard]] static Result<Lexicon> parse(std::string_view text);

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  /// The text with the respellings in place of its words, and its words with IPA between marks of
  /// pronounced_text.h, whose phonemes are appended to `ipa`. Whole words only, by the language-independent
  /// rules of Unicode (UAX #29); the longest entry first. Well-formed UTF-8 in and out.
  [[nodiscard]] std::string apply(std::string_view text, std::vector<std::string>& ipa) const;

 private:
  struct Entry {
    std::string says;
    bool is_ipa = false;
  };

  [[nodiscard]] const Entry* find(std::string_view words) const;
  [[nodiscard]] Result<> add(std::string_view line);

  /// By the words as written, if these have a capital, else by the words in small letters.
  std::map<std::string, Entry, std::less<>> entries_;
  std::size_t most_segments_ = 1;  ///< Of an entry: words, and what is between them.
};

}  // namespace vat::tts
