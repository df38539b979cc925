// The encodings of text files, subtitles among them. Every function may be called from any thread.
#pragma once

#include <string>
#include <string_view>

namespace vat {

/// Well-formed UTF-8 without a byte order mark, of UTF-8, UTF-16, UTF-32 with a mark, or an encoding from
/// before Unicode: Windows-1252, or those of Cyrillic, Greek, Hebrew, Arabic, Thai, Chinese, Japanese, Korean
/// and Central European text, which are recognised by their letters. UTF-16 is also recognised without a
/// mark, by the zero bytes of its ASCII characters. Text that is mostly UTF-8 stays UTF-8, its bad bytes
/// replaced by U+FFFD. A zero character becomes U+FFFD.
[[nodiscard]] std::string decode_text(std::string_view bytes);

/// Well-formed UTF-8 of Windows-1252.
[[nodiscard]] std::string decode_windows_1252(std::string_view bytes);

/// False for bytes that have a zero character in whatever encoding they are: not a text.
[[nodiscard]] bool is_text(std::string_view bytes);

}  // namespace vat
