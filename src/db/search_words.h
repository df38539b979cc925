// Text search, the same on both engines: what counts as a word, and the positions of words in a text. Private
// to db. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vat::db {

/// The words of the text, without case, compatibility forms and Latin accents, separated by one space. In
/// scripts without spaces (Han, kana, Thai, Lao, Khmer, Burmese) each letter is a word.
[[nodiscard]] std::string searchable(std::string_view text);

/// Adjacent words in the query ("don't": don, t), which must be adjacent in the text.
using Phrase = std::vector<std::string>;
/// At most 16; empty when the query has no word. Letters and digits only, so that no engine interprets it as
/// syntax.
[[nodiscard]] std::vector<Phrase> search_phrases(std::string_view query);

/// The query in the language of FTS5, and of to_tsquery().
[[nodiscard]] std::string fts5_query(const std::vector<Phrase>& phrases);
[[nodiscard]] std::string tsquery(const std::vector<Phrase>& phrases);

/// The text with U+0002 before and U+0003 after the matches of the phrases; if it is long, the part around
/// the first match with U+2026 where it was cut.
[[nodiscard]] std::string make_snippet(std::string_view text, const std::vector<Phrase>& phrases);

}  // namespace vat::db
