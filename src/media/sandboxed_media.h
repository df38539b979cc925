// Media in a process that is locked up: see docs/design/0017-sandbox.md.
#pragma once

#include <chrono>
#include <memory>

#include "base/helper_process.h"
#include "media/media.h"

namespace vat::media {

struct SandboxOptions {
  HelperLaunch helper;  ///< A program that calls run_media_helper().
  /// How long a file may keep its reader waiting for the next piece; a pipe may do so for ever. It is far
  /// more than what SandboxLimits allows of CPU time, for machines with much else to do.
  std::chrono::milliseconds patience = std::chrono::minutes(10);
};

/// Starts the helper ahead of the first recording. Every recording then has a process of its own, which has
/// the recording's files and nothing else. What it does to that process, and how it ends, concerns this
/// recording only: kBadMedia when it crashes, takes more memory or computes longer than any recording should;
/// kUnavailable (retryable) when the process was ended from outside. A stop ends the process.
[[nodiscard]] std::unique_ptr<Media> make_sandboxed_media(SandboxOptions options);

}  // namespace vat::media
