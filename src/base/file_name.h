// Names that somebody else chose, of files and of what is in them: made fit to be shown and to be a file's
// name. Every function may be called from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace vat {

/// What stands behind the last slash or backslash: "talk.mp4" of "C:\\films\\talk.mp4" and "../talk.mp4".
[[nodiscard]] std::string_view last_path_component(std::string_view path);

/// Well-formed UTF-8 in one line, trimmed, in which nothing is hidden: without line separators, the marks
/// that reorder text ("exe.mp3" can be shown for "3pm.exe" with them), and other characters that a reader
/// does not see (Unicode's default-ignorable format characters). Joiners stay, because Persian words and
/// emoji need them. `gap` stands for each control character of ASCII; those beyond it go.
[[nodiscard]] std::string visible_name(std::string_view bytes, std::string_view gap = " ");

/// A visible name without control characters that any file system takes: one "_" for each of /\:*?"<>| and no
/// dot or space at either end. At most `max_bytes` long; may be empty.
[[nodiscard]] std::string portable_file_name(std::string_view bytes, std::size_t max_bytes);

/// What the file systems in use take of a file's name.
inline constexpr std::size_t kMaxFileNameBytes = 255;

/// `stem` + `suffix`, at most kMaxFileNameBytes: a longer stem is cut between characters, and a digest of all
/// of it keeps two such names apart. The same names give the same result. `suffix` is short (".speech.mp3").
[[nodiscard]] std::string fitted_file_name(std::string_view stem, std::string_view suffix);

}  // namespace vat
