#include "decoding.h"

#include "base/log.h"
#include "base/sandbox.h"
#include "media/sandboxed_media.h"

namespace vat::app {

Sandboxing parse_sandboxing(const std::string& name) {
  if (name == "off") return Sandboxing::kOff;
  return name == "required" ? Sandboxing::kRequired : Sandboxing::kAuto;
}

Result<std::shared_ptr<media::Media>> open_media(Sandboxing sandboxing) {
  if (sandboxing == Sandboxing::kOff)
    return std::shared_ptr<media::Media>(&media::media_in_process(), [](media::Media* /*lasts*/) {});
  if (!can_filter_system_calls()) {
    if (sandboxing == Sandboxing::kRequired)
      return fail(ErrorCode::kUnavailable,
                  "Recordings cannot be read in a sandbox here: " + system_call_filter() + ".");
    log(LogLevel::kWarning,
        "Recordings are read in a process of their own, but their decoder may call all of the system.",
        {{"reason", system_call_filter()}});
  }
  // What finds and configures its libraries.
  return media::make_sandboxed_media(
      {.helper = {.arguments = {kDecodeHelper},
                  .environment = {"LD_LIBRARY_PATH", "LD_PRELOAD", "ASAN_OPTIONS", "LSAN_OPTIONS",
                                  "TSAN_OPTIONS", "UBSAN_OPTIONS"}}});
}

}  // namespace vat::app
