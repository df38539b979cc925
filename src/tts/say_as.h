// The words for SSML's <say-as>. Internal to tts. Safe to call from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vat::tts {

/// What is said for the words: "characters", "spell-out" and "verbatim" letter by letter; "digits" and
/// "telephone" digit by digit; "cardinal", "number" and "ordinal" as such; "date" in the order of `format`
/// ("dmy", "mdy", "ymd"; else as it is written); "time", "currency", "unit" and "address" as every text is
/// read. Empty for another kind. What is no number or date stays as it is. `language` is BCP 47.
[[nodiscard]] std::optional<std::string> say_as(std::string_view words, std::string_view kind,
                                                std::string_view format, const std::string& language);

}  // namespace vat::tts
