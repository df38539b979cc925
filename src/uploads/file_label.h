// The label of an uploaded file, for lists and for the names of results; never a path.
#pragma once

#include <string>
#include <string_view>

namespace vat::uploads {

inline constexpr std::size_t kMaxLabelLength = 255;  ///< Code points.

/// The last component of the sender's file name ("C:\\videos\\talk.mp4", "../../talk.mp4"), in well-formed
/// UTF-8, without control characters or characters that reorder text, at most kMaxLabelLength code points,
/// keeping the extension. "recording" when nothing is left.
[[nodiscard]] std::string file_label(std::string_view sent);

/// A title in one line: the same without the cut at slashes; empty when nothing is left.
[[nodiscard]] std::string clean_title(std::string_view sent);

}  // namespace vat::uploads
