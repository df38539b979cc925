// How many bytes a file says it has. Private to this module.
#pragma once

#include <optional>

#include "media/input.h"

namespace vat::media {

struct StatedSize {
  double bytes = 0;       ///< Of the whole file.
  bool is_whole = false;  ///< The file has as many.
};

/// For RIFF (WAV, AVI), Matroska, WebM and ASF; empty for others, for pipes, and when the writer left it
/// open, as for a live stream. Moves the input's read position.
[[nodiscard]] std::optional<StatedSize> stated_size(const Input& input);

}  // namespace vat::media
