// Where recordings are read: see docs/design/0017-sandbox.md.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "media/media.h"

namespace vat::app {

/// The first argument with which the program is the helper that reads recordings.
inline constexpr const char* kDecodeHelper = "decode-helper";

enum class Sandboxing {
  /// In processes that are locked up as far as this system can; what it cannot is logged. Without memory that
  /// two processes share, in this process.
  kAuto,
  kRequired,  ///< Only where the system can filter their calls.
  kOff,       ///< In this process.
};

/// What of it this system has, as a sentence without a full stop.
[[nodiscard]] std::string sandbox_of_system();

/// "auto", "required" or "off".
[[nodiscard]] Sandboxing parse_sandboxing(const std::string& name);

/// Starts the helper, if there is to be one, without waiting for it. kUnavailable when it is required and
/// cannot be had.
[[nodiscard]] Result<std::shared_ptr<media::Media>> open_media(Sandboxing sandboxing);

}  // namespace vat::app
