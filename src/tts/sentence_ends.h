// Where the sentences of a paragraph end: ICU's rules (UAX #29), without the ends that abbreviations,
// initials, addresses, ordinals and quotations only seem to have. Internal to tts. Safe to call from any
// thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vat::tts {

/// The paragraph in one piece a sentence; together they are the paragraph. `language` is a BCP 47 tag.
[[nodiscard]] std::vector<std::string> sentences_of(std::string_view paragraph, const std::string& language);

/// True when the line begins an item of a list: "- milk", "• milk", "2. Milk", "b) milk".
[[nodiscard]] bool begins_list_item(std::string_view line);

}  // namespace vat::tts
