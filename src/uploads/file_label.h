// What a file that someone sent is called here: a label for lists and for the names of results, never a path.
#pragma once

#include <string>
#include <string_view>

namespace vat::uploads {

inline constexpr std::size_t kLongestLabel = 255;  ///< Code points.

/// The last component of what the sender called it ("C:\\videos\\talk.mp4", "../../talk.mp4"), in well-formed
/// UTF-8, without control characters or what reorders text, at most kLongestLabel code points of which the
/// file name's ending is kept. "recording" when nothing is left.
[[nodiscard]] std::string file_label(std::string_view sent);

/// A title in one line: the same without the cut at slashes; empty when nothing is left.
[[nodiscard]] std::string clean_title(std::string_view sent);

}  // namespace vat::uploads
