// Text as it is searched, the same on both engines: what counts as a word, and where words stand in a text.
// Private to db. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vat::db {

/// The words of the text, without case, compatibility forms and Latin accents, one space between them.
/// Letters of scripts that write no spaces (Han, kana, Thai, Lao, Khmer, Burmese) are a word each.
[[nodiscard]] std::string searchable(std::string_view text);

/// Words that stand together in the query ("don't": don, t) and so must in the text.
using Phrase = std::vector<std::string>;
/// At most 16; empty when the query has no word. Letters and digits only, so that no engine finds syntax in
/// it.
[[nodiscard]] std::vector<Phrase> search_phrases(std::string_view query);

/// The query in the language of FTS5, and of to_tsquery().
[[nodiscard]] std::string fts5_query(const std::vector<Phrase>& phrases);
[[nodiscard]] std::string tsquery(const std::vector<Phrase>& phrases);

/// The text with U+0002 before and U+0003 after what the phrases match; when it is long, the part around the
/// first match with U+2026 where it was cut.
[[nodiscard]] std::string make_snippet(std::string_view text, const std::vector<Phrase>& phrases);

}  // namespace vat::db
