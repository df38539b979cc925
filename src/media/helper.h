// The process in which the bytes of strangers are read: it forks a child for each file, which locks itself up
// before it looks at the first byte.
#pragma once

#include <functional>

#include "base/channel.h"

namespace vat::media {

/// What the program does when it was started as the helper of a SandboxedMedia, before it does anything else:
/// serves until that is gone. Returns the exit code.
[[nodiscard]] int run_media_helper();

}  // namespace vat::media
