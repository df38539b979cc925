#include "decoding.h"

#include "base/log.h"
#include "base/sandbox.h"
#include "base/shared_memory.h"
#include "media/sandboxed_media.h"

namespace vat::app {

namespace {

/// Empty: nothing.
std::string lacking_of_system() {
  if (!SharedMemory::available()) return "this system lets processes share no memory";
  return can_filter_system_calls() ? "" : system_call_filter();
}

std::shared_ptr<media::Media> in_process() {
  return {&media::media_in_process(), [](media::Media* /*lasts*/) {}};
}

}  // namespace

std::string sandbox_of_system() {
  const std::string lacking = lacking_of_system();
  if (lacking.empty()) return "recordings are decoded in processes that seccomp locks up";
  return (SharedMemory::available() ? "recordings are decoded in processes of their own, not locked up: "
                                    : "recordings are decoded in the program's own process: ") +
         lacking;
}

Sandboxing parse_sandboxing(const std::string& name) {
  if (name == "off") return Sandboxing::kOff;
  return name == "required" ? Sandboxing::kRequired : Sandboxing::kAuto;
}

Result<std::shared_ptr<media::Media>> open_media(Sandboxing sandboxing) {
  if (sandboxing == Sandboxing::kOff) return in_process();
  if (const std::string lacking = lacking_of_system(); !lacking.empty()) {
    if (sandboxing == Sandboxing::kRequired)
      return fail(ErrorCode::kUnavailable, "Recordings cannot be read in a sandbox here: " + lacking + ".");
    log(LogLevel::kWarning,
        SharedMemory::available()
            ? "Recordings are read in a process of their own, but their decoder may call all of the system."
            : "Recordings are read in this process, which a damaged one can end.",
        {{"reason", lacking}});
    if (!SharedMemory::available()) return in_process();
  }
  // What finds and configures its libraries.
  return media::make_sandboxed_media(
      {.helper = {.arguments = {kDecodeHelper},
                  .environment = {"LD_LIBRARY_PATH", "LD_PRELOAD", "ASAN_OPTIONS", "LSAN_OPTIONS",
                                  "TSAN_OPTIONS", "UBSAN_OPTIONS"}}});
}

}  // namespace vat::app
